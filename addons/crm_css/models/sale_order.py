from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _action_confirm(self):
        result = super()._action_confirm()
        self.order_line._sync_owned()
        return result

    def _action_cancel(self):
        result = super()._action_cancel()
        self.order_line._sync_owned()
        return result
