from odoo import models
from odoo.fields import Domain

from odoo.addons.crm_base.tools.card import Part

from .crm_owned_item import LIVE


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _card_parts(self, family):
        owned = Part(
            "owned_items",
            self.env._("Owned products"),
            "crm.owned.item",
            Domain("partner_id", "in", family.ids) & Domain("state", "in", LIVE),
        )
        return [*super()._card_parts(family), owned]
