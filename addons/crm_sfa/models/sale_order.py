from odoo import models


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "crm.stand.in.mixin"]

    # The time line reads the newest of one person.
    _timeline_idx = models.Index("(partner_id, date_order DESC)")
