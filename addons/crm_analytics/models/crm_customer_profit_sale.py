from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.profit import COST, INCOME, Source


class CrmCustomerProfit(models.Model):
    """What orders, credit notes and other invoices bring, and what the goods cost.

    The same documents as in ``crm.value.source``: net income less the cost of goods is
    the margin there.
    """

    _inherit = "crm.customer.profit"

    @api.model
    def _profit_sources(self):
        lines, bills = "sale.order.line", "account.move.line"
        return super()._profit_sources() | {
            "income": Source(INCOME, 1, 10, lines, self._order_lines_domain),
            "invoices": Source(INCOME, 1, 20, bills, self._unordered_lines_domain),
            "discounts": Source(INCOME, -1, 30, lines, self._discounts_domain),
            "refunds": Source(INCOME, -1, 40, bills, self._refund_lines_domain),
            "goods": Source(COST, -1, 50, lines, self._goods_domain),
            "goods_back": Source(COST, 1, 60, bills, self._goods_back_domain),
        }

    @api.model
    def _profit_queries(self, run):
        return [
            *super()._profit_queries(run),
            (self.env._("Orders"), self._order_parts_sql(run)),
            (self.env._("Credit notes"), self._refund_parts_sql(run)),
            (self.env._("Invoices"), self._invoice_parts_sql(run)),
        ]

    # Orders: income at list price, discounts and cost of goods in one pass

    @api.model
    def _order_parts_sql(self, run) -> SQL:
        values = self.env["crm.value.source"]
        return SQL(
            """SELECT o.partner_id, part.source, part.amount
                 FROM (SELECT o.partner_id,
                              sum((l.price_subtotal + off.amount) / rate.of_order)
                                  AS income,
                              sum(off.amount / rate.of_order) AS discounts,
                              sum(l.purchase_price * l.product_uom_qty / rate.of_order)
                                  AS goods
                         FROM sale_order AS o
                         JOIN sale_order_line AS l ON l.order_id = o.id
                        CROSS JOIN LATERAL (
                              SELECT COALESCE(NULLIF(o.currency_rate, 0), 1)
                              ) AS rate (of_order)
                        CROSS JOIN LATERAL (SELECT %(discount)s) AS off (amount)
                        WHERE o.state = 'sale' AND o.company_id = %(company)s
                          AND %(within)s AND l.display_type IS NULL
                          AND l.is_downpayment IS NOT TRUE
                     GROUP BY o.partner_id) AS o
                CROSS JOIN LATERAL (VALUES
                      ('income', o.income), ('discounts', o.discounts),
                      ('goods', o.goods)) AS part (source, amount)""",
            discount=self._discount_sql(run),
            company=run.company_id.id,
            within=values._within(
                run.company_id, SQL("o.date_order"), run.date_from, run.date_to
            ),
        )

    @api.model
    def _discount_sql(self, run) -> SQL:
        """Give what a line's list price was reduced by, in the order's currency.

        Where the price includes taxes, its part without them. Odoo's discount on the
        whole order is a line of its own with a negative price.
        """
        return SQL(
            """CASE WHEN l.product_id = %s THEN -l.price_subtotal
                    WHEN COALESCE(l.discount, 0) = 0 THEN 0
                    WHEN l.discount = 100 THEN l.price_unit * l.product_uom_qty
                    WHEN abs(l.price_unit * l.product_uom_qty * (100 - l.discount) / 100
                             - l.price_subtotal) < 0.01
                    THEN l.price_unit * l.product_uom_qty - l.price_subtotal
                    ELSE l.price_subtotal * l.discount / (100 - l.discount) END""",
            run.company_id.sale_discount_product_id.id or None,
        )

    def _order_lines_domain(self, profit) -> Domain:
        customer = "order_id.partner_id.commercial_partner_id"
        return Domain(
            [
                (customer, "=", profit.partner_id.id),
                ("order_id.company_id", "=", profit.company_id.id),
                ("state", "=", "sale"),
                ("display_type", "=", False),
                ("is_downpayment", "=", False),
            ]
        ) & profit._moments("order_id.date_order")

    def _discounts_domain(self, profit) -> Domain:
        product = profit.company_id.sale_discount_product_id
        reduced = Domain("discount", "!=", 0)
        if product:
            reduced |= Domain("product_id", "=", product.id)
        return self._order_lines_domain(profit) & reduced

    def _goods_domain(self, profit) -> Domain:
        return self._order_lines_domain(profit) & Domain("purchase_price", "!=", 0)

    # Credit notes: what goes back, and the cost that comes back with it

    @api.model
    def _refund_parts_sql(self, run) -> SQL:
        """A credit note gives back the same share of the goods' cost that it gives back
        of their price; where no order line is known, none."""
        values = self.env["crm.value.source"]
        return SQL(
            """SELECT refund.partner_id, part.source, part.amount
                 FROM (SELECT m.partner_id, l.balance, l.balance * (1 - %s) AS goods
                         FROM account_move AS m
                         JOIN account_move_line AS l
                           ON l.move_id = m.id AND l.display_type = 'product'
                        WHERE m.move_type = 'out_refund' AND m.state = 'posted' AND %s
                          AND m.company_id = %s AND m.invoice_date BETWEEN %s AND %s
                      ) AS refund
                CROSS JOIN LATERAL (VALUES
                      ('refunds', refund.balance), ('goods_back', refund.goods)
                      ) AS part (source, amount)""",
            values._margin_share_sql("l"),
            values._given_back_sql("l"),
            run.company_id.id,
            run.date_from,
            run.date_to,
        )

    def _refund_lines_domain(self, profit) -> Domain:
        unordered = Domain("sale_line_ids", "not any", [("state", "=", "sale")])
        given_back = Domain("balance", ">", 0) & Domain(
            "sale_line_ids",
            "any",
            [("state", "=", "sale"), ("is_downpayment", "=", False)],
        )
        return profit._bill_lines("out_refund") & (unordered | given_back)

    def _goods_back_domain(self, profit) -> Domain:
        known = Domain("sale_line_ids.is_downpayment", "=", False)
        return self._refund_lines_domain(profit) & known

    # Contracts: invoices that no order began

    @api.model
    def _invoice_parts_sql(self, run) -> SQL:
        return SQL(
            """SELECT partner_id, 'invoices', amount
                 FROM (%s) AS bill (partner_id, moment, amount, margin, orders)""",
            self.env["crm.value.source"]._invoices_sql(
                run.company_id, run.date_from, run.date_to
            ),
        )

    def _unordered_lines_domain(self, profit) -> Domain:
        # Few: those of one customer. Whether they were sold is not the reader's right.
        customer = "order_id.partner_id.commercial_partner_id"
        sold = (
            self.env["sale.order.line"]
            .sudo()  # the total is shown to who may not open each order
            .search(
                [
                    ("service_contract_line_id", "!=", False),
                    ("state", "=", "sale"),
                    (customer, "=", profit.partner_id.id),
                ]
            )
        )
        return (
            profit._bill_lines("out_invoice")
            & Domain("sale_line_ids", "not any", [("state", "=", "sale")])
            & Domain("contract_line_id", "not in", sold.service_contract_line_id.ids)
        )

    # Domains that several sources need

    def _moments(self, field: str) -> Domain:
        """Limit a moment to the days of the run, by the company's clock."""
        values, company = self.env["crm.value.source"], self.company_id
        begins = values._moment(company, self.date_from)
        ends = values._moment(company, self.date_to + timedelta(days=1))
        return Domain(field, ">=", begins) & Domain(field, "<", ends)

    def _bill_lines(self, move_type: str) -> Domain:
        return Domain(
            [
                ("move_id.partner_id.commercial_partner_id", "=", self.partner_id.id),
                ("move_id.company_id", "=", self.company_id.id),
                ("move_id.move_type", "=", move_type),
                ("parent_state", "=", "posted"),
                ("display_type", "=", "product"),
                ("move_id.invoice_date", ">=", self.date_from),
                ("move_id.invoice_date", "<=", self.date_to),
            ]
        )
