from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _is_service_partner(self) -> bool:
        """Tell whether the person's company serves a territory for us."""
        territories_sudo = self.env["crm.territory"].sudo()  # whether, not which
        company = self.commercial_partner_id
        served = [("service_partner_id", "in", company.ids)]
        return bool(territories_sudo.search_count(served, limit=1))
