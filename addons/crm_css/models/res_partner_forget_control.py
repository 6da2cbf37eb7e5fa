from odoo import models
from odoo.fields import Domain

from odoo.addons.crm_base.tools.forget import Part, scrub


class ResPartner(models.Model):
    """What the person complained of and said about us; that it happened is kept."""

    _inherit = "res.partner"

    def _forget_parts(self):
        mine = Domain("partner_id", "in", self.ids)
        answered = Domain("answer_partner_id", "in", self.ids)
        return [
            *super()._forget_parts(),
            Part("crm.complaint", mine, clear={"description": None, "remedy": None}),
            Part(
                "crm.complaint",
                mine | answered,
                clear={"answer_note": None, "answer_token": None},
            ),
            scrub("crm.complaint", "name", "description", "remedy", "answer_note"),
            Part("crm.feedback", mine, clear={"text": None, "link": None}),
            scrub("crm.feedback", "name", "text", "link", "action_taken"),
            scrub("crm.scorecard.review", "comment", "answer"),
            scrub("crm.scorecard.review.line", "comment"),
        ]
