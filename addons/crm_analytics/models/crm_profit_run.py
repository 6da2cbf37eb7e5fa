from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

# The table that the sources are collected in before anything is shown.
PARTS = SQL.identifier("crm_profit_parts")


class CrmProfitRun(models.Model):
    """What each customer of a company brought and cost in a period, as it was computed
    once. It keeps the rates that were in force, and can be compared with another."""

    _name = "crm.profit.run"
    _description = "Computation of Profit per Customer"
    _inherit = ["crm.analytics.job"]
    _order = "id desc"
    _check_company_auto = True
    _asked = frozenset(["date_from", "date_to"])
    _anytime = frozenset(["compare_id"])

    date_from = fields.Date(
        readonly=False,
        default=lambda self: self._default_date_to() - relativedelta(years=1, days=-1),
    )
    date_to = fields.Date(readonly=False, default=lambda self: self._default_date_to())
    compare_id = fields.Many2one(
        "crm.profit.run",
        "Compare with",
        index="btree_not_null",
        ondelete="set null",
        default=lambda self: self._last(self.env.company),
        check_company=True,
        domain="[('company_id', '=', company_id), ('state', '=', 'done'),"
        " ('id', '!=', id)]",
        help="What changes are told against; by default the computation before.",
    )
    is_latest = fields.Boolean(compute="_compute_is_latest", search="_search_is_latest")
    interest = fields.Float(
        "Interest (% a Year)", compute="_compute_rates", store=True, precompute=True
    )
    ticket_cost = fields.Monetary(
        "Cost of a Ticket", compute="_compute_rates", store=True, precompute=True
    )
    visit_cost = fields.Monetary(
        "Cost of a Visit", compute="_compute_rates", store=True, precompute=True
    )
    hour_cost = fields.Monetary(
        "Cost of an Hour", compute="_compute_rates", store=True, precompute=True
    )
    usual_shares = fields.Json(
        readonly=True, copy=False, export_string_translation=False
    )
    profit_ids = fields.One2many("crm.customer.profit", "run_id", "Profits")
    customer_count = fields.Integer("Customers", readonly=True, copy=False)
    loss_count = fields.Integer("At a Loss", readonly=True, copy=False)
    income = fields.Monetary("Net Income", readonly=True, copy=False)
    cost = fields.Monetary("Costs", readonly=True, copy=False)
    profit = fields.Monetary(readonly=True, copy=False)
    not_counted = fields.Char(compute="_compute_not_counted")

    _days_in_order = models.Constraint(
        "CHECK (date_from <= date_to AND date_from >= '1900-01-01'"
        " AND date_to < '2200-01-01')",
        "The first day has to come before the last, between 1900 and 2199.",
    )
    _one_at_a_time = models.UniqueIndex(
        "(company_id) WHERE state IN ('waiting', 'running')",
        "The profit of this company's customers is being computed already. Wait until"
        " that is done, or stop it.",
    )

    @api.model
    def _default_date_to(self) -> date:
        return self.env["crm.value.source"]._today(self.env.company)

    @api.depends("company_id")
    def _compute_rates(self):
        for run in self:
            # The rates that are in force now; later changes are not of this run.
            company = run.company_id
            run.interest = company.profit_interest
            run.ticket_cost = company.profit_ticket_cost
            run.visit_cost = company.profit_visit_cost
            run.hour_cost = company.profit_hour_cost

    @api.depends("date_from", "date_to")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for run in self:
            days = (run.date_from, run.date_to)
            run.display_name = " – ".join(format_date(self.env, day) for day in days)

    def _compute_is_latest(self):
        latest = self._latest_ids()
        for run in self:
            run.is_latest = run.id in latest

    @api.model
    def _search_is_latest(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("id", "in" if True in value else "not in", self._latest_ids())]

    @api.depends("interest", "ticket_cost", "visit_cost", "hour_cost")
    @api.depends_context("lang")
    def _compute_not_counted(self):
        for run in self:
            run.not_counted = " · ".join(run._zero_rates())

    def action_begin(self):
        """Save a new computation, which begins it."""
        self.check_access("write")
        return True

    @api.readonly
    def action_open_customers(self) -> dict:
        """Open the profit of the customers, as this run computed it."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "crm_analytics.crm_customer_profit_action"
        )
        return action | {"domain": [("run_id", "=", self.id)], "context": {}}

    # The latest of each company

    @api.model
    def _latest_ids(self) -> list[int]:
        groups = self.sudo()._read_group(  # which run is the newest is no secret
            [("state", "=", "done")], ["company_id"], ["id:max"]
        )
        return [last for _company, last in groups]

    @api.model
    def _last(self, company):
        done = [("company_id", "=", company.id), ("state", "=", "done")]
        return self.search(done, limit=1)

    # When

    @api.model
    def _job_cron(self):
        return self.env.ref("crm_analytics.crm_profit_cron_work")

    @api.model
    def _cron_plan(self):
        """Let each company's last twelve full months be computed, once a month."""
        for company in self.env["res.company"].search(Domain.TRUE):
            today = self.env["crm.value.source"]._today(company)
            last = today.replace(day=1) - timedelta(days=1)
            first = last + timedelta(days=1) - relativedelta(years=1)
            own = [("company_id", "=", company.id)]
            known = [("date_from", "=", first), ("date_to", "=", last)]
            busy = [("state", "in", ("waiting", "running"))]
            if not self.search_count([*own, "|", *busy, "&", *known], limit=1):
                self.create(
                    {
                        "company_id": company.id,
                        "date_from": first,
                        "date_to": last,
                        "compare_id": self._last(company).id,
                    }
                )

    # The computation

    def _work(self, tell):
        """Collect the sources one by one, and show all of them at once in the end."""
        profits = self.env["crm.customer.profit"]
        self.env.flush_all()
        self._make_table()
        queries = profits._profit_queries(self)
        for number, (label, query) in enumerate(queries):
            tell(90 * number / len(queries), label)
            self._collect(query)
        tell(90, self.env._("Totals"))
        self.env.cr.execute(SQL("ANALYZE %s", PARTS))
        self.env.cr.execute(
            SQL("DELETE FROM crm_customer_profit WHERE run_id = %s", self.id)
        )
        self._write_profits()
        self._write_totals()
        self.env.cr.execute(SQL("DROP TABLE %s", PARTS))

    def _make_table(self):
        # It outlives the commits that tell how far the work is, and no session.
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS %s", PARTS))
        self.env.cr.execute(
            SQL(
                """CREATE TEMP TABLE %s (partner_id integer, source varchar,
                                         side varchar, amount numeric)""",
                PARTS,
            )
        )

    def _collect(self, query: SQL):
        """Sum up a query by the customers, in whole units of the currency's smallest.

        So the profit is the sum of its lines to the last cent.
        """
        sources = self.env["crm.customer.profit"]._profit_sources()
        declared = SQL(", ").join(
            SQL("(%s, %s, %s)", code, source.side, source.sign)
            for code, source in sources.items()
        )
        self.env.cr.execute(
            SQL(
                """INSERT INTO %(parts)s (partner_id, source, side, amount)
                   SELECT * FROM (
                       SELECT p.commercial_partner_id, declared.source, declared.side,
                              round(sum(fact.amount)::numeric * declared.sign,
                                    %(digits)s) AS amount
                         FROM (%(query)s) AS fact (partner_id, source, amount)
                         JOIN res_partner AS p ON p.id = fact.partner_id
                         JOIN (VALUES %(declared)s) AS declared (source, side, sign)
                           ON declared.source = fact.source
                     GROUP BY p.commercial_partner_id, declared.source, declared.side,
                              declared.sign
                       ) AS part
                    WHERE amount <> 0""",
                parts=PARTS,
                digits=self.currency_id.decimal_places,
                query=query,
                declared=declared,
            )
        )

    def _write_profits(self):
        """Write one row a customer, and one a source below it."""
        self.env.cr.execute(
            SQL(
                """WITH made AS (
                       INSERT INTO crm_customer_profit (run_id, company_id, partner_id,
                              income, cost, profit, margin_percent)
                       SELECT %(run)s, %(company)s, partner_id, income, income - profit,
                              profit,
                              CASE WHEN income > 0 THEN 100 * profit / income END
                         FROM (SELECT partner_id, sum(amount) AS profit,
                                      COALESCE(sum(amount) FILTER (
                                          WHERE side = 'income'), 0) AS income
                                 FROM %(parts)s GROUP BY partner_id) AS customer
                       RETURNING id, partner_id)
                   INSERT INTO crm_customer_profit_line (profit_id, run_id, company_id,
                          partner_id, source, side, amount)
                   SELECT made.id, %(run)s, %(company)s, partner_id, source, side,
                          amount
                     FROM made JOIN %(parts)s USING (partner_id)""",
                run=self.id,
                company=self.company_id.id,
                parts=PARTS,
            )
        )

    def _write_totals(self):
        query = SQL(
            """SELECT count(*), count(*) FILTER (WHERE profit < 0),
                      COALESCE(sum(income), 0), COALESCE(sum(cost), 0),
                      COALESCE(sum(profit), 0)
                 FROM crm_customer_profit WHERE run_id = %s""",
            self.id,
        )
        names = ("customer_count", "loss_count", "income", "cost", "profit")
        totals = self.env.execute_query(query)[0]
        self.write(dict(zip(names, totals, strict=True)))
        self.usual_shares = self._usual_shares()

    def _usual_shares(self) -> dict[str, float]:
        """Give by source which share of the gross income it takes of the median
        customer who brought any; who has none of it counts with zero."""
        query = SQL(
            """WITH buyer AS MATERIALIZED (
                    SELECT partner_id, sum(amount) AS gross FROM %(parts)s
                     WHERE side = 'income' AND amount > 0 GROUP BY partner_id),
                share AS MATERIALIZED (
                    SELECT source, -amount / gross AS share
                      FROM buyer JOIN %(parts)s USING (partner_id) WHERE amount < 0),
                buyers AS (SELECT count(*) AS number FROM buyer),
                -- What less than half of them have takes nothing of the median.
                common AS (
                    SELECT source FROM share, buyers GROUP BY source, number
                    HAVING count(*) * 2 >= number)
             SELECT source, percentile_cont(0.5) WITHIN GROUP (
                        ORDER BY COALESCE(share, 0)::float8)
               FROM (SELECT source, share FROM share
                      WHERE source IN (SELECT source FROM common)
                      UNION ALL
                     SELECT source, 0 FROM (
                         SELECT source, count(*) AS having_it FROM share
                          WHERE source IN (SELECT source FROM common) GROUP BY source
                         ) AS counted, buyers,
                         generate_series(1, number - having_it)) AS each
           GROUP BY source""",
            parts=PARTS,
        )
        rows = self.env.execute_query(query)
        return {source: round(share, 6) for source, share in rows}

    # Rates

    def _zero_rates(self) -> list[str]:
        """Say what costs nothing because no rate is set."""
        self.ensure_one()
        env = self.env
        rates = [
            (self.ticket_cost, env._("tickets without time: no cost of a ticket")),
            (
                self.visit_cost or self.hour_cost,
                env._("visits and meetings: no cost of a visit or an hour"),
            ),
            (self.interest, env._("late payment: no interest")),
        ]
        return [text for rate, text in rates if not rate]
