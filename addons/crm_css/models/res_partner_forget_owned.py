from odoo import models
from odoo.fields import Domain

from odoo.addons.crm_base.tools.forget import Part, scrub


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _forget_parts(self):
        """What a person owns stays, for its warranty; what was noted on it does not."""
        mine = Domain("partner_id", "in", self.ids)
        return [
            *super()._forget_parts(),
            Part("crm.owned.item", mine, clear={"note": None}),
            scrub("crm.owned.item", "note"),
        ]
