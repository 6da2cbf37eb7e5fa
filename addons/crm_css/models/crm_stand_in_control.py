from odoo import api, models

from odoo.addons.crm_base.tools.stand_in import Covered, Section


class CrmStandIn(models.Model):
    _inherit = "crm.stand.in"

    @api.model
    def _covered_models(self):
        return super()._covered_models() | {
            "crm.complaint": Covered(self.env._("Complaints"), "user_id", "partner_id"),
            "crm.feedback": Covered(self.env._("Feedback"), "user_id", "partner_id"),
        }

    def _brief_sections(self):
        complaints = self._covered_search(
            "crm.complaint", [("state", "!=", "closed")], order="date_due, id"
        )
        feedback = self._covered_search(
            "crm.feedback", [("state", "!=", "done")], order="date_due, id"
        )
        return [
            *super()._brief_sections(),
            Section(self.env._("Open complaints"), complaints, "date_due"),
            Section(self.env._("Feedback to follow up"), feedback, "date_due"),
        ]
