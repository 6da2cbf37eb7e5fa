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
        # By their ids: a condition on the stage would have all tickets of a customer
        # read, for the few that are open.
        stages = self.env["helpdesk.ticket.stage"].search([("closed", "=", False)])
        tickets = Part(
            "open_tickets",
            self.env._("Open tickets"),
            "helpdesk.ticket",
            mine & Domain("stage_id", "in", stages.ids),
            warn=True,
            user="user_id",
        )
        return [tickets, *parts]
