from odoo import models


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "crm.stand.in.mixin"]

    # What the card counts of one customer, with what the rules of access ask.
    _card_orders_idx = models.Index(
        "(partner_id, company_id, user_id) WHERE state = 'sale'"
    )
    _card_quotations_idx = models.Index(
        "(partner_id, company_id, user_id) WHERE state IN ('draft', 'sent')"
    )
