from odoo import models
from odoo.fields import Domain

from odoo.addons.crm_base.tools.forget import Part, scrub


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _forget_parts(self):
        mine = Domain("partner_id", "in", self.ids)
        sender = {
            "partner_name": self._forgotten_name(),
            "partner_email": None,
            "email_cc": None,
        }
        return [
            *super()._forget_parts(),
            Part("helpdesk.ticket", mine, clear=sender | {"description": "<p></p>"}),
            # Those of a mail that was not joined to the contact.
            Part("helpdesk.ticket", mentioned=("partner_email",), clear=sender),
            scrub("helpdesk.ticket", "name", "partner_name", "email_cc", "description"),
            Part("rating.rating", mine, clear={"feedback": None}),
            scrub("rating.rating", "res_name", "parent_res_name", "feedback"),
        ]
