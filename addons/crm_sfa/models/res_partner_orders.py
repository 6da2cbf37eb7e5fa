from odoo import models
from odoo.fields import Domain

from odoo.addons.crm_base.tools.card import Part


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _card_parts(self, family):
        customer = Domain("partner_id", "in", self.commercial_partner_id.ids)
        return [
            *super()._card_parts(family),
            Part(
                "abnormal",
                self.env._("Abnormal orders"),
                "crm.order.flag",
                Domain("commercial_partner_id", "in", self.commercial_partner_id.ids)
                & Domain("state", "=", "open"),
                warn=True,
                user="user_id",
            ),
            Part(
                "disputes",
                self.env._("Disputed payments"),
                "crm.payment.dispute",
                customer & Domain("state", "=", "open"),
                warn=True,
                user="user_id",
            ),
        ]
