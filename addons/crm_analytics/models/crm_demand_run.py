from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from ..tools import demand

# So many weeks are a number of months.
WEEKS = {3: 13, 6: 26, 12: 52}
SEASON = {"month": 12, "week": 52}


class CrmDemandRun(models.Model):
    """A forecast of what will be ordered, from the orders of a period; kept with what
    it was made from."""

    _name = "crm.demand.run"
    _description = "Demand Forecast"
    _inherit = ["crm.analytics.job"]
    _order = "id desc"
    _asked = frozenset(["date_from", "date_to", "by", "size", "horizon", "top"])

    date_from = fields.Date(
        "Orders from", default=lambda self: self._default_date_from()
    )
    date_to = fields.Date("Orders until", default=lambda self: self._default_date_to())
    by = fields.Selection(
        [("category", "Product category"), ("product", "Product")],
        "Forecast by",
        required=True,
        readonly=True,
        default="category",
    )
    size = fields.Selection(
        [("month", "Months"), ("week", "Weeks")],
        "In",
        required=True,
        readonly=True,
        default="month",
    )
    horizon = fields.Selection(
        [("3", "3 months"), ("6", "6 months"), ("12", "12 months")],
        required=True,
        readonly=True,
        default="3",
    )
    top = fields.Integer(
        "The Largest",
        required=True,
        readonly=True,
        default=20,
        aggregator=None,
        help="So many products or categories, those of the largest income; all others"
        " count in the whole.",
    )
    series_ids = fields.One2many("crm.demand.series", "run_id", "Forecasts", copy=False)
    told_ids = fields.One2many(
        "crm.demand.series",
        "run_id",
        "What to Expect",
        domain=[("method", "!=", "none")],
        copy=False,
    )
    total_id = fields.Many2one("crm.demand.series", compute="_compute_total_id")
    picture = fields.Json(compute="_compute_picture")
    rising = fields.Integer(compute="_compute_directions")
    falling = fields.Integer(compute="_compute_directions")
    unknown = fields.Integer(
        "Nothing to Go by Yet",
        compute="_compute_directions",
        help="On sale, and never ordered in the period.",
    )

    _top_range = models.Constraint(
        "CHECK (top BETWEEN 1 AND 200)", "Between 1 and 200 are forecast apart."
    )

    @api.model
    def _default_date_to(self):
        """The end of the last whole month."""
        today = self.env["crm.value.source"]._today(self.env.company)
        return today.replace(day=1) - relativedelta(days=1)

    @api.model
    def _default_date_from(self):
        return self._default_date_to() + relativedelta(days=1, years=-3)

    @api.depends("date_to", "by")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["by"]._description_selection(self.env))
        for run in self:
            run.display_name = self.env._(
                "Demand after %(day)s, by %(by)s",
                day=format_date(self.env, run.date_to),
                by=labels.get(run.by, "").lower(),
            )

    @api.depends("series_ids.kind")
    def _compute_total_id(self):
        totals = self.env["crm.demand.series"].search(
            [("run_id", "in", self.ids), ("kind", "=", "all")]
        )
        by_run = {total.run_id: total for total in totals}
        for run in self:
            run.total_id = by_run.get(run._origin)

    @api.depends("series_ids.picture")
    @api.depends_context("lang")
    def _compute_picture(self):
        for run in self:
            run.picture = run.total_id.picture

    @api.depends("series_ids.direction")
    def _compute_directions(self):
        groups = self.env["crm.demand.series"]._read_group(
            [("run_id", "in", self.ids), ("kind", "=", "one")],
            ["run_id", "direction"],
            ["__count"],
        )
        counts = {(run, direction): count for run, direction, count in groups}
        for run in self:
            for name in ("rising", "falling", "unknown"):
                run[name] = counts.get((run._origin, name), 0)

    def action_open_series(self) -> dict:
        """Open the forecasts, of one direction if the context names it."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_analytics.crm_demand_series_action"
        )
        shown = self.env.context.get("direction")
        return action | {
            "domain": [("run_id", "=", self.id)],
            "context": {f"search_default_{shown}": 1} if shown else {},
        }

    def action_open_lines(self) -> dict:
        """Open the periods of all forecasts as a picture and a pivot."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_analytics.crm_demand_line_action"
        )
        return action | {"domain": [("run_id", "=", self.id)]}

    # The work

    @api.model
    def _job_cron(self):
        return self.env.ref("crm_analytics.crm_demand_run_cron")

    def _work(self, tell):
        # What it tells is read by whoever began it.
        lang = self.user_id.lang or self.env.lang
        self.with_context(lang=lang)._forecast(tell)

    def _forecast(self, tell):
        self.series_ids.unlink()
        days = demand.days(self.date_from, self.date_to, self.size)
        if len(days) < 2:
            raise UserError(
                self.env._(
                    "A forecast needs two whole months or weeks of orders at least."
                    " Choose a longer period."
                )
            )
        tell(5, self.env._("Reading the orders"))
        sold = self._read_sold(days)
        if not sold:
            raise UserError(
                self.env._("Nothing was ordered in this period. Choose another one.")
            )
        for at, (key, by_day) in enumerate(sold.items()):
            tell(10 + 80 * at / len(sold), self.env._("Forecasting"))
            self._write_series(key, by_day, days)
        tell(95, self.env._("Looking for what was never ordered"))
        self._write_unknown()

    def _read_sold(self, days) -> dict:
        """Read what was ordered in each period, in one pass.

        :return: by product or category (0 is without one, None is all together) by day
            the quantity, in the product's own unit, and the income
        """
        self.env.flush_all()
        sold: dict = {}
        for key, day, quantity, amount in self.env.execute_query(self._sold_sql(days)):
            sold.setdefault(key, {})[day] = (float(quantity), float(amount))
        order = sorted(sold, key=lambda key: (key is not None, key or 0))
        return {key: sold[key] for key in order}

    def _sold_sql(self, days) -> SQL:
        values = self.env["crm.value.source"]
        last = demand.days(self.date_from, self.date_to, self.size)[-1]
        ends = last + relativedelta(**{f"{self.size}s": 1}, days=-1)
        key = SQL("l.product_id") if self.by == "product" else SQL("t.categ_id")
        return SQL(
            """
            WITH sold AS MATERIALIZED (
                SELECT COALESCE(%(key)s, 0) AS key,
                       date_trunc(%(size)s, %(local)s)::date AS day,
                       sum(l.product_uom_qty * COALESCE(u.factor / own.factor, 1))
                           AS quantity,
                       sum(l.price_subtotal
                           / COALESCE(NULLIF(o.currency_rate, 0), 1)::numeric) AS amount
                  FROM sale_order AS o
                  JOIN sale_order_line AS l ON l.order_id = o.id
                       AND l.display_type IS NULL AND l.is_downpayment IS NOT TRUE
                  LEFT JOIN product_product AS v ON v.id = l.product_id
                  LEFT JOIN product_template AS t ON t.id = v.product_tmpl_id
                  LEFT JOIN uom_uom AS u ON u.id = l.product_uom_id
                  LEFT JOIN uom_uom AS own ON own.id = t.uom_id
                 WHERE o.state = 'sale' AND o.company_id = %(company)s AND %(within)s
                 GROUP BY 1, 2
            ), largest AS (
                SELECT key FROM sold GROUP BY key
                 ORDER BY sum(amount) DESC, key LIMIT %(top)s
            )
            SELECT key, day, quantity, amount FROM sold JOIN largest USING (key)
             UNION ALL
            SELECT NULL, day, sum(quantity), sum(amount) FROM sold GROUP BY day
            """,
            key=key,
            size=self.size,
            local=values._local_sql(self.company_id, SQL("o.date_order")),
            company=self.company_id.id,
            within=values._within(self.company_id, SQL("o.date_order"), days[0], ends),
            top=self.top,
        )

    def _write_series(self, key, by_day, days):
        """Forecast one series from its first order on."""
        first = min(by_day)
        known = [day for day in days if day >= first]
        sold = [by_day.get(day, (0.0, 0.0)) for day in known]
        months = int(self.horizon)
        horizon = months if self.size == "month" else WEEKS[months]
        quantity, amount = (
            demand.expect([one[at] for one in sold], horizon, SEASON[self.size])
            for at in (0, 1)
        )
        series = self.env["crm.demand.series"].create(
            self._series_vals(key, quantity, amount, horizon <= len(known))
        )
        step = relativedelta(**{f"{self.size}s": 1})
        lines = [
            {"date": day, "kind": "history", "quantity": one[0], "amount": one[1]}
            for day, one in zip(known, sold, strict=True)
        ]
        for at, (many, much) in enumerate(
            zip(quantity.periods, amount.periods, strict=False)
        ):
            lines.append(
                {"date": days[-1] + step * (at + 1), "kind": "expected"}
                | dict(zip(("quantity", "low", "high"), many, strict=True))
                | dict(zip(("amount", "amount_low", "amount_high"), much, strict=True))
            )
        self.env["crm.demand.line"].create(
            [line | {"series_id": series.id, "run_id": self.id} for line in lines]
        )

    def _series_vals(self, key, quantity, amount, comparable: bool) -> dict:
        change = None
        if comparable and quantity.before > 0:
            change = 100 * (quantity.expected / quantity.before - 1)
        field = "product_id" if self.by == "product" else "categ_id"
        return {
            "run_id": self.id,
            "kind": "all" if key is None else "one",
            field: key or False,
            "method": quantity.method,
            "before": quantity.before,
            "quantity": quantity.expected,
            "low": quantity.low,
            "high": quantity.high,
            "amount_before": amount.before,
            "amount": amount.expected,
            "amount_low": amount.low,
            "amount_high": amount.high,
            "error": quantity.error or 0,
            "naive_error": quantity.naive or 0,
            "is_tested": quantity.error is not None,
            "change": change or 0,
            "direction": demand.direction(change),
        }

    def _write_unknown(self):
        """Name what is on sale, and was not ordered once in the period."""
        values = self.env["crm.value.source"]
        within = values._within(
            self.company_id, SQL("o.date_order"), self.date_from, self.date_to
        )
        by_product = self.by == "product"
        key = SQL("v.id") if by_product else SQL("t.categ_id")
        self.env.cr.execute(
            SQL(
                """
                WITH ordered AS (
                    SELECT DISTINCT %(key)s AS key
                      FROM sale_order AS o
                      JOIN sale_order_line AS l ON l.order_id = o.id
                      JOIN product_product AS v ON v.id = l.product_id
                      JOIN product_template AS t ON t.id = v.product_tmpl_id
                     WHERE o.state = 'sale' AND o.company_id = %(company)s
                       AND %(within)s
                )
                INSERT INTO crm_demand_series (
                       run_id, kind, method, direction, %(field)s)
                SELECT DISTINCT %(run)s, 'one', 'none', 'unknown', %(key)s
                  FROM product_product AS v
                  JOIN product_template AS t ON t.id = v.product_tmpl_id
                 WHERE v.active AND t.active AND t.sale_ok
                   AND COALESCE(t.company_id, %(company)s) = %(company)s
                   AND %(key)s IS NOT NULL
                   AND NOT EXISTS (SELECT FROM ordered WHERE ordered.key = %(key)s)
                """,
                key=key,
                company=self.company_id.id,
                within=within,
                run=self.id,
                field=SQL.identifier("product_id" if by_product else "categ_id"),
            )
        )
        self.env["crm.demand.series"].invalidate_model()
