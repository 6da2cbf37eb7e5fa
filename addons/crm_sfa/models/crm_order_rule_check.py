import logging
from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.order_check import is_unusual
from .crm_order_rule import BY_HISTORY

_logger = logging.getLogger(__name__)

# Orders are checked when they are confirmed. What changes in them later, and what was
# imported, is found by the job in the orders of so many days.
RECENT_DAYS = 30
# What a customer bought longer before an order says nothing about it, and is not read.
HISTORY_MONTHS = 24


class CrmOrderRule(models.Model):
    """Which orders are abnormal now: a query for all orders, whatever their number."""

    _inherit = "crm.order.rule"

    @api.model
    def _cron_check(self):
        """Flag what has become abnormal, and clear what no longer is. Run twice, or
        days late, it comes to the same."""
        self.env["crm.order.flag"]._clear_of_inactive_rules()
        rules = self.search([("active", "=", True)])
        commit = self.env["ir.cron"]._commit_progress
        commit(remaining=len(rules))
        for rule in rules:
            # Where another process is at it, that one finds the same.
            if locked := rule.try_lock_for_update():
                locked._check_orders()
            if not commit(1):
                break

    @api.model
    def _check_confirmed(self, orders):
        """Compare orders that were just confirmed with those before. What counts days
        is for the job: no day has passed yet."""
        by_company = orders.grouped("company_id")
        rules = self.search(
            [("company_id", "in", orders.company_id.ids), ("kind", "in", BY_HISTORY)]
        )
        for rule in rules:
            rule._check_orders(by_company[rule.company_id].ids)

    def _check_orders(self, order_ids: list[int] | None = None):
        """Bring the flags of this rule in line with what is found.

        :param order_ids: only these orders; else all that may be concerned
        """
        self.ensure_one()
        self.env.flush_all()
        by_history = self.kind in BY_HISTORY
        if by_history and order_ids is None:
            order_ids = self._recent_order_ids()
        found = self._found_by_history(order_ids) if by_history else self._found()
        if order_ids is not None:
            wanted = set(order_ids)
            found = [vals for vals in found if vals["order_id"] in wanted]
        try:
            with self.env.cr.savepoint():
                fresh = self.env["crm.order.flag"]._settle(self, found, order_ids)
        except UniqueViolation:
            # No sale fails because the job has just found the same.
            _logger.info("Order rule %s is being checked by another process", self.id)
            return
        fresh._tell()

    def _recent_order_ids(self) -> list[int]:
        """Orders that are compared again: recent ones, and those with open flags."""
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM sale_order
                    WHERE state = 'sale' AND company_id = %(company)s
                      AND date_order >= %(since)s
                UNION SELECT order_id FROM crm_order_flag
                    WHERE rule_id = %(rule)s AND state = 'open'""",
                company=self.company_id.id,
                since=fields.Datetime.now() - timedelta(days=RECENT_DAYS),
                rule=self.id,
            )
        )
        return [order_id for (order_id,) in rows]

    # Against the customer's own history

    def _found_by_history(self, order_ids: list[int]) -> list[dict]:
        if not order_ids:
            return []
        query = self._sizes_sql if self.kind == "size" else self._lines_sql
        found = []
        for order_id, product_id, value, past in self.env.execute_query(
            SQL(
                """SELECT order_id, product_id, figure, ARRAY(
                    SELECT one.figure FROM unnest(past, dates) AS one (figure, date)
                     WHERE one.date >= date_order - make_interval(months => %(months)s)
                    ) FROM (
                    SELECT order_id, product_id, figure, date_order,
                           array_agg(figure) OVER before AS past,
                           array_agg(date_order) OVER before AS dates
                      FROM (%(figures)s) AS figures
                     WHERE figure IS NOT NULL
                    WINDOW before AS (
                           PARTITION BY customer_id, product_id, currency_id
                           ORDER BY date_order, order_id
                           ROWS BETWEEN %(most)s PRECEDING AND 1 PRECEDING)
                    ) AS compared
                WHERE past IS NOT NULL AND order_id = ANY(%(orders)s)""",
                months=HISTORY_MONTHS,
                most=self.last_orders,
                figures=query(order_ids),
                orders=list(order_ids),
            )
        ):
            unusual = is_unusual(
                self.kind, value, past, times=self.times, least=self.least_orders
            )
            if unusual:
                found.append(
                    {
                        "order_id": order_id,
                        "product_id": product_id,
                        "value": value,
                        "usual": unusual.usual,
                        "compared": len(past),
                    }
                )
        return found

    def _orders_sql(self, order_ids: list[int]) -> SQL:
        """The orders of the customers of some: their history as far back as it counts
        for the oldest of them, and nobody else's."""
        return SQL(
            """sale_order AS sale
                  JOIN res_partner AS person ON person.id = sale.partner_id
                   AND person.commercial_partner_id IN (
                        SELECT family.commercial_partner_id
                          FROM sale_order AS asked
                          JOIN res_partner AS family ON family.id = asked.partner_id
                         WHERE asked.id = ANY(%(orders)s))
                   AND sale.state = 'sale' AND sale.company_id = %(company)s
                   AND sale.date_order >= (
                        SELECT min(asked.date_order) FROM sale_order AS asked
                         WHERE asked.id = ANY(%(orders)s))
                         - make_interval(months => %(months)s)""",
            orders=list(order_ids),
            company=self.company_id.id,
            months=HISTORY_MONTHS,
        )

    def _lines_sql(self, order_ids: list[int]) -> SQL:
        """The figure of each product in each order. Prices stay in their own currency,
        and are compared in it: no rate, and no lack of one, makes an order abnormal."""
        quantity = SQL(
            "sum(line.product_uom_qty * COALESCE(unit.factor / base.factor, 1))"
        )
        figure = {
            "quantity": quantity,
            "price": SQL("sum(line.price_subtotal) / NULLIF(%s, 0)", quantity),
            "discount": SQL("max(COALESCE(line.discount, 0))"),
        }[self.kind]
        return SQL(
            """SELECT sale.id AS order_id, sale.date_order, sale.currency_id,
                      person.commercial_partner_id AS customer_id, line.product_id,
                      (%(figure)s)::float AS figure
                 FROM %(orders)s
                 JOIN sale_order_line AS line ON line.order_id = sale.id
                 JOIN product_product AS product ON product.id = line.product_id
                 JOIN product_template AS template
                   ON template.id = product.product_tmpl_id
            LEFT JOIN uom_uom AS unit ON unit.id = line.product_uom_id
            LEFT JOIN uom_uom AS base ON base.id = template.uom_id
                WHERE line.display_type IS NULL AND line.is_downpayment IS NOT TRUE
                  AND line.product_uom_qty > 0
             GROUP BY sale.id, person.commercial_partner_id, line.product_id""",
            figure=figure,
            orders=self._orders_sql(order_ids),
        )

    def _sizes_sql(self, order_ids: list[int]) -> SQL:
        return SQL(
            """SELECT sale.id AS order_id, sale.date_order, sale.currency_id,
                      person.commercial_partner_id AS customer_id,
                      NULL::int AS product_id, sale.amount_untaxed::float AS figure
                 FROM %s
                WHERE sale.amount_untaxed > 0""",
            self._orders_sql(order_ids),
        )

    # By days

    def _found(self) -> list[dict]:
        queries = {
            "late": self._late_query,
            "unpaid": self._unpaid_query,
            "uninvoiced": self._uninvoiced_query,
        }
        rows = self.env.execute_query_dict(queries[self.kind]())
        return [
            vals | {"product_id": None, "usual": self.days, "compared": 0}
            for vals in rows
        ]

    def _today(self):
        return fields.Date.context_today(self)

    def _promised_sql(self) -> SQL:
        """The date that was promised; addons know more of it than the order says."""
        return SQL("sale.commitment_date")

    def _delivered_since_sql(self) -> SQL:
        """Since when an order may be taken as delivered; addons know it better."""
        return SQL("GREATEST(sale.date_order, sale.commitment_date)")

    def _late_query(self) -> SQL:
        return SQL(
            """SELECT sale.id AS order_id,
                      (%(today)s - (%(promised)s)::date)::float AS value
                 FROM sale_order AS sale
                WHERE sale.state = 'sale' AND sale.company_id = %(company)s
                  AND (%(promised)s)::date <= %(today)s - %(days)s
                  AND EXISTS (
                    SELECT FROM sale_order_line AS line
                      JOIN product_product AS product ON product.id = line.product_id
                      JOIN product_template AS template
                        ON template.id = product.product_tmpl_id
                     WHERE line.order_id = sale.id AND %(to_deliver)s)""",
            today=self._today(),
            promised=self._promised_sql(),
            company=self.company_id.id,
            days=self.days,
            to_deliver=SQL(
                "%s AND NOT (%s)",
                self.env["crm.order.board"]._deliverable_sql(),
                self.env["crm.order.board"]._delivered_sql(),
            ),
        )

    def _unpaid_query(self) -> SQL:
        """Orders with instalments past due that nobody disputes or is paying. Of an
        invoice for several orders each has its share."""
        due = self.env["crm.payment.due"]
        return SQL(
            """SELECT order_id, max(late)::float AS value, sum(amount)::float AS amount
              FROM (
                SELECT line.order_id, %(today)s - item.date_maturity AS late,
                       item.amount_residual * COALESCE(
                           sum(sold.price_total) / NULLIF(move.amount_total, 0), 1)
                           AS amount
                  FROM account_move_line AS item
                  JOIN account_account AS account ON account.id = item.account_id
                  JOIN account_move AS move ON move.id = item.move_id
                  JOIN res_partner AS person ON person.id = item.partner_id
                  JOIN account_move_line AS sold ON sold.move_id = move.id
                  JOIN sale_order_line_invoice_rel AS rel
                    ON rel.invoice_line_id = sold.id
                  JOIN sale_order_line AS line ON line.id = rel.order_line_id
                 WHERE account.account_type = 'asset_receivable'
                   AND item.parent_state = 'posted'
                   AND item.reconciled IS NOT TRUE
                   AND item.amount_residual > 0
                   AND item.company_id = %(company)s
                   AND item.date_maturity <= %(today)s - %(days)s
                   AND line.state = 'sale'
                   AND NOT %(paying)s AND NOT %(disputed)s
              GROUP BY line.order_id, item.id, move.id) AS late
          GROUP BY order_id""",
            today=self._today(),
            company=self.company_id.id,
            days=self.days,
            paying=due._paying_sql(),
            disputed=due._disputed_sql(),
        )

    def _uninvoiced_query(self) -> SQL:
        return SQL(
            """SELECT sale.id AS order_id,
                      (%(today)s - (%(since)s)::date)::float AS value,
                      sum((line.qty_delivered - line.qty_invoiced)
                          * line.price_reduce_taxexcl)::float AS amount
                 FROM sale_order_line AS line
                 JOIN sale_order AS sale ON sale.id = line.order_id
                WHERE line.state = 'sale' AND line.invoice_status = 'to invoice'
                  AND line.qty_delivered > line.qty_invoiced
                  AND sale.company_id = %(company)s
                  AND (%(since)s)::date <= %(today)s - %(days)s
             GROUP BY sale.id""",
            today=self._today(),
            since=self._delivered_since_sql(),
            company=self.company_id.id,
            days=self.days,
        )
