from odoo import models
from odoo.fields import Domain

from odoo.addons.crm_base.tools.card import Part


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _card_parts(self, family):
        sent = Domain(
            [
                ("model", "=", "res.partner"),
                ("res_id", "in", family.ids),
                ("sent_datetime", "!=", False),
            ]
        )
        mailings = Part(
            "mailings",
            self.env._("Mailings opened"),
            "mailing.trace",
            sent & Domain("open_datetime", "!=", False),
            total=sent,
        )
        return [*super()._card_parts(family), mailings]
