from odoo import api, fields, models


class CrmOfferPrepareLine(models.TransientModel):
    """One product that the customer usually buys, at its price of this moment."""

    _name = "crm.offer.prepare.line"
    _description = "Product of an Offer"

    prepare_id = fields.Many2one(
        "crm.offer.prepare", required=True, index=True, ondelete="cascade"
    )
    product_id = fields.Many2one("product.product", required=True)
    uom_id = fields.Many2one("uom.uom", "Unit", required=True)
    quantity = fields.Float(default=1)
    orders = fields.Integer("In Orders", readonly=True)
    price = fields.Monetary("Price Now", compute="_compute_price")
    currency_id = fields.Many2one(related="prepare_id.currency_id")

    @api.depends("product_id", "uom_id", "quantity", "prepare_id.pricelist_id")
    def _compute_price(self):
        for line in self:
            line.price = line.product_id and line.prepare_id.pricelist_id.with_company(
                line.prepare_id.company_id
            )._get_product_price(
                line.product_id,
                quantity=line.quantity or 1.0,
                uom=line.uom_id,
                currency=line.currency_id,
            )
