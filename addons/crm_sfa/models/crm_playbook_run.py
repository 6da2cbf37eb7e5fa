from odoo import api, fields, models

from .crm_playbook import TARGETS


class CrmPlaybookRun(models.Model):
    """A playbook that was started for one deal or customer, with its own steps."""

    _name = "crm.playbook.run"
    _description = "Running Playbook"
    _order = "date_start desc, id desc"

    name = fields.Char("Playbook", required=True, readonly=True)
    playbook_id = fields.Many2one(
        "crm.playbook",
        "Template",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
    )
    target = fields.Selection(TARGETS, "Runs On", required=True, readonly=True)
    lead_id = fields.Many2one(
        "crm.lead",
        "Deal",
        index="btree_not_null",
        ondelete="cascade",
        readonly=True,
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        index="btree_not_null",
        ondelete="cascade",
        readonly=True,
    )
    company_id = fields.Many2one("res.company", index=True, readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    user_id = fields.Many2one("res.users", "Started By", readonly=True)
    date_start = fields.Date("Start", required=True, readonly=True)
    state = fields.Selection(
        [("running", "Running"), ("done", "Done"), ("stopped", "Stopped")],
        required=True,
        default="running",
        readonly=True,
        index=True,
    )
    reason = fields.Char("Why Stopped", readonly=True)
    step_ids = fields.One2many("crm.playbook.run.step", "run_id", "Steps")
    settled_share = fields.Integer(
        "Progress", compute="_compute_settled_share", help="Steps settled, in percent."
    )

    _one_per_deal = models.UniqueIndex(
        "(playbook_id, lead_id) WHERE state = 'running' AND lead_id IS NOT NULL",
        "This playbook runs on the deal already.",
    )
    _one_per_customer = models.UniqueIndex(
        "(playbook_id, partner_id) WHERE state = 'running' AND lead_id IS NULL",
        "This playbook runs on the customer already.",
    )

    @api.depends("step_ids.state")
    def _compute_settled_share(self):
        for run in self:
            settled = run.step_ids.filtered("is_settled")
            run.settled_share = 100 * len(settled) // (len(run.step_ids) or 1)

    def action_stop(self):
        """Stop the playbook: what is planned is taken back."""
        for run in self:
            run._record().check_access("write")
        reason = self.env._("Stopped by %(name)s", name=self.env.user.name)
        # Runs are changed by methods only; the right to the deal was checked.
        self.sudo()._stop(reason)

    @api.readonly
    def action_open_record(self):
        """Open the deal or customer on which the playbook runs."""
        self.ensure_one()
        record = self._record()
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
        }

    def _record(self):
        self.ensure_one()
        return self.lead_id if self.target == "crm.lead" else self.partner_id

    def _stop(self, reason: str):
        running = self.filtered(lambda run: run.state == "running")
        running.write({"state": "stopped", "reason": reason})
        opened = running.step_ids.filtered(lambda step: not step.is_settled)
        activities = opened.activity_id
        opened.write({"state": "cancelled", "activity_id": False})
        opened.date_done = fields.Date.context_today(self)
        activities.unlink_w_meeting()

    def _finish_if_settled(self):
        for run in self.filtered(lambda run: run.state == "running"):
            if all(run.step_ids.mapped("is_settled")):
                run.state = "done"
