from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _card_parts(self):
        parts = super()._card_parts()
        tickets = self.env["helpdesk.ticket"]
        # Every employee may read the tickets that he follows: no figure to go by.
        if not self.env.user.has_group("helpdesk_mgmt.group_helpdesk_user_own"):
            return parts
        domain = [
            ("partner_id", "in", self._crm_family().ids),
            ("stage_id.closed", "=", False),
        ]
        count = tickets.search_count(domain)
        part = {
            "key": "open_tickets",
            "label": self.env._("Open tickets"),
            "value": str(count),
            "warn": count > 0,
            "action": self._card_action("helpdesk.ticket", domain),
        }
        return [part, *parts]
