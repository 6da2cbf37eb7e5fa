from odoo import api, fields, models
from odoo.exceptions import ValidationError

KINDS = [("maker", "Maker's"), ("ours", "Ours"), ("extended", "Extended")]
STARTS = [
    ("delivery", "Delivery"),
    ("invoice", "Invoice"),
    ("installation", "Installation"),
]
# A hundred years: more is a slip, and dates end somewhere.
MOST_MONTHS = 1200


class CrmWarranty(models.Model):
    """Terms of a warranty: for which products, how long, from when, and what it covers.

    Of each kind the narrowest terms hold: those of the product before those of its
    category, those before what is said for all products.
    """

    _name = "crm.warranty"
    _description = "Warranty Terms"
    _order = "kind, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(KINDS, required=True, default="maker")
    months = fields.Integer(
        required=True, default=24, aggregator=None, help="For how many months it holds."
    )
    starts_on = fields.Selection(
        STARTS,
        "Counted From",
        required=True,
        default="delivery",
        help="What is not known yet is replaced by the delivery, and that by the day"
        " on which the item was bought. An extension begins where the others end.",
    )
    product_tmpl_ids = fields.Many2many(
        "product.template",
        string="Products",
        check_company=True,
        domain="[('type', '=', 'consu')]",
    )
    categ_ids = fields.Many2many(
        "product.category",
        string="Product Categories",
        help="With all categories below them. Without products and categories the"
        " terms hold for all products.",
    )
    sold_product_ids = fields.Many2many(
        "product.template",
        "crm_warranty_sold_product_rel",
        string="Sold As",
        check_company=True,
        help="Products that sell this extension. Confirmed on an order, they prolong"
        " the warranty of what was bought with them, or of the item that their line"
        " names.",
    )
    coverage = fields.Text(
        "What Is Covered",
        translate=True,
        help="Stands on the customer's warranty document.",
    )
    document = fields.Binary(attachment=True, help="The full terms, as a file.")
    document_name = fields.Char()
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: for all companies.")

    _months_in_reason = models.Constraint(
        f"CHECK (months BETWEEN 1 AND {MOST_MONTHS})",
        "A warranty runs for one month at least, and for a hundred years at most.",
    )

    @api.constrains("kind", "sold_product_ids")
    def _check_sold_product_ids(self):
        for terms in self:
            if terms.sold_product_ids and terms.kind != "extended":
                raise ValidationError(
                    self.env._(
                        "%(name)s is sold as a product, so it must be of the kind"
                        " Extended. Change the kind, or empty the field Sold As.",
                        name=terms.name,
                    )
                )

    def _narrowest(self, product, company):
        """Give those of these terms that come with a product: one of each kind."""
        best = {}
        for terms in self:
            rank = terms._rank_for(product), terms.months
            elsewhere = terms.company_id and terms.company_id != company
            if not elsewhere and rank > best.get(terms.kind, ((0, MOST_MONTHS), 0))[0]:
                best[terms.kind] = rank, terms.id
        return self.browse(terms_id for _rank, terms_id in best.values())

    def _rank_for(self, product) -> int:
        """Tell how narrowly these terms name a product; 0 where they leave it out."""
        self.ensure_one()
        if product.product_tmpl_id in self.product_tmpl_ids:
            return 1000
        parents = product.categ_id.parent_path or ""
        path = [int(one) for one in parents.split("/")[:-1]]
        depths = [path.index(one) for one in self.categ_ids.ids if one in path]
        if depths:
            return 2 + max(depths)
        return 0 if self.product_tmpl_ids or self.categ_ids else 1
