from odoo import api, fields, models
from odoo.tools import SQL

from .crm_customer_month import ALWAYS


class CrmSaleMonth(models.Model):
    """What was ordered in a month, by salesperson, team and kind of goods: the lines of
    confirmed orders summed up. ``_make`` alone writes it."""

    _name = "crm.sale.month"
    _description = "Month of Sales"
    _order = "month desc, amount desc, id"
    _rec_name = "month"
    # Rows change by the thousand, and never by a person.
    _log_access = False

    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    month = fields.Date(required=True)
    user_id = fields.Many2one(
        "res.users", "Salesperson", index="btree_not_null", ondelete="set null"
    )
    team_id = fields.Many2one(
        "crm.team", "Sales Team", index="btree_not_null", ondelete="set null"
    )
    categ_id = fields.Many2one(
        "product.category",
        "Product Category",
        index="btree_not_null",
        ondelete="set null",
    )
    # No digits: the database sums floats up several times as fast as exact numbers.
    amount = fields.Float(
        "Order Income",
        help="Lines of confirmed orders, without taxes, in the company's currency at"
        " the rate of the order's day. Credit notes are not taken off.",
    )
    margin = fields.Float(help="Income less the cost of what was sold.")
    discount = fields.Float(help="What the lines' discounts took off.")

    _month_idx = models.Index("(company_id, month)")

    @api.model
    def _make(self, company) -> None:
        """Sum up all months of a company anew."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL("DELETE FROM crm_sale_month WHERE company_id = %s", company.id)
        )
        self.env.cr.execute(self._insert_sql(company))
        self.invalidate_model()

    @api.model
    def _insert_sql(self, company) -> SQL:
        """Of what was given away there is no price less the discount to start from, so
        its list price counts."""
        facts = self.env["crm.value.source"]
        return SQL(
            """INSERT INTO crm_sale_month (company_id, month, user_id, team_id,
                      categ_id, amount, margin, discount)
               SELECT o.company_id, date_trunc('month', %(moment)s)::date, o.user_id,
                      o.team_id, template.categ_id,
                      sum(line.price_subtotal / rate.of_order)::float,
                      sum(line.margin / rate.of_order)::float,
                      sum(CASE WHEN COALESCE(line.discount, 0) = 0 THEN 0
                               WHEN line.discount < 100 THEN line.price_subtotal
                                   * line.discount / (100 - line.discount)
                               ELSE line.price_unit * line.product_uom_qty END
                          / rate.of_order)::float
                 FROM sale_order AS o
                 JOIN sale_order_line AS line ON line.order_id = o.id
                  AND line.display_type IS NULL
                 LEFT JOIN product_product AS product ON product.id = line.product_id
                 LEFT JOIN product_template AS template
                   ON template.id = product.product_tmpl_id
                CROSS JOIN LATERAL (
                      SELECT COALESCE(NULLIF(o.currency_rate, 0), 1)::numeric
                      ) AS rate (of_order)
                WHERE o.state = 'sale' AND o.company_id = %(company)s
                  AND %(within)s
             GROUP BY 1, 2, 3, 4, 5""",
            moment=facts._local_sql(company, SQL("o.date_order")),
            company=company.id,
            within=facts._within(company, SQL("o.date_order"), *ALWAYS),
        )
