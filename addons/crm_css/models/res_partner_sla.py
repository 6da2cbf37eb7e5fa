from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        result = super().write(vals)
        if "value_class" in vals:
            # What a customer is worth decides for whoever has the tickets.
            tickets_sudo = self.env["helpdesk.ticket"].sudo()
            tickets_sudo.search(
                [
                    ("commercial_partner_id", "in", self.ids),
                    ("closed", "=", False),
                ]
            )._sla_choose_again()
        return result
