from odoo import models
from odoo.fields import Domain

from odoo.addons.crm_base.tools.card import Part


class ResPartner(models.Model):
    """What the customer is dissatisfied with, on the card."""

    _inherit = "res.partner"

    def _card_parts(self, family):
        mine = Domain("commercial_partner_id", "=", self.commercial_partner_id.id)
        complaints = Part(
            "complaints",
            self.env._("Open complaints"),
            "crm.complaint",
            mine & self.env["crm.complaint"]._open_domain(),
            warn=True,
            user="user_id",
        )
        bad = Domain("is_bad", "=", True) & Domain("state", "!=", "done")
        feedback = Part(
            "bad_feedback",
            self.env._("Bad votes not followed up"),
            "crm.feedback",
            mine & bad,
            warn=True,
        )
        return [*super()._card_parts(family), complaints, feedback]
