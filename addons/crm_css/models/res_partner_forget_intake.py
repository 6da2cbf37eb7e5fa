from odoo import models
from odoo.fields import Domain

from odoo.addons.crm_base.tools.forget import Part, scrub


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _forget_parts(self):
        mine = Domain("partner_id", "in", self.ids)
        clear = {"partner_phone": None, "sender_email": None}
        return [
            *super()._forget_parts(),
            Part("helpdesk.ticket", mine, clear=clear),
            # Those of a sender who was not joined to the contact.
            Part("helpdesk.ticket", mentioned=("sender_email",), clear=clear),
            scrub("helpdesk.ticket", "partner_phone"),
        ]
