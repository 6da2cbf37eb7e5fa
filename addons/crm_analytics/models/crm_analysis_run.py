from odoo import api, fields, models
from odoo.tools import format_date


class CrmAnalysisRun(models.Model):
    """One computation of an analysis: its time, its results, and the definition as it
    was then. It is kept, so that any past picture can be shown again."""

    _name = "crm.analysis.run"
    _description = "Run of an Analysis"
    _inherit = "crm.analytics.job"
    _order = "date_to desc, id desc"

    analysis_id = fields.Many2one(
        "crm.analysis", required=True, readonly=True, index=True, ondelete="cascade"
    )
    definition = fields.Json(
        readonly=True, help="The weights and borders that this run was made with."
    )
    told = fields.Text("How It Was Computed", compute="_compute_told")
    previous_id = fields.Many2one(
        "crm.analysis.run",
        "Compared with",
        compute="_compute_previous_id",
        help="The newest run before it that is done.",
    )
    result_ids = fields.One2many("crm.analysis.result", "run_id", "Results")
    customer_count = fields.Integer("Customers", readonly=True)
    turnover = fields.Monetary(readonly=True)
    margin = fields.Monetary(readonly=True)
    order_count = fields.Integer("Orders", readonly=True)
    a_count = fields.Integer("A Customers", readonly=True)
    changed_count = fields.Integer(
        "Contacts Changed",
        readonly=True,
        help="Contacts whose value class this run changed, people of companies too.",
    )

    @api.depends("analysis_id", "date_to")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for run in self:
            day = format_date(self.env, run.date_to)
            run.display_name = f"{run.analysis_id.name} ({day})"

    @api.depends("analysis_id", "date_to")
    def _compute_previous_id(self):
        runs = self.search_fetch(
            [("analysis_id", "in", self.analysis_id.ids), ("state", "=", "done")],
            ["analysis_id", "date_to"],
        )
        for run in self:
            run.previous_id = runs.filtered(
                lambda other, run=run: (
                    other.analysis_id == run.analysis_id
                    and (other.date_to, other.id) < (run.date_to, run._origin.id)
                )
            )[:1]

    @api.depends("definition")
    def _compute_told(self):
        for run in self:
            run.told = "\n".join(run._told()) if run.definition else False

    def _told(self) -> list[str]:
        """Say in words what the classes of this run mean."""
        said, env = self.definition, self.env
        names = {
            "turnover": env._("turnover"),
            "margin": env._("margin"),
            "orders": env._("number of orders"),
        }
        measures = ", ".join(
            f"{names[name]} {share:.0%}" for name, share in said["weights"].items()
        )
        limits = {"a": said["abc_a"], "b": said["abc_b"]}
        abc = {
            "share": env._(
                "A: who together bring the first %(a)g %%; B: up to %(b)g %%; C: the"
                " rest.",
                **limits,
            ),
            "value": env._("A: from %(a)g on; B: from %(b)g on; C: less.", **limits),
            "quantile": env._(
                "A: the best %(a)g %% of customers; B: up to %(b)g %%; C: the rest.",
                **limits,
            ),
        }[said["abc_by"]]
        return [
            env._("Importance by %(measures)s.", measures=measures),
            abc,
            env._(
                "Confirmed orders at the rate of their day, without taxes, less credit"
                " notes; people count with their company."
            ),
        ]

    # The job

    @api.model
    def _job_cron(self):
        return self.env.ref("crm_analytics.crm_analysis_run_cron")

    def _work(self, tell) -> None:
        self.definition = self.analysis_id._definition()
        tell(5, self.env._("Reading orders"))
        self._write_results()
        tell(70, self.env._("Classes of the contacts"))
        if self.analysis_id.is_in_use:
            self._hand_over(tell)

    # What people do

    def _open(self) -> dict:
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    @api.readonly
    def action_open_results(self) -> dict:
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "crm_analytics.crm_analysis_result_action"
        )
        return action | {
            "domain": [("run_id", "=", self.id)],
            "name": self.display_name,
        }

    @api.readonly
    def action_open_matrix(self) -> dict:
        self.ensure_one()
        return {
            "type": "ir.actions.client",
            "tag": "crm_analysis_matrix",
            "name": self.analysis_id.name,
            "context": {"run_id": self.id},
        }
