from odoo import api, models


class PortalShare(models.TransientModel):
    _inherit = "portal.share"

    @api.model
    def default_get(self, fields):
        """A link to a quotation is as good as sending it."""
        if self.env.context.get("active_model") == "sale.order":
            order = self.env["sale.order"].browse(self.env.context.get("active_id"))
            order._check_before_sending()
        return super().default_get(fields)

    def action_send_mail(self):
        for wizard in self.filtered(lambda one: one.res_model == "sale.order"):
            self.env["sale.order"].browse(wizard.res_id)._check_before_sending()
        return super().action_send_mail()
