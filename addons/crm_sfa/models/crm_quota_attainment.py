import json
from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import format_date

from ..tools.quota import Slice, by_days, elapsed, months, next_month

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
    """What of a quota is reached, read from orders, invoices and contacts.

    However many quotas are read, one query goes over the documents once: it sums them
    up by month, person, team and territory, and only these sums are compared with the
    quotas.
    """

    _inherit = "crm.quota"

    attained = fields.Monetary(
        compute="_compute_attainment",
        help="What was sold so far, without tax, at the rates of the documents' days.",
    )
    attained_rate = fields.Float(
        "Attained %", compute="_compute_attainment", digits=(16, 1)
    )
    gap = fields.Monetary(
        compute="_compute_attainment", help="What is still lacking to the quota."
    )
    planned = fields.Monetary(
        "Planned to Date",
        compute="_compute_attainment",
        help="What had to be reached by today, by the season.",
    )
    run_rate = fields.Monetary(
        "Per Week so Far", compute="_compute_attainment", help="Attained in a week."
    )
    expected_linear = fields.Monetary(
        "Expected, at This Pace", compute="_compute_attainment"
    )
    expected = fields.Monetary(
        "Expected, by Season",
        compute="_compute_attainment",
        help="What will be attained at the end, if the rest of the period does as well"
        " as the season lets expect.",
    )
    season_basis = fields.Selection(
        [
            ("parts", "The months of the quota"),
            ("last_year", "Sales of the year before"),
            ("linear", "Days, for there is no other basis"),
        ],
        "Season from",
        compute="_compute_attainment",
    )
    progress = fields.Selection(
        [
            ("ahead", "Not Begun"),
            ("on_track", "On Track"),
            ("behind", "Behind"),
            ("reached", "Reached"),
            ("missed", "Missed"),
        ],
        compute="_compute_attainment",
        search="_search_progress",
    )
    chart = fields.Text(compute="_compute_chart")
    rate_warning = fields.Char(compute="_compute_rate_warning")

    @api.depends("amount", "metric", "company_id", "user_id", "team_id",
                 "territory_id", "categ_id", "date_from", "date_to")  # fmt: skip
    def _compute_attainment(self):
        dated = self.filtered(lambda quota: quota.date_from and quota.date_to)
        (self - dated)._reset_attainment()
        by_month = dated._attained_by_month()
        seasons = dated._seasons()
        today = fields.Date.context_today(self)
        for quota in dated:
            attained = sum(by_month[quota].values())
            quota._measure(attained, *seasons[quota], today)

    def _reset_attainment(self):
        for name in ("attained", "attained_rate", "gap", "planned", "run_rate",
                     "expected_linear", "expected"):  # fmt: skip
            self[name] = 0
        self.season_basis = self.progress = False

    def _measure(self, attained: float, basis: str, season: dict, today):
        linear = elapsed(by_days(self.date_from, self.date_to), today)
        seasonal = elapsed(season, today)
        days = min((today - self.date_from).days + 1, self._days())
        self.attained = attained
        self.attained_rate = 100 * attained / self.amount if self.amount else 0
        self.gap = max(self.amount - attained, 0)
        self.planned = self.amount * (linear if seasonal is None else seasonal)
        self.run_rate = attained * 7 / days if days > 0 else 0
        self.expected_linear = attained / linear if linear else 0
        self.expected = attained / seasonal if seasonal else self.expected_linear
        self.season_basis = basis
        self.progress = self._progress_on(today)

    def _progress_on(self, today) -> str:
        done = self._rounded(self.attained - self.amount) >= 0
        if today < self.date_from:
            return "ahead"
        if done:
            return "reached"
        if today > self.date_to:
            return "missed"
        behind = self._rounded(self.attained - self.planned) < 0
        return "behind" if behind else "on_track"

    def _search_progress(self, operator, value):
        if operator != "in":
            return NotImplemented
        quotas = self.search([("state", "!=", "draft")])
        found = quotas.filtered(lambda quota: quota.progress in value)
        return Domain("id", "in", found.ids)

    def _days(self) -> int:
        return (self.date_to - self.date_from).days + 1

    def _compute_chart(self):
        """Attained of the quota of each month, in percent, for Odoo's own bars."""
        today = fields.Date.context_today(self).replace(day=1)
        by_month, plans = self._attained_by_month(), self._plans(self._leaves())
        for quota in self:
            values = [
                {
                    "label": format_date(self.env, month, date_format="LLL"),
                    "value": round(by_month[quota].get(month, 0), 2),
                    "type": "past" if month < today else "future",
                }
                for month in plans[quota]
            ]
            title = self.env._("Attained")
            quota.chart = json.dumps([{"key": title, "values": values}])

    def _compute_rate_warning(self):
        """Name the currencies of orders that count one to one, having no rate."""
        unrated = self._orders_without_rate()
        for quota in self:
            names = {
                currency
                for company, currency, month in unrated
                if company == quota.company_id
                and quota.metric in ("order", "margin")
                and quota.date_from
                and quota.date_from <= month <= quota.date_to
            }
            quota.rate_warning = bool(names) and self.env._(
                "No exchange rate is known of %(currencies)s: orders in it count one to"
                " one. Enter a rate, and compute the orders anew.",
                currencies=", ".join(sorted(names)),
            )

    def _orders_without_rate(self) -> list[tuple]:
        main = self.company_id.currency_id
        # Sums of currencies, not of orders that the reader may not see.
        unrated = (
            self.env["res.currency"]
            .sudo()  # months and currencies alone
            .with_context(active_test=False)
            .search([("rate_ids", "=", False), ("id", "not in", main.ids)])
        )
        groups = (
            self.env["sale.order"]
            .sudo()  # months and currencies alone
            ._read_group(
                [("state", "=", "sale"), ("currency_id", "in", unrated.ids)],
                ["company_id", "currency_id", "date_order:month"],
            )
            if unrated
            else []
        )
        return [(company, cur.name, month.date()) for company, cur, month in groups]

    # What was planned for the months

    def _leaves(self) -> dict:
        """Give the smallest parts in force of each quota, without a query for each."""
        # Parts may be of people whose quotas the reader does not see; only sums of
        # the own quota are made of them.
        found_sudo = self.sudo().search_fetch(
            [("id", "child_of", self.ids), ("state", "=", "running")],
            ["parent_id", "parent_path", "amount", "date_from", "date_to"],
        )
        leaves = found_sudo - found_sudo.parent_id
        result, wanted = defaultdict(list), set(self.ids)
        for leaf in leaves:
            above = {int(part) for part in leaf.parent_path.split("/") if part}
            for whole_id in above & wanted - {leaf.id}:
                result[whole_id].append(leaf)
        return result

    def _plans(self, leaves: dict) -> dict:
        """Give each quota its amount by month: that of its smallest parts, by days
        where these are longer than a month."""
        plans = {}
        for quota in self:
            plan = dict.fromkeys(
                months(quota.date_from, quota.date_to) if quota.date_to else (), 0.0
            )
            for leaf in leaves.get(quota.id, [quota]):
                for month, share in (
                    by_days(leaf.date_from, leaf.date_to).items() if plan else ()
                ):
                    plan[month] += leaf.amount * share
            plans[quota] = plan
        return plans

    def _seasons(self) -> dict:
        """Give each quota the weights of its months, and where they come from."""
        leaves, result = self._leaves(), {}
        parted = self.filtered(
            lambda quota: any(
                leaf.date_from > quota.date_from or leaf.date_to < quota.date_to
                for leaf in leaves.get(quota.id, ())
            )
        )
        for quota, plan in parted._plans(leaves).items():
            result[quota] = ("parts", plan)
        others = self - parted
        for quota, last_year in others._attained_by_month(years_back=1).items():
            if sum(max(amount, 0) for amount in last_year.values()) > 0:
                result[quota] = ("last_year", last_year)
            else:
                linear = by_days(quota.date_from, quota.date_to)
                result[quota] = ("linear", linear)
        return result

    # What was sold

    def _attained_by_month(self, years_back: int = 0) -> dict:
        """Give each quota what was reached in each of its months.

        :param years_back: read the months of so many years before, as if of these
        """
        slices = [quota._slice(years_back) for quota in self]
        found = self._sold(slices)
        return {
            quota: {
                next_month(month, 12 * years_back): amount
                for month, amount in found[at].items()
            }
            for at, quota in enumerate(self)
        }

    def _slice(self, years_back: int = 0) -> Slice:
        shift = -12 * years_back
        return Slice(
            self.metric,
            self.company_id.id,
            self.user_id._origin.id or None,
            self.team_id._origin.id or None,
            self.territory_id.sudo().parent_path or None,  # where it lies
            self.categ_id.parent_path or None,
            next_month(self.date_from, shift),
            next_month(self.date_to, shift + 1) - timedelta(days=1),
        )

    @api.model
    def _sold(self, slices: list[Slice]) -> dict[int, dict]:
        """Give what was reached by month, for each place in the list."""
        found = defaultdict(dict)
        if slices:
            self.env.flush_all()
            for at, month, amount in self.env.execute_query(self._sold_sql(slices)):
                found[at][month] = float(amount)
        return found

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
        """Confirmed orders, in company currency at the rate of the order's day."""
        joins, category = self._category_sql(slices)
        return SQL(
            """
            SELECT 'order' AS source, doc.company_id, doc.user_id, doc.team_id,
                customer.territory_id, content.category,
                %(month)s AS month,
                sum(content.amount / rate.divisor) AS amount,
                sum(content.margin / rate.divisor) AS margin,
                count(*) AS documents
            FROM (
                SELECT line.order_id, %(category)s AS category,
                    sum(line.price_subtotal) AS amount,
                    sum(line.margin::numeric) AS margin
                FROM sale_order_line AS line %(joins)s
                JOIN sale_order AS doc ON doc.id = line.order_id
                WHERE doc.state = 'sale' AND line.display_type IS NULL
                AND line.is_downpayment IS NOT TRUE AND %(period)s
                GROUP BY 1, 2
            ) AS content
            JOIN sale_order AS doc ON doc.id = content.order_id
            JOIN res_partner AS customer ON customer.id = doc.partner_id
            CROSS JOIN LATERAL (
                SELECT COALESCE(NULLIF(doc.currency_rate, 0), 1)::numeric AS divisor
            ) AS rate
            GROUP BY 1, 2, 3, 4, 5, 6, 7
            """,
            month=self._month_sql(slices, SQL("doc.date_order")),
            category=category,
            joins=joins,
            period=self._period_sql(slices, SQL("doc.date_order")),
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
            AND %(period)s
            GROUP BY 1, 2, 3, 4, 5, 6, 7
            """,
            day=day,
            category=category,
            joins=joins,
            period=self._period_sql(slices, day),
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
            WHERE doc.user_id IS NOT NULL AND doc.date <= %(now)s AND %(period)s
            GROUP BY 1, 2, 3, 4, 5, 6, 7
            """,
            month=self._month_sql(slices, SQL("doc.date")),
            now=fields.Datetime.now(),
            period=self._period_sql(slices, SQL("doc.date")),
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

    def _period_sql(self, slices: list[Slice], day: SQL) -> SQL:
        """Limit to the months that are asked for; a day more on both sides, for the
        day of the company is not that of UTC."""
        starts = min(s.date_from for s in slices) - timedelta(days=1)
        ends = max(s.date_to for s in slices) + timedelta(days=2)
        companies = list({s.company for s in slices})
        return SQL(
            "%(day)s >= %(starts)s AND %(day)s < %(ends)s AND (doc.company_id IS NULL"
            " OR doc.company_id = ANY(%(companies)s))",
            day=day,
            starts=starts,
            ends=ends,
            companies=companies,
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
