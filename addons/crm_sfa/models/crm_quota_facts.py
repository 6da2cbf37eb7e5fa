from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.quota import Slice
from ..tools.rate import at_rate

SOURCES = {
    "order": "order",
    "margin": "order",
    "count": "order",
    "invoiced": "invoice",
    "activity": "contact",
}
ARRAYS = ("int", "varchar", "varchar", "int", "int", "int", "varchar", "varchar",
          "date", "date")  # fmt: skip


class CrmQuota(models.Model):
    """The documents of which quotas are attained, in one statement.

    However many quotas are read, the documents are gone over once: they are summed up
    by month, person, team and territory, and only these sums are compared with the
    quotas.
    """

    _inherit = "crm.quota"

    @api.model
    def _sold_sql(self, slices: list[Slice]) -> SQL:
        """Sum up documents by month for slices: place, month, amount.

        The sums are made without the reader's rights: whoever may read a quota may
        know what of it is reached, also by orders that are not the reader's.
        """
        rows = [(at, SOURCES[s.metric], *s) for at, s in enumerate(slices)]
        columns = zip(*rows, strict=True)
        arrays = [
            SQL(f"%s::{kind}[]", list(column))
            for kind, column in zip(ARRAYS, columns, strict=True)
        ]
        parts = {
            "order": self._order_facts_sql,
            "invoice": self._invoice_facts_sql,
            "contact": self._contact_facts_sql,
        }
        facts = [
            parts[source]([s for s in slices if SOURCES[s.metric] == source])
            for source in sorted({row[1] for row in rows})
        ]
        return SQL(
            """
            WITH slice AS MATERIALIZED (
                SELECT * FROM unnest(%(arrays)s) AS slice (id, source, metric,
                    company_id, user_id, team_id, territory, category, date_from,
                    date_to)
            ),
            fact AS MATERIALIZED (%(facts)s)
            SELECT slice.id, fact.month, sum(CASE slice.metric
                WHEN 'margin' THEN fact.margin
                WHEN 'count' THEN fact.documents
                ELSE fact.amount END) AS amount
            FROM fact
            LEFT JOIN crm_territory AS territory ON territory.id = fact.territory_id
            JOIN slice ON slice.source = fact.source
                AND (slice.company_id = fact.company_id OR fact.company_id IS NULL)
                AND slice.category IS NOT DISTINCT FROM fact.category
                AND fact.month BETWEEN slice.date_from AND slice.date_to
                AND (slice.user_id IS NULL OR slice.user_id = fact.user_id)
                AND (slice.team_id IS NULL OR slice.team_id = fact.team_id)
                AND (fact.source <> 'contact'
                    OR slice.team_id IS NOT DISTINCT FROM fact.team_id)
                AND (slice.territory IS NULL
                    OR starts_with(territory.parent_path, slice.territory))
            GROUP BY slice.id, fact.month
            """,
            arrays=SQL(", ").join(arrays),
            facts=SQL(" UNION ALL ").join(facts),
        )

    def _order_facts_sql(self, slices: list[Slice]) -> SQL:
        """Confirmed orders, in company currency at the rate of the order's day: whole
        ones, and their lines where categories are asked for."""
        parts = [s for s in slices if s.category]
        wholes = [s for s in slices if not s.category]
        facts = [self._whole_orders_sql(wholes)] if wholes else []
        facts += [self._order_lines_sql(parts)] if parts else []
        return SQL(" UNION ALL ").join(facts)

    def _whole_orders_sql(self, slices: list[Slice]) -> SQL:
        return self._orders_sql(
            slices,
            SQL(
                """SELECT doc.id AS order_id, NULL::varchar AS category,
                        doc.amount_untaxed AS amount, doc.margin
                    FROM sale_order AS doc WHERE doc.state = 'sale' AND %s""",
                self._limits_sql(slices, SQL("doc.date_order"), SQL("doc.user_id")),
            ),
        )

    def _order_lines_sql(self, slices: list[Slice]) -> SQL:
        joins, category = self._category_sql(slices)
        return self._orders_sql(
            slices,
            SQL(
                """SELECT line.order_id, %(category)s AS category,
                        sum(line.price_subtotal) AS amount,
                        sum(line.margin::numeric) AS margin
                    FROM sale_order_line AS line %(joins)s
                    JOIN sale_order AS doc ON doc.id = line.order_id
                    WHERE doc.state = 'sale' AND line.display_type IS NULL
                    AND line.is_downpayment IS NOT TRUE AND %(limits)s
                    GROUP BY 1, 2""",
                category=category,
                joins=joins,
                limits=self._limits_sql(
                    slices, SQL("doc.date_order"), SQL("doc.user_id")
                ),
            ),
        )

    def _orders_sql(self, slices: list[Slice], contents: SQL) -> SQL:
        """Sum up orders by month and whose they are.

        :param contents: of each order and category what of it counts
        """
        return SQL(
            """
            SELECT 'order' AS source, doc.company_id, doc.user_id, doc.team_id,
                customer.territory_id, content.category, %(month)s AS month,
                sum(%(amount)s) AS amount, sum(%(margin)s) AS margin,
                count(*) AS documents
            FROM (%(contents)s) AS content
            JOIN sale_order AS doc ON doc.id = content.order_id
            JOIN res_partner AS customer ON customer.id = doc.partner_id
            GROUP BY 1, 2, 3, 4, 5, 6, 7
            """,
            month=self._month_sql(slices, SQL("doc.date_order")),
            amount=at_rate(SQL("content.amount"), SQL("doc.currency_rate")),
            margin=at_rate(SQL("content.margin"), SQL("doc.currency_rate")),
            contents=contents,
        )

    def _invoice_facts_sql(self, slices: list[Slice]) -> SQL:
        """Posted invoices less refunds, in company currency as they were booked."""
        joins, category = self._category_sql(slices)
        day = SQL("COALESCE(doc.invoice_date, doc.date)")
        return SQL(
            """
            SELECT 'invoice' AS source, doc.company_id, doc.invoice_user_id AS user_id,
                doc.team_id, customer.territory_id, %(category)s AS category,
                date_trunc('month', %(day)s)::date AS month,
                sum(-line.balance) AS amount, 0::numeric AS margin, 0 AS documents
            FROM account_move_line AS line %(joins)s
            JOIN account_move AS doc ON doc.id = line.move_id
            JOIN res_partner AS customer ON customer.id = doc.partner_id
            WHERE doc.state = 'posted' AND line.display_type = 'product'
            AND doc.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
            AND %(limits)s
            GROUP BY 1, 2, 3, 4, 5, 6, 7
            """,
            day=day,
            category=category,
            joins=joins,
            limits=self._limits_sql(slices, day, SQL("doc.invoice_user_id")),
        )

    def _contact_facts_sql(self, slices: list[Slice]) -> SQL:
        """Contacts of the time line that are some for the contact policy; a meeting
        with several people of one customer is one contact."""
        return SQL(
            """
            SELECT 'contact' AS source, doc.company_id, doc.user_id,
                member.crm_team_id AS team_id, customer.territory_id,
                NULL::varchar AS category, %(month)s AS month,
                count(DISTINCT (doc.res_model, doc.res_id))::numeric AS amount,
                0::numeric AS margin, 0 AS documents
            FROM crm_timeline AS doc
            JOIN crm_contact_kind AS kind ON kind.code = doc.kind
            JOIN res_partner AS customer ON customer.id = doc.partner_id
            LEFT JOIN (
                SELECT user_id, crm_team_id FROM crm_team_member WHERE active
                UNION ALL SELECT id, NULL FROM res_users
            ) AS member ON member.user_id = doc.user_id
            WHERE doc.user_id IS NOT NULL AND doc.date <= %(now)s AND %(limits)s
            GROUP BY 1, 2, 3, 4, 5, 6, 7
            """,
            month=self._month_sql(slices, SQL("doc.date")),
            now=fields.Datetime.now(),
            limits=self._limits_sql(slices, SQL("doc.date"), SQL("doc.user_id")),
        )

    def _category_sql(self, slices: list[Slice]) -> tuple[SQL, SQL]:
        """Give the joins and the column by which lines fall into categories.

        Each category that is asked for is summed up of its own, for the count of
        orders is no sum of the counts of its parts.
        """
        paths = sorted({s.category for s in slices}, key=lambda path: path or "")
        if paths == [None]:
            return SQL(""), SQL("NULL::varchar")
        joins = SQL(
            """
            LEFT JOIN product_product AS product ON product.id = line.product_id
            LEFT JOIN product_template AS template
                ON template.id = product.product_tmpl_id
            LEFT JOIN product_category AS category ON category.id = template.categ_id
            JOIN unnest(%s::varchar[]) AS scope (path) ON scope.path IS NULL
                OR starts_with(category.parent_path, scope.path)
            """,
            paths,
        )
        return joins, SQL("scope.path")

    def _limits_sql(self, slices: list[Slice], day: SQL, user: SQL) -> SQL:
        """Limit to the months and people that are asked for; a day more on both sides,
        for the day of the company is not that of UTC."""
        starts = min(s.date_from for s in slices) - timedelta(days=1)
        ends = max(s.date_to for s in slices) + timedelta(days=2)
        companies = list({s.company for s in slices})
        users = {s.user for s in slices}
        return SQL(
            "%(day)s >= %(starts)s AND %(day)s < %(ends)s AND (doc.company_id IS NULL"
            " OR doc.company_id = ANY(%(companies)s)) AND %(whose)s",
            day=day,
            starts=starts,
            ends=ends,
            companies=companies,
            whose=SQL("TRUE")
            if None in users
            else SQL("%s = ANY(%s)", user, list(users)),
        )

    def _month_sql(self, slices: list[Slice], moment: SQL) -> SQL:
        """The month of a moment, as the company's calendar on the wall shows it."""
        # Whoever reads quotas need not read the address of the company.
        ids = {s.company for s in slices}
        companies_sudo = self.env["res.company"].sudo().browse(ids)  # zones alone
        zones = {c.id: c.partner_id.tz for c in companies_sudo if c.partner_id.tz}
        cases = SQL(" ").join(SQL("WHEN %s THEN %s", *item) for item in zones.items())
        zone = SQL("'UTC'")
        if zones:
            zone = SQL("CASE doc.company_id %s ELSE 'UTC' END", cases)
        return SQL(
            "date_trunc('month', %s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date",
            moment,
            zone,
        )
