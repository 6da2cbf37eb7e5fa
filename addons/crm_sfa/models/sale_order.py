from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    # The time line reads the newest of one person.
    _timeline_idx = models.Index("(partner_id, date_order DESC)")
