from odoo import fields, models


class CrmCompetitorPrice(models.Model):
    """What a competitor asked for one of its products on a day."""

    _name = "crm.competitor.price"
    _description = "Price of a Competitor"
    _order = "date desc, id desc"

    name = fields.Char("Its Product", required=True)
    competitor_id = fields.Many2one(
        "crm.competitor", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="competitor_id.company_id", store=True)
    product_id = fields.Many2one(
        "product.product",
        "Our Product",
        index="btree_not_null",
        ondelete="set null",
        help="What we offer instead.",
    )
    price = fields.Monetary(required=True)
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    our_price = fields.Float(related="product_id.lst_price", string="Our List Price")
    date = fields.Date("Seen On", required=True, default=fields.Date.context_today)
    source = fields.Char("From", help="Who told, or where it was seen.")

    _price_positive = models.Constraint(
        "CHECK (price >= 0)", "A price is not less than zero."
    )
