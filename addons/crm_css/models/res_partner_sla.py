from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        result = super().write(vals)
        if "value_class" in vals:
            self._choose_sla_again()
        return result

    def _follow_value_class(self):
        result = super()._follow_value_class()
        self._choose_sla_again()
        return result

    def _choose_sla_again(self):
        # What a customer is worth decides for whoever has the tickets.
        tickets_sudo = self.env["helpdesk.ticket"].sudo()
        opened = [("commercial_partner_id", "in", self.ids), ("closed", "=", False)]
        tickets_sudo.search(opened)._sla_choose_again()
