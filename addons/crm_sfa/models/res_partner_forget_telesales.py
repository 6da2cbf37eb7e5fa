from odoo import models
from odoo.fields import Domain

from odoo.addons.crm_base.tools.forget import Part, scrub

REACH = ("vat", "email", "phone", "email_normalized", "phone_sanitized", "vat_key")


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _forget_parts(self):
        """Who registered a deal, or whose deal it was, is no longer told."""
        deal = "crm.deal.registration"
        customer = Domain("partner_id", "in", self.ids)
        customer |= Domain("email_normalized", "in", self._forget_mails())
        customer |= Domain("phone_sanitized", "in", self._forget_numbers())
        mine = Domain("contact_id", "in", self.ids)
        mine |= Domain("reseller_id", "in", self.ids)
        emptied = dict.fromkeys((*REACH, "description"))
        return [
            *super()._forget_parts(),
            Part(
                deal,
                customer,
                clear=emptied | {"customer_name": self._forgotten_name()},
            ),
            Part(deal, mine, clear={"description": None}),
            scrub(deal, "customer_name", "description", "reason"),
        ]
