from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    # Finds the next order of a customer, for each member of the funnel.
    _next_order_idx = models.Index(
        "(partner_id, company_id, date_order) WHERE state = 'sale'"
    )
