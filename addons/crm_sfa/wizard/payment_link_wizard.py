from odoo import api, models


class PaymentLinkWizard(models.TransientModel):
    _inherit = "payment.link.wizard"

    @api.model
    def default_get(self, fields):
        """Who pays a quotation confirms it."""
        if self.env.context.get("active_model") == "sale.order":
            order = self.env["sale.order"].browse(self.env.context.get("active_id"))
            order._check_before_sending()
        return super().default_get(fields)
