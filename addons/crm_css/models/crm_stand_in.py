from odoo import api, models

from odoo.addons.crm_base.tools.stand_in import Covered, Section


class CrmStandIn(models.Model):
    _inherit = "crm.stand.in"

    @api.model
    def _covered_models(self):
        ticket = Covered(self.env._("Tickets"), "user_id", "partner_id")
        return super()._covered_models() | {"helpdesk.ticket": ticket}

    def _brief_sections(self):
        tickets = self._covered_search(
            "helpdesk.ticket",
            [("stage_id.closed", "=", False)],
            order="priority desc, id",
        )
        section = Section(self.env._("Open tickets"), tickets, "create_date")
        return [*super()._brief_sections(), section]
