from odoo import models

from odoo.addons.crm_base.tools.forget import scrub


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _forget_parts(self):
        return [
            *super()._forget_parts(),
            # Agents may have written somebody's name into a text of their own.
            scrub("crm.ticket.macro", "name", "body"),
            # A territory may be called after the craftsman who serves it.
            scrub("crm.territory", "name", "complete_name"),
        ]
