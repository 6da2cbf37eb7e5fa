import datetime as dt

from odoo import models
from odoo.tools import SQL

from ..tools.commission import Fact
from .crm_commission_plan import ON_ORDERS


class CrmCommissionPlan(models.Model):
    """What is sold, read from orders and invoices; nothing of them is copied.

    One query goes over the documents of a window, however many people are asked for.
    Sums are made without the reader's rights: who may see a statement may know what it
    is made of.
    """

    _inherit = "crm.commission.plan"

    def _facts(self, users, date_from, date_to, known=()) -> list[Fact]:
        """Give what documents are worth for people: those of the days, and the known
        ones wherever they are now.

        :param known: ids of orders or invoices
        """
        self.ensure_one()
        if not users:
            return []
        self.env.flush_all()
        rows = self.env.execute_query(
            self._facts_sql(users, date_from, date_to, list(known))
        )
        rounded = self.currency_id.round
        return [
            Fact(*row[:7], float(row[7]), rounded(float(row[8])), bool(row[9]), self.id)
            for row in rows
        ]

    def _facts_sql(self, users, date_from, date_to, known) -> SQL:
        on_orders = self.measure in ON_ORDERS
        documents = self._orders_sql if on_orders else self._invoices_sql
        content = self._order_lines_sql if on_orders else self._invoice_lines_sql
        parts = [self._own_facts_sql(users)]
        if self.override_rate:
            parts.append(self._team_facts_sql(users))
        window = SQL(
            "doc.company_id = %(company)s AND (doc.id = ANY(%(known)s)"
            " OR %(days)s AND %(people)s)",
            company=self.company_id.id,
            known=known,
            days=self._days_sql(date_from, date_to),
            people=self._people_sql(users),
        )
        return SQL(
            """
            WITH scope AS MATERIALIZED (%(scope)s),
            doc AS MATERIALIZED (%(documents)s),
            content AS MATERIALIZED (%(content)s)
            SELECT fact.user_id, fact.is_override, fact.order_id, fact.move_id,
                fact.reversed_id, fact.day, fact.rate_id, fact.share, fact.base,
                fact.currency_id <> %(currency)s AND NOT EXISTS (
                    SELECT FROM res_currency_rate AS rate
                    WHERE rate.currency_id = fact.currency_id AND rate.name <= fact.day
                    AND (rate.company_id IS NULL OR rate.company_id = %(root)s))
            FROM (%(facts)s) AS fact
            WHERE fact.day BETWEEN %(date_from)s AND %(date_to)s
                OR COALESCE(fact.move_id, fact.order_id) = ANY(%(known)s)
            ORDER BY fact.day, fact.move_id NULLS FIRST, fact.order_id NULLS FIRST,
                fact.is_override, fact.rate_id NULLS FIRST, fact.user_id
            """,
            scope=self._scope_sql(),
            documents=documents(window),
            content=content(),
            facts=SQL(" UNION ALL ").join(parts),
            currency=self.company_id.currency_id.id,
            root=self.company_id.root_id.id,
            date_from=date_from,
            date_to=date_to,
            known=known,
        )

    def _days_sql(self, date_from, date_to) -> SQL:
        """Limit to days, loosely where only the time zone or payments tell the day."""
        if self.measure in ON_ORDERS:
            day = dt.timedelta(days=1)
            return SQL(
                "doc.date_order >= %s AND doc.date_order < %s",
                date_from - day,
                date_to + 2 * day,
            )
        if self.measure == "invoiced":
            return SQL(
                "COALESCE(doc.invoice_date, doc.date) BETWEEN %s AND %s",
                date_from,
                date_to,
            )
        settled = self._settled_sql(date_from, date_to)
        return SQL(
            "(doc.id IN (%s) OR doc.reversed_entry_id IN (%s))", settled, settled
        )

    def _settled_sql(self, date_from, date_to) -> SQL:
        """Find invoices with a payment in these days, or of these days."""
        return SQL(
            """
            SELECT line.move_id FROM account_partial_reconcile AS part
            JOIN account_move_line AS line
                ON line.id IN (part.debit_move_id, part.credit_move_id)
            WHERE part.max_date BETWEEN %(date_from)s AND %(date_to)s
            UNION SELECT rel.invoice_id FROM account_move__account_payment AS rel
            JOIN account_payment AS pay ON pay.id = rel.payment_id
            WHERE pay.date BETWEEN %(date_from)s AND %(date_to)s
            UNION SELECT move.id FROM account_move AS move
            WHERE move.invoice_date BETWEEN %(date_from)s AND %(date_to)s
            """,
            date_from=date_from,
            date_to=date_to,
        )

    def _people_sql(self, users) -> SQL:
        """Limit to the documents of people, those they share in and of their teams."""
        ids, teams = users.ids, SQL("FALSE")
        on_orders = self.measure in ON_ORDERS
        team = "doc.team_id" if on_orders else "COALESCE(origin.team_id, doc.team_id)"
        if self.override_rate:
            teams = SQL(
                "%(team)s IN (SELECT id FROM crm_team WHERE user_id = ANY(%(ids)s))",
                team=SQL(team),
                ids=ids,
            )
        if on_orders:
            return SQL(
                "(doc.user_id = ANY(%(ids)s) OR %(teams)s OR doc.id IN"
                " (SELECT order_id FROM crm_commission_split"
                " WHERE user_id = ANY(%(ids)s)))",
                ids=ids,
                teams=teams,
            )
        return SQL(
            """
            (doc.invoice_user_id = ANY(%(ids)s) OR origin.invoice_user_id = ANY(%(ids)s)
            OR %(teams)s OR doc.id IN (
                SELECT line.move_id FROM crm_commission_split AS split
                JOIN sale_order_line AS sold ON sold.order_id = split.order_id
                JOIN sale_order_line_invoice_rel AS rel ON rel.order_line_id = sold.id
                JOIN account_move_line AS line ON line.id = rel.invoice_line_id
                WHERE split.user_id = ANY(%(ids)s)))
            """,
            ids=ids,
            teams=teams,
        )

    def _scope_sql(self) -> SQL:
        scopes = [(rate.id, *rate._scope()) for rate in self.rate_ids]
        columns = [list(column) for column in zip(*scopes, strict=True)] or [[], [], []]
        return SQL(
            "SELECT * FROM unnest(%s::int[], %s::int[], %s::varchar[])"
            " AS scope (rate_id, template_id, path)",
            *columns,
        )

    def _orders_sql(self, window: SQL) -> SQL:
        """Confirmed orders, with the rate of the order's day."""
        return SQL(
            """
            SELECT doc.id, doc.user_id, doc.team_id, doc.currency_id,
                NULL::int AS reversed_id, %(day)s AS day, %(divisor)s AS divisor
            FROM sale_order AS doc
            WHERE doc.state = 'sale' AND %(window)s
            """,
            day=self._order_day_sql(),
            divisor=self._divisor_sql(),
            window=window,
        )

    def _order_day_sql(self) -> SQL:
        """The day of an order, as the company's calendar on the wall shows it."""
        # Whoever computes need not read the company's address.
        zone = self.company_id.sudo().partner_id.tz or "UTC"
        return SQL("(doc.date_order AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", zone)

    def _divisor_sql(self) -> SQL:
        """What the company's currency costs in that of the order, on its day.

        Not the order's own rate: that of an order without any rate stays 1 when a rate
        is entered later.
        """
        rate = """(
            SELECT rate.rate FROM res_currency_rate AS rate
            WHERE rate.currency_id = %(currency)s AND rate.name <= %(day)s
            AND (rate.company_id IS NULL OR rate.company_id = %(root)s)
            ORDER BY rate.company_id, rate.name DESC LIMIT 1)"""
        own = self.company_id.currency_id.id
        known = {"day": self._order_day_sql(), "root": self.company_id.root_id.id}
        return SQL(
            "CASE WHEN doc.currency_id = %s THEN 1::numeric"
            " ELSE COALESCE(%s, 1) / COALESCE(%s, 1) END",
            own,
            SQL(rate, currency=SQL("doc.currency_id"), **known),
            SQL(rate, currency=own, **known),
        )

    def _order_lines_sql(self) -> SQL:
        amount = SQL(
            "margin::numeric" if self.measure == "margin" else "price_subtotal"
        )
        return SQL(
            """
            SELECT doc.id, doc.id AS order_id, fit.rate_id,
                sum(line.%(amount)s / doc.divisor) AS base
            FROM doc JOIN sale_order_line AS line ON line.order_id = doc.id
            %(fit)s
            WHERE line.display_type IS NULL AND line.is_downpayment IS NOT TRUE
            GROUP BY 1, 2, 3
            """,
            amount=amount,
            fit=self._fit_sql(),
        )

    def _invoices_sql(self, window: SQL) -> SQL:
        """Posted invoices and credit notes; if payment counts, paid ones only, with
        the day of the last payment. Whose invoice it was, bears its credit note."""
        day = SQL("COALESCE(doc.invoice_date, doc.date)")
        paid = SQL("TRUE")
        if self.measure == "paid":
            # A credit note counts once its invoice has been paid.
            day = SQL("GREATEST(%s, %s)", self._paid_sql("doc.id"),
                      self._paid_sql("doc.reversed_entry_id"))  # fmt: skip
            paid = SQL("doc.payment_state IN ('paid', 'in_payment')")
        return SQL(
            """
            SELECT doc.id, doc.currency_id, origin.id AS reversed_id, %(day)s AS day,
                COALESCE(origin.invoice_user_id, doc.invoice_user_id) AS user_id,
                COALESCE(origin.team_id, doc.team_id) AS team_id
            FROM account_move AS doc
            LEFT JOIN account_move AS origin ON origin.id = doc.reversed_entry_id
                AND doc.move_type = 'out_refund'
            WHERE doc.state = 'posted' AND %(paid)s AND %(window)s
            AND doc.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
            """,
            day=day,
            paid=paid,
            window=window,
        )

    def _paid_sql(self, move: str) -> SQL:
        """The day of the last payment of an invoice: of the entry that settled it, or
        of the payment where the journal makes no entry."""
        return SQL(
            """
            (SELECT COALESCE(max(part.max_date), (
                SELECT max(pay.date) FROM account_move__account_payment AS rel
                JOIN account_payment AS pay ON pay.id = rel.payment_id
                WHERE rel.invoice_id = move.id), move.invoice_date)
            FROM account_move AS move
            LEFT JOIN account_move_line AS line ON line.move_id = move.id
                AND line.display_type = 'payment_term'
            LEFT JOIN account_partial_reconcile AS part
                ON part.debit_move_id = line.id OR part.credit_move_id = line.id
            WHERE move.id = %(move)s GROUP BY move.id)
            """,
            move=SQL(move),
        )

    def _invoice_lines_sql(self) -> SQL:
        """Lines as booked, each with the order it comes from."""
        return SQL(
            """
            SELECT doc.id, origin.order_id, fit.rate_id, sum(-line.balance) AS base
            FROM doc JOIN account_move_line AS line ON line.move_id = doc.id
            LEFT JOIN LATERAL (
                SELECT min(sold.order_id) AS order_id
                FROM sale_order_line_invoice_rel AS rel
                JOIN sale_order_line AS sold ON sold.id = rel.order_line_id
                WHERE rel.invoice_line_id = line.id
            ) AS origin ON TRUE
            %(fit)s
            WHERE line.display_type = 'product'
            GROUP BY 1, 2, 3
            """,
            fit=self._fit_sql(),
        )

    def _fit_sql(self) -> SQL:
        """Find the narrowest rate that fits the product of a line."""
        return SQL(
            """
            LEFT JOIN product_product AS product ON product.id = line.product_id
            LEFT JOIN product_template AS template
                ON template.id = product.product_tmpl_id
            LEFT JOIN product_category AS category ON category.id = template.categ_id
            LEFT JOIN LATERAL (
                SELECT scope.rate_id FROM scope
                WHERE scope.template_id = template.id
                    OR scope.template_id IS NULL AND (scope.path IS NULL
                        OR starts_with(category.parent_path, scope.path))
                ORDER BY scope.template_id NULLS LAST,
                    length(scope.path) DESC NULLS LAST
                LIMIT 1
            ) AS fit ON TRUE
            """
        )

    def _document_columns_sql(self) -> SQL:
        on_orders = self.measure in ON_ORDERS
        move = SQL("NULL::int" if on_orders else "doc.id")
        return SQL(
            "content.order_id, %s AS move_id, doc.reversed_id, doc.day,"
            " doc.currency_id",
            move,
        )

    def _own_facts_sql(self, users) -> SQL:
        """What people sold, or share in."""
        return SQL(
            """
            SELECT COALESCE(split.user_id, doc.user_id) AS user_id,
                FALSE AS is_override, %(columns)s, content.rate_id,
                COALESCE(split.share, 100)::numeric AS share,
                content.base * COALESCE(split.share, 100)::numeric / 100 AS base
            FROM content JOIN doc ON doc.id = content.id
            LEFT JOIN crm_commission_split AS split
                ON split.order_id = content.order_id
            WHERE content.rate_id IS NOT NULL
                AND COALESCE(split.user_id, doc.user_id) = ANY(%(ids)s)
            """,
            columns=self._document_columns_sql(),
            ids=users.ids,
        )

    def _team_facts_sql(self, users) -> SQL:
        """What others sold for the teams that people lead: all but the own share."""
        return SQL(
            """
            SELECT team.user_id, TRUE AS is_override, %(columns)s, NULL::int AS rate_id,
                100 - own.share AS share,
                sum(content.base) * (100 - own.share) / 100 AS base
            FROM content JOIN doc ON doc.id = content.id
            JOIN crm_team AS team ON team.id = doc.team_id
            CROSS JOIN LATERAL (
                SELECT COALESCE(sum(split.share) FILTER
                    (WHERE split.user_id = team.user_id), CASE
                    WHEN count(*) = 0 AND doc.user_id = team.user_id THEN 100
                    ELSE 0 END)::numeric AS share
                FROM crm_commission_split AS split
                WHERE split.order_id = content.order_id
            ) AS own
            WHERE team.user_id = ANY(%(ids)s) AND own.share < 100
            GROUP BY team.user_id, content.order_id, move_id, doc.reversed_id, doc.day,
                doc.currency_id, own.share
            """,
            columns=self._document_columns_sql(),
            ids=users.ids,
        )
