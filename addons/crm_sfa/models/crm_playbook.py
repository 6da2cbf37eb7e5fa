from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..tools.rule_domain import BROKEN, parse

TARGETS = [("crm.lead", "A deal"), ("res.partner", "A customer")]


class CrmPlaybook(models.Model):
    """What is to be done in a certain case, by whom and when: steps that are copied
    into each run, so that a change never touches what runs already."""

    _name = "crm.playbook"
    _description = "Playbook"
    _inherit = ["mail.thread"]
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True, tracking=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one("res.company", help="Empty: for all companies.")
    description = fields.Html(help="What it is for, and what it has to reach.")
    target = fields.Selection(
        TARGETS,
        "Runs On",
        required=True,
        default="crm.lead",
        help="Where its activities stand.",
    )
    trigger = fields.Selection(
        [
            ("hand", "By hand only"),
            ("stage", "A deal comes into a stage"),
            ("won", "A deal is won"),
            ("lost", "A deal is lost"),
            ("sent", "A quotation is sent"),
            ("confirmed", "An order is confirmed"),
        ],
        "Starts When",
        required=True,
        default="hand",
        tracking=True,
        help="It can be started by hand at any time besides.",
    )
    stage_id = fields.Many2one("crm.stage", ondelete="restrict", tracking=True)
    team_ids = fields.Many2many(
        "crm.team", string="Sales Teams", help="Empty: for all teams."
    )
    domain = fields.Char(
        "Only For", default="[]", help="It starts by itself only for these."
    )
    step_ids = fields.One2many("crm.playbook.step", "playbook_id", "Steps", copy=True)
    run_ids = fields.One2many("crm.playbook.run", "playbook_id")
    run_count = fields.Integer("Runs", compute="_compute_run_count")
    late_count = fields.Integer("Late Steps", compute="_compute_run_count")

    @api.depends("run_ids.state")
    def _compute_run_count(self):
        mine = Domain("playbook_id", "in", self.ids)
        runs = dict(
            self.env["crm.playbook.run"]._read_group(mine, ["playbook_id"], ["__count"])
        )
        step = self.env["crm.playbook.run.step"]
        late = dict(
            step._read_group(mine & step._late_domain(), ["playbook_id"], ["__count"])
        )
        for playbook in self:
            playbook.run_count = runs.get(playbook, 0)
            playbook.late_count = late.get(playbook, 0)

    @api.constrains("trigger", "stage_id")
    def _check_stage(self):
        for playbook in self:
            if playbook.trigger == "stage" and not playbook.stage_id:
                raise ValidationError(
                    self.env._(
                        "Choose the stage in which the playbook “%(name)s” starts.",
                        name=playbook.name,
                    )
                )

    @api.constrains("domain", "target")
    def _check_domain(self):
        for playbook in self:
            try:
                domain = parse(playbook.domain)
                self.env[playbook.target].search_count(domain, limit=1)
            except BROKEN as error:
                raise ValidationError(
                    self.env._(
                        "The records of the playbook “%(name)s” cannot be found:"
                        " %(error)s. Choose them anew.",
                        name=playbook.name,
                        error=error,
                    )
                ) from error

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for playbook, vals in zip(self, vals_list, strict=True):
            vals["name"] = self.env._("%s (copy)", playbook.name)
        return vals_list

    def copy(self, default=None):
        copies = super().copy(default)
        for playbook, new in zip(self, copies, strict=True):
            twins = dict(zip(playbook.step_ids, new.step_ids, strict=True))
            for step in playbook.step_ids.filtered("after_id"):
                after = twins[step.after_id]
                twins[step].write({"anchor": step.anchor, "after_id": after.id})
        return copies

    @api.readonly
    def action_open_runs(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_sfa.crm_playbook_run_action"
        )
        return action | {
            "domain": [("playbook_id", "=", self.id)],
            "context": {"default_playbook_id": self.id},
        }

    # Starting

    @api.model
    def _fire(self, trigger: str, leads, stage=None):
        """Start the playbooks of an event for deals. One that is broken says so on the
        deal, which goes its way all the same."""
        if not leads:
            return
        wanted = Domain("trigger", "=", trigger)
        if stage:
            wanted &= Domain("stage_id", "=", stage.id)
        # Whoever moves the deal need not know which playbooks there are.
        for playbook in self.sudo().search(wanted):
            for lead in leads.sudo():  # as above
                playbook._fire_for(lead)

    def _fire_for(self, lead):
        self.ensure_one()
        try:
            fits = self._fits(lead)
        except BROKEN as error:
            lead.message_post(
                body=self.env._(
                    "The playbook “%(name)s” did not start, for its condition cannot be"
                    " checked: %(error)s. Tell whoever keeps the playbooks.",
                    name=self.name,
                    error=error,
                )
            )
            return
        if fits:
            self._start(lead.partner_id if self.target == "res.partner" else lead)

    def _fits(self, lead) -> bool:
        record = lead.partner_id if self.target == "res.partner" else lead
        return bool(
            record
            and (not self.team_ids or lead.team_id in self.team_ids)
            and not (self.company_id and lead.company_id - self.company_id)
            and record.filtered_domain(parse(self.domain))
        )

    def _start(self, records, date=None):
        """Start the playbook for deals or customers, each where it does not run yet.

        :return: the runs that were started
        """
        self.ensure_one()
        # Runs are written by methods only.
        runs_sudo = self.env["crm.playbook.run"].sudo()
        key = "lead_id" if records._name == "crm.lead" else "partner_id"
        running = runs_sudo.search(
            [
                ("playbook_id", "=", self.id),
                (key, "in", records.ids),
                ("target", "=", records._name),
                ("state", "=", "running"),
            ]
        )[key]
        for record in records - running:
            # Its steps may go to colleagues, whose activities one does not write.
            runs_sudo |= self._start_one(record.sudo(), date)
        return runs_sudo.with_env(self.env)

    def _start_one(self, record, date):
        # Runs are written by methods only.
        runs_sudo = self.env["crm.playbook.run"].sudo()
        try:
            with self.env.cr.savepoint():
                run = runs_sudo.create(self._prepare_run(record, date))
        except UniqueViolation:  # somebody else started it at this moment
            return runs_sudo
        twins = {
            step: run.step_ids.create(step._prepare_run_step(run))
            for step in self.sudo().step_ids  # who starts it need not edit it
        }
        for step, twin in twins.items():
            twin.after_id = twins.get(step.after_id)
        run.step_ids._schedule()
        run._finish_if_settled()
        return run

    def _prepare_run(self, record, date) -> dict:
        is_deal = record._name == "crm.lead"
        customer = record.partner_id if is_deal else record
        seller = record.user_id
        team = record.team_id if is_deal else seller.sale_team_id
        return {
            "playbook_id": self.id,
            "name": self.name,
            "target": record._name,
            "lead_id": record.id if is_deal else False,
            "partner_id": customer.id,
            "company_id": (record.company_id or self.company_id).id,
            "team_id": team.id,
            "user_id": self.env.uid,
            "date_start": date or fields.Date.context_today(self),
        }
