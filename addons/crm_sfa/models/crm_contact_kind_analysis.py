from odoo import api, models


class CrmContactKind(models.Model):
    _inherit = "crm.contact.kind"

    @api.model
    def _codes(self) -> list[str]:
        """Give the kinds of the time line that are contacts."""
        return self.search([("code", "!=", False)]).mapped("code")
