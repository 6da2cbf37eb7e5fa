from odoo import models

from odoo.addons.crm_base.tools.forget import scrub


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _forget_parts(self):
        """Contracts stay with their customer; whom their texts name is taken out."""
        return [
            *super()._forget_parts(),
            scrub(
                "contract.contract",
                "name",
                "code",
                "note",
                "coverage",
                "terminate_comment",
                "invoice_generation_error",
            ),
            scrub("contract.line", "name"),
            scrub("contract.modification", "description"),
            scrub("crm.entitlement.use", "note", "reason"),
            scrub("crm.contract.reminder", "told", "error"),
        ]
