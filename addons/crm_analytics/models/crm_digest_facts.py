from collections import defaultdict
from datetime import date, timedelta

from odoo import api, models
from odoo.tools import SQL

from .crm_digest import Span

# Who ordered nothing for so many days is lost.
LOST_DAYS = 180
# No order is older.
EARLIEST = date(1970, 1, 1)


class CrmDigest(models.AbstractModel):
    """The figures of a digest, read from the ERP's documents: a few statements, each
    one pass over two periods."""

    _inherit = "crm.digest"

    @api.model
    def _digest_facts(self, span: Span) -> dict[str, dict]:
        """Give of each figure by dimension rows of a member, and its values in the
        period before and in this one. Those of customers are complete."""
        turnover = self._digest_turnover(span)
        lines, documents = self._digest_lines(span), self._digest_documents(span)
        facts = {}
        for at, key in enumerate(("income", "margin", "orders"), start=3):
            facts[key] = self._digest_by_customer(turnover, at)
        for key, at in (("income", 1), ("margin", 3)):
            for name, rows in lines.items():
                facts[key][name] = [(row[0], row[at], row[at + 1]) for row in rows]
        facts["orders"] |= documents
        facts["new"] = self._digest_by_customer(self._digest_new(span, turnover))
        facts["lost"] = self._digest_by_customer(self._digest_lost(span))
        tickets = self._digest_tickets(span)
        facts["tickets"] = self._digest_by_customer(tickets) | {
            "service_team": [(row[5], row[3][0], row[3][1]) for row in tickets]
        }
        facts["overdue"] = self._digest_by_customer(self._digest_overdue(span))
        return facts

    @api.model
    def _digest_by_customer(self, rows: list[tuple], at: int = 3) -> dict:
        """Group rows of customer, territory, class and pairs of values."""
        facts = defaultdict(list)
        for row in rows:
            for place, name in enumerate(("customer", "territory", "value_class")):
                facts[name].append((row[place], *row[at]))
        names = ("customer", "territory", "value_class")
        return {name: facts[name] for name in names}

    @api.model
    def _digest_customers(self, span: Span, source: SQL, columns: SQL, more=None):
        """Sum up a source by customer: id, territory, class, then the columns.

        :param source: a query with ``partner_id``
        :param more: by what else to group
        """
        reports = self.env["crm.sales.report"].with_company(span.company)
        value_class = reports._value_class_sql("customer")
        grouped = SQL(", %s", more) if more else SQL()
        return self.env.execute_query(
            SQL(
                """SELECT customer.id, customer.territory_id, %(value_class)s,
                          %(columns)s %(grouped)s
                     FROM (%(source)s) AS fact
                LEFT JOIN res_partner AS person ON person.id = fact.partner_id
                LEFT JOIN res_partner AS customer
                       ON customer.id = person.commercial_partner_id
                 GROUP BY customer.id %(grouped)s""",
                value_class=value_class,
                columns=columns,
                source=source,
                grouped=grouped,
            )
        )

    @api.model
    def _digest_border(self, span: Span):
        """Give the moment at which the period begins, and the one before ends."""
        return self.env["crm.value.source"]._moment(span.company, span.now[0])

    @api.model
    def _digest_pair(self, span: Span, value: SQL) -> SQL:
        border = self._digest_border(span)
        return SQL(
            """COALESCE(sum(%(value)s) FILTER (WHERE moment < %(border)s), 0),
               COALESCE(sum(%(value)s) FILTER (WHERE moment >= %(border)s), 0)""",
            value=value,
            border=border,
        )

    @api.model
    def _digest_turnover(self, span: Span) -> list[tuple]:
        """Give per customer the pairs of turnover, margin and orders."""
        values = self.env["crm.value.source"]
        facts = values._facts_sql(span.company, span.before[0], span.now[1])
        names = ("amount", "margin", "orders")
        columns = [self._digest_pair(span, SQL.identifier(name)) for name in names]
        rows = self._digest_customers(span, facts, SQL(", ").join(columns))
        return [(*row[:3], row[3:5], row[5:7], row[7:9]) for row in rows]

    # By what was sold, and by whom

    @api.model
    def _digest_lines(self, span: Span) -> dict[str, list[tuple]]:
        """Give turnover and margin by product category, person and team: before and
        now of the one, then of the other."""
        pairs = [
            self._digest_pair(span, SQL.identifier(n)) for n in ("amount", "margin")
        ]
        rows = self.env.execute_query(
            SQL(
                """SELECT GROUPING(category_id), GROUPING(user_id),
                          category_id, user_id, team_id, %(pairs)s
                     FROM (%(lines)s) AS line
                 GROUP BY GROUPING SETS ((category_id), (user_id), (team_id))""",
                pairs=SQL(", ").join(pairs),
                lines=SQL(" UNION ALL ").join(self._digest_line_sources(span)),
            )
        )
        found = {"category": [], "person": [], "team": []}
        for no_category, no_user, category, user, team, *values in rows:
            if not no_category:
                found["category"].append((category, *values))
            elif not no_user:
                found["person"].append((user, *values))
            else:
                found["team"].append((team, *values))
        return found

    @api.model
    def _digest_line_sources(self, span: Span) -> list[SQL]:
        return [self._digest_sold_sql(span), self._digest_billed_sql(span)]

    @api.model
    def _digest_sold_sql(self, span: Span) -> SQL:
        values = self.env["crm.value.source"]
        return SQL(
            """SELECT template.categ_id AS category_id, sale.user_id, sale.team_id,
                      sale.date_order AS moment,
                      line.price_subtotal / rate.of_order AS amount,
                      COALESCE(line.margin, 0)::numeric / rate.of_order AS margin
                 FROM sale_order AS sale
                 JOIN sale_order_line AS line ON line.order_id = sale.id
            LEFT JOIN product_product AS product ON product.id = line.product_id
            LEFT JOIN product_template AS template
                   ON template.id = product.product_tmpl_id
                CROSS JOIN LATERAL (
                      SELECT COALESCE(NULLIF(sale.currency_rate, 0), 1)::numeric
                      ) AS rate (of_order)
                WHERE sale.state = 'sale' AND sale.company_id = %s
                  AND line.display_type IS NULL AND %s""",
            span.company.id,
            values._within(
                span.company, SQL("sale.date_order"), span.before[0], span.now[1]
            ),
        )

    @api.model
    def _digest_billed_sql(self, span: Span) -> SQL:
        """Refunds, and invoices that no order sold, counted as ``crm.value.source``
        does."""
        values = self.env["crm.value.source"]
        return SQL(
            """SELECT template.categ_id, move.invoice_user_id, move.team_id, %s,
                      line.balance * -1,
                      line.balance * -1
                      * CASE move.move_type WHEN 'out_refund' THEN %s ELSE 1 END
                 FROM account_move AS move
                 JOIN account_move_line AS line
                   ON line.move_id = move.id AND line.display_type = 'product'
            LEFT JOIN product_product AS product ON product.id = line.product_id
            LEFT JOIN product_template AS template
                   ON template.id = product.product_tmpl_id
                WHERE move.state = 'posted' AND move.company_id = %s
                  AND move.invoice_date BETWEEN %s AND %s
                  AND ((move.move_type = 'out_refund' AND %s)
                       OR (move.move_type = 'out_invoice' AND %s))""",
            values._noon_sql(span.company, SQL("move.invoice_date")),
            values._margin_share_sql("line"),
            span.company.id,
            span.before[0],
            span.now[1],
            values._given_back_sql("line"),
            values._unordered_sql("line"),
        )

    @api.model
    def _digest_documents(self, span: Span) -> dict[str, list[tuple]]:
        """Count orders by person and team."""
        values = self.env["crm.value.source"]
        rows = self.env.execute_query(
            SQL(
                """SELECT GROUPING(user_id), user_id, team_id, %s
                     FROM (SELECT user_id, team_id, date_order AS moment, 1 AS one
                             FROM sale_order
                            WHERE state = 'sale' AND company_id = %s AND %s) AS sale
                 GROUP BY GROUPING SETS ((user_id), (team_id))""",
                self._digest_pair(span, SQL("one")),
                span.company.id,
                values._within(
                    span.company, SQL("date_order"), span.before[0], span.now[1]
                ),
            )
        )
        return {
            "person": [(row[1], *row[3:]) for row in rows if not row[0]],
            "team": [(row[2], *row[3:]) for row in rows if row[0]],
        }

    # Customers who came and went

    @api.model
    def _digest_new(self, span: Span, turnover: list[tuple]) -> list[tuple]:
        """Give the customers whose first order ever lies in one of the periods."""
        candidates = {row[0]: row for row in turnover if row[0] and sum(row[5])}
        values = self.env["crm.value.source"]
        until = span.before[0] - timedelta(days=1)
        earlier = self.env.execute_query(
            SQL(
                """SELECT DISTINCT person.commercial_partner_id
                     FROM (%s) AS fact
                     JOIN res_partner AS person ON person.id = fact.partner_id
                    WHERE fact.orders > 0 AND person.commercial_partner_id = ANY(%s)""",
                values._facts_sql(span.company, EARLIEST, until),
                list(candidates),
            )
        )
        for (known,) in earlier:
            del candidates[known]
        return [
            (*row[:3], (1, 0) if row[5][0] else (0, 1)) for row in candidates.values()
        ]

    @api.model
    def _digest_lost(self, span: Span) -> list[tuple]:
        """Give the customers who in one of the periods were for so many days without
        an order, as it was known at its end."""
        values = self.env["crm.value.source"]
        moments = [
            values._moment(span.company, day)
            for day in (span.now[0], span.now[1] + timedelta(days=1))
        ]
        begins = span.before[0] - timedelta(days=LOST_DAYS)
        facts = values._facts_sql(span.company, begins, span.now[1])
        border, end = (moment - timedelta(days=LOST_DAYS) for moment in moments)
        return [
            (*row[:3], (int(row[3]), int(row[4])))
            for row in self._digest_customers(
                span,
                SQL("SELECT * FROM (%s) AS ordered WHERE orders > 0", facts),
                SQL(
                    """bool_or(moment < %(border)s) AND NOT bool_or(
                           moment >= %(border)s AND moment < %(now)s),
                       bool_or(moment >= %(border)s AND moment < %(end)s)
                           AND NOT bool_or(moment >= %(end)s)""",
                    border=border,
                    end=end,
                    now=moments[0],
                ),
            )
            if row[3] or row[4]
        ]

    # Service and debts

    @api.model
    def _digest_tickets(self, span: Span) -> list[tuple]:
        values = self.env["crm.value.source"]
        source = SQL(
            """SELECT partner_id, create_date AS moment, team_id, 1 AS one
                 FROM helpdesk_ticket
                WHERE (company_id = %s OR company_id IS NULL) AND %s""",
            span.company.id,
            values._within(
                span.company, SQL("create_date"), span.before[0], span.now[1]
            ),
        )
        rows = self._digest_customers(
            span, source, self._digest_pair(span, SQL("one")), SQL("fact.team_id")
        )
        return [(*row[:3], row[3:5], None, row[5]) for row in rows]

    @api.model
    def _digest_overdue(self, span: Span) -> list[tuple]:
        """Give what was due and not paid at the end of each period, as the payments
        made by then tell."""
        source = SQL(
            """SELECT item.partner_id, day.last AS moment,
                      item.balance - COALESCE(paid.amount, 0) AS amount
                 FROM account_move_line AS item
                 JOIN account_account AS account ON account.id = item.account_id
                CROSS JOIN (VALUES (%(before)s::date), (%(now)s::date)) AS day (last)
            LEFT JOIN LATERAL (
                      SELECT sum(partial.amount) AS amount
                        FROM account_partial_reconcile AS partial
                       WHERE partial.debit_move_id = item.id
                         AND partial.max_date <= day.last
                      ) AS paid ON TRUE
                WHERE account.account_type = 'asset_receivable'
                  AND item.parent_state = 'posted' AND item.balance > 0
                  AND item.company_id = %(company)s AND item.date <= day.last
                  AND item.date_maturity < day.last
                  AND (item.reconciled IS NOT TRUE OR EXISTS (
                      SELECT FROM account_partial_reconcile AS late
                       WHERE late.debit_move_id = item.id
                         AND late.max_date > %(before)s))""",
            before=span.before[1],
            now=span.now[1],
            company=span.company.id,
        )
        pair = SQL(
            """COALESCE(sum(amount) FILTER (WHERE moment = %s), 0),
               COALESCE(sum(amount) FILTER (WHERE moment = %s), 0)""",
            span.before[1],
            span.now[1],
        )
        rows = self._digest_customers(span, source, pair)
        return [(*row[:3], row[3:5]) for row in rows]
