from odoo import api, fields, models

WATCHED = {"stage_id", "active", "probability", "type"}


class CrmLead(models.Model):
    """Playbooks that start with what happens to a deal."""

    _inherit = "crm.lead"

    playbook_run_ids = fields.One2many("crm.playbook.run", "lead_id", "Playbooks")
    playbook_run_count = fields.Integer(compute="_compute_playbook_run_count")

    @api.depends("playbook_run_ids")
    def _compute_playbook_run_count(self):
        counts = dict(
            self.env["crm.playbook.run"]._read_group(
                [("lead_id", "in", self.ids)], ["lead_id"], ["__count"]
            )
        )
        for lead in self:
            lead.playbook_run_count = counts.get(lead._origin, 0)

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        leads._fire_playbooks({})
        return leads

    def write(self, vals):
        if not WATCHED.intersection(vals):
            return super().write(vals)
        before = {lead: lead._playbook_state() for lead in self}
        result = super().write(vals)
        self._fire_playbooks(before)
        return result

    @api.readonly
    def action_open_playbooks(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_sfa.crm_playbook_run_action"
        )
        return action | {"domain": [("lead_id", "=", self.id)], "context": {}}

    def _playbook_state(self) -> tuple:
        is_deal = self.type == "opportunity"
        stage = self.stage_id if is_deal else self.stage_id.browse()
        return stage, self.won_status, self.active

    def _fire_playbooks(self, before: dict):
        """Start what arriving, winning and losing start, and stop what is settled."""
        nothing = (self.env["crm.stage"], "pending", True)
        deals = self.filtered(lambda lead: lead.type == "opportunity")
        changed = [(lead, *before.get(lead, nothing)) for lead in deals]
        ended = deals.browse(
            lead.id
            for lead, _stage, _won, active in changed
            if active and not lead.active
        )
        ended._stop_playbooks()
        playbooks = self.env["crm.playbook"]
        for outcome in ("won", "lost"):
            reached = [
                lead.id
                for lead, _stage, won, _active in changed
                if won != outcome and lead.won_status == outcome
            ]
            playbooks._fire(outcome, deals.browse(reached))
        arrived = deals.browse(
            lead.id
            for lead, stage, _won, _active in changed
            if lead.active and lead.stage_id and lead.stage_id != stage
        )
        for stage, leads in arrived.grouped("stage_id").items():
            playbooks._fire("stage", leads, stage)

    def _stop_playbooks(self):
        # The run may be of a colleague.
        runs_sudo = self.sudo().playbook_run_ids
        runs_sudo._stop(self.env._("The deal was lost or archived."))
