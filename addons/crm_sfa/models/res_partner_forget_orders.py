from odoo import models

from odoo.addons.crm_base.tools.forget import scrub


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _forget_parts(self):
        return [
            *super()._forget_parts(),
            scrub("crm.order.flag", "dismissal"),
            scrub("crm.payment.dispute", "reason"),
            scrub("crm.payment.reminder", "name"),
        ]
