from odoo import models
from odoo.fields import Domain

from ..tools.forget import Part, scrub


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _forget_parts(self):
        """Who is forgotten is not called, and what was said is nobody's to read."""
        mine = Domain("partner_id", "in", self.ids)
        by_phone = Domain("phone", "in", self._forget_numbers())
        return [
            *super()._forget_parts(),
            Part(
                "crm.call.attempt",
                Domain("line_id", "any", mine | by_phone),
                clear={"note": None},
            ),
            Part(
                "crm.call.list.line",
                mine | by_phone,
                clear={"phone": None, "state": "left_out", "left_out": "refused"},
            ),
            scrub("crm.call.attempt", "note"),
        ]
