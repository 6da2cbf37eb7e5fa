from odoo import models

from odoo.addons.crm_base.tools.forget import scrub


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _forget_parts(self):
        return [
            *super()._forget_parts(),
            scrub("sale.order", "double_offer_reason"),
            scrub("crm.approval", "reason", "note", "goods"),
            scrub("crm.offer.batch.line", "told"),
        ]
