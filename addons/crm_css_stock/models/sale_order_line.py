from odoo import models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _tells_owned(self):
        by_delivery = self.qty_delivered_method == "stock_move"
        return super()._tells_owned() and not by_delivery
