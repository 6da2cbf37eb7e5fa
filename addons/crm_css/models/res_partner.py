from odoo import models
from odoo.fields import Domain

from odoo.addons.crm_base.tools.card import Part


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _card_parts(self, family):
        parts = super()._card_parts(family)
        # Every employee may read the tickets that he follows: no figure to go by.
        if not self.env.user.has_group("helpdesk_mgmt.group_helpdesk_user_own"):
            return parts
        mine = Domain("partner_id", "in", family.ids)
        tickets = Part(
            "open_tickets",
            self.env._("Open tickets"),
            "helpdesk.ticket",
            mine & Domain("stage_id.closed", "=", False),
            warn=True,
            user="user_id",
        )
        return [tickets, *parts]
