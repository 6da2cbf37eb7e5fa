import io
from datetime import timedelta

import numpy as np

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools import lifetime, lifetime_check

COLUMNS = (
    "run_id",
    "company_id",
    "partner_id",
    "orders",
    "date_first",
    "date_last",
    "recency",
    "age",
    "amount",
    "probability",
    "probability_before",
    "probability_change",
    "churn",
    "expected_orders",
    "expected_low",
    "expected_high",
    "expected_amount",
    "lifetime_value",
    "value_low",
    "value_high",
    "date_next",
    "is_valuable",
    "is_top",
    "tested_repeats",
    "tested_expected",
    "tested_real",
)
BATCH = 20_000
# The best of so many are the best.
TOP = 10


class CrmLifetimeRun(models.Model):
    """The computation: one query reads the customers, arrays compute, COPY writes."""

    _inherit = "crm.lifetime.run"

    r = fields.Float("r", digits=(16, 4), readonly=True, copy=False, aggregator=None)
    alpha = fields.Float(
        "alpha", digits=(16, 4), readonly=True, copy=False, aggregator=None
    )
    a = fields.Float("a", digits=(16, 4), readonly=True, copy=False, aggregator=None)
    b = fields.Float("b", digits=(16, 4), readonly=True, copy=False, aggregator=None)
    likelihood = fields.Float(
        "Log Likelihood of Orders",
        digits=(16, 1),
        readonly=True,
        copy=False,
        aggregator=None,
    )
    p = fields.Float("p", digits=(16, 4), readonly=True, copy=False, aggregator=None)
    q = fields.Float("q", digits=(16, 4), readonly=True, copy=False, aggregator=None)
    gamma = fields.Float(
        "gamma", digits=(16, 4), readonly=True, copy=False, aggregator=None
    )
    money_likelihood = fields.Float(
        "Log Likelihood of Money",
        digits=(16, 1),
        readonly=True,
        copy=False,
        aggregator=None,
    )
    orders_method = fields.Selection(
        [("bg_nbd", "BG/NBD"), ("constant", "Constant Rates, Nobody Leaves")],
        readonly=True,
        copy=False,
        help="Constant rates stand in where the search for the parameters ended"
        " nowhere.",
    )
    money_method = fields.Selection(
        [("gamma_gamma", "Gamma-Gamma"), ("mean", "Mean of Each Customer")],
        readonly=True,
        copy=False,
        help="Each customer's own mean stands in where too few came back with money, or"
        " their amounts have no spread.",
    )
    expected_orders = fields.Float(
        "Orders Expected", digits=(16, 0), readonly=True, copy=False
    )
    lifetime_value = fields.Monetary(readonly=True, copy=False)
    test_problem = fields.Char("Why No Test", readonly=True, copy=False)
    test_customers = fields.Integer("Customers Tested", readonly=True, copy=False)
    test_real = fields.Integer("Real Orders in Test", readonly=True, copy=False)
    test_expected = fields.Float(
        "Expected Orders in Test", digits=(16, 1), readonly=True, copy=False
    )
    test_error = fields.Float(
        "Error of a Customer",
        digits=(16, 3),
        readonly=True,
        copy=False,
        aggregator=None,
        help="Mean absolute error of the orders of a customer in the weeks held out.",
    )
    test_naive_error = fields.Float(
        "Error of the Naive Forecast",
        digits=(16, 3),
        readonly=True,
        copy=False,
        aggregator=None,
        help="The same, if each were expected to go on as often as before.",
    )
    calibration = fields.Json(
        readonly=True,
        copy=False,
        help="What the form draws: repeat orders expected and real.",
    )

    def _work(self, tell):
        tell(2, self.env._("Reading the orders"))
        base, repeats_of_day = self._read_base()
        tell(30, self.env._("Testing on the weeks held out"))
        tested = self._test(base)
        tell(45, self.env._("Fitting the model to all orders"))
        past = self._past(base)
        orders = self._fit(past)
        money = lifetime.fit_money(base["repeats"], self._means(base))
        tell(60, self.env._("Computing each customer"))
        columns = self._columns(base, past, orders, money, tested)
        self._keep_model(orders, money, columns)
        self._keep_calibration(base, repeats_of_day, tested or orders)
        tell(75, self.env._("Writing the results"))
        self._write_results(columns, tell)

    # Reading

    @property
    def _days(self) -> int:
        return (self.date_to - self.date_from).days

    @property
    def _cut(self) -> int:
        """The last day before the hold-out, as days since the first one."""
        return self._days - 7 * self.holdout_weeks

    def _read_base(self) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """Give columns with one row for each customer, and the repeat orders of each
        day; days count from the first one."""
        self.env.flush_all()
        rows = self.env.execute_query(self._base_sql())
        names = ("partner", "day", "first", "last", "last_before", "repeats", "before")
        names += ("amount", "repeat_amount")
        table = np.array(rows, dtype=float).reshape(-1, len(names))
        of_day = np.isnan(table[:, 0])
        days = np.zeros(self._days + 1)
        days[table[of_day, 1].astype(int)] = table[of_day, 5]
        columns = table[~of_day].T
        return dict(zip(names, columns, strict=True)), days

    def _base_sql(self) -> SQL:
        """One pass over the documents, summed up by customer and by day."""
        source = self.env["crm.value.source"]
        return SQL(
            """WITH fact AS (%(facts)s), day AS (
                   SELECT p.commercial_partner_id AS partner_id,
                          %(moment)s::date - %(first)s AS day,
                          sum(fact.%(measure)s) AS amount,
                          bool_or(fact.orders > 0) AS ordered
                     FROM fact JOIN res_partner AS p ON p.id = fact.partner_id
                 GROUP BY 1, 2
               ), placed AS (
                   SELECT *, min(day) FILTER (WHERE ordered) OVER mine AS first
                     FROM day WINDOW mine AS (PARTITION BY partner_id)
               )
               SELECT partner_id, day, first,
                      max(day) FILTER (WHERE ordered),
                      max(day) FILTER (WHERE ordered AND day <= %(cut)s),
                      count(*) FILTER (WHERE ordered AND day > first),
                      count(*) FILTER (WHERE ordered AND day <= %(cut)s),
                      sum(amount)::float, sum(amount) FILTER (WHERE day > first)::float
                 FROM placed WHERE first IS NOT NULL
             GROUP BY GROUPING SETS ((partner_id, first), (day))
             ORDER BY partner_id""",
            facts=source._facts_sql(self.company_id, self.date_from, self.date_to),
            moment=source._local_sql(self.company_id, SQL("fact.moment")),
            first=self.date_from,
            measure=SQL.identifier(self.measure),
            cut=self._cut,
        )

    def _past(self, base: dict) -> lifetime.History:
        first = base["first"]
        recency, age = base["last"] - first, self._days - first
        return lifetime.history(base["repeats"], recency / 7, age / 7)

    def _past_before(self, base: dict) -> tuple[np.ndarray, lifetime.History]:
        """Give who was a customer before the hold-out, and his history up to it."""
        known = np.flatnonzero(base["before"] > 0)
        first = base["first"][known]
        recency, age = base["last_before"][known] - first, self._cut - first
        past = lifetime.history(base["before"][known] - 1, recency / 7, age / 7)
        return known, past

    def _means(self, base: dict) -> np.ndarray:
        """Give the mean amount of the orders after the first one, less refunds."""
        return np.nan_to_num(base["repeat_amount"]) / np.maximum(base["repeats"], 1)

    # Fitting and testing

    def _fit(self, past: lifetime.History) -> lifetime.Orders:
        try:
            return lifetime.fit_orders(past)
        except lifetime.CannotFitError as error:
            raise UserError(self._why_not(error)) from error

    def _why_not(self, error: lifetime.CannotFitError) -> str:
        if error.reason == "empty":
            return self.env._(
                "%(company)s had no order in this period. Choose another period.",
                company=self.company_id.name,
            )
        if error.reason == "single":
            return self.env._(
                "One customer alone tells nothing of others. Choose a longer period."
            )
        return self.env._(
            "%(count)s customers ordered on more than one day; at least %(fewest)s must"
            " have come back to tell who still will. Choose a longer period.",
            count=error.count,
            fewest=lifetime.FEWEST_BACK,
        )

    def _test(self, base: dict) -> lifetime.Orders | None:
        """Fit without the last weeks and compare; where that fails, say why."""
        known, past = self._past_before(base)
        self._forget_test()
        if not self.holdout_weeks:
            return None
        try:
            model = lifetime.fit_orders(past)
        except lifetime.CannotFitError as error:
            self.test_problem = self._why_not(error)
            return None
        weeks = self.holdout_weeks
        expected = lifetime.expected_orders(model, past, weeks)
        real = base["repeats"][known] - past.repeats
        naive = lifetime_check.naive_orders(past, weeks)
        base["tested_expected"] = np.full(len(base["first"]), np.nan)
        base["tested_expected"][known] = expected
        self.write(
            {
                "test_customers": len(known),
                "test_real": int(real.sum()),
                "test_expected": expected.sum(),
                "test_error": lifetime_check.mean_error(real, expected),
                "test_naive_error": lifetime_check.mean_error(real, naive),
            }
        )
        return model

    def _forget_test(self):
        names = [name for name in self._fields if name.startswith("test_")]
        self.write(dict.fromkeys(names, False))

    # Keeping

    def _columns(self, base, past, orders, money, tested) -> dict[str, np.ndarray]:
        """Give the columns of the results, by name."""
        months, means = self.horizon_months, self._means(base)
        weeks = months * lifetime.MONTH
        each = lifetime.expected_amount(money, base["repeats"], means)
        expected = lifetime.expected_orders(orders, past, weeks)
        discount = self.discount / 100
        worth = lifetime.discounted_orders(orders, past, months, discount)
        low, high = lifetime.orders_range(orders, past, weeks)
        # What comes is worth less by the same share in the good case and in the bad.
        share = np.divide(worth, expected, out=np.ones_like(worth), where=expected > 0)
        least, most = lifetime.value_range(orders, money, past, means, weeks)
        alive = lifetime.alive(orders, past)
        columns = {
            "orders": base["repeats"] + 1,
            "date_first": base["first"],
            "date_last": base["last"],
            "recency": past.recency,
            "age": past.age,
            "amount": base["amount"],
            "probability": alive,
            "churn": self._churn(alive, past),
            "expected_orders": expected,
            "expected_low": low,
            "expected_high": high,
            "expected_amount": each,
            "lifetime_value": worth * each,
            "value_low": least * share,
            "value_high": most * share,
            "is_valuable": self._best(base["amount"]),
            "is_top": self._best(worth * each),
        }
        columns["date_next"] = self._next_days(orders, past, columns["churn"])
        columns |= self._before_columns(base, orders, alive, tested)
        columns["partner_id"] = base["partner"]
        return columns

    def _churn(self, alive: np.ndarray, past: lifetime.History) -> np.ndarray:
        churn = np.where(alive * 100 >= self.percent_alive, "alive", "risk")
        churn[alive * 100 < self.percent_gone] = "gone"
        return np.where(past.repeats > 0, churn, "once")

    def _best(self, values: np.ndarray) -> np.ndarray:
        """Mark the best tenth, ties with the last of them included."""
        limit = np.sort(values)[-max(len(values) // TOP, 1)]
        return (values >= limit) & (values > 0)

    def _next_days(self, orders, past, churn: np.ndarray) -> np.ndarray:
        weeks = lifetime.next_order(orders, past)
        far = (weeks > self.horizon_months * lifetime.MONTH) | (churn == "gone")
        return np.where(far, np.nan, self._days + np.ceil(weeks * 7))

    def _before_columns(self, base, orders, alive: np.ndarray, tested) -> dict:
        """Give what is known of the time before the hold-out, with the model of now."""
        known, past = self._past_before(base)
        before = np.full(len(alive), np.nan)
        before[known] = lifetime.alive(orders, past)
        nothing = np.full(len(alive), np.nan)
        repeats = np.where(base["before"] > 0, base["before"] - 1, np.nan)
        held = bool(tested)
        return {
            "probability_before": before if self.holdout_weeks else nothing,
            "probability_change": alive - before if self.holdout_weeks else nothing,
            "tested_repeats": repeats if held else nothing,
            "tested_expected": base["tested_expected"] if held else nothing,
            "tested_real": base["repeats"] - repeats if held else nothing,
        }

    def _keep_model(self, orders, money, columns: dict):
        plain = money.method == "mean"
        constant = orders.method == "constant"
        self.write(
            {
                "r": orders.r,
                "alpha": orders.alpha,
                "a": 0 if constant else orders.a,
                "b": 0 if constant else orders.b,
                "likelihood": 0 if constant else orders.likelihood,
                "orders_method": orders.method,
                "p": money.p,
                "q": money.q,
                "gamma": money.gamma,
                "money_likelihood": 0 if plain else money.likelihood,
                "money_method": money.method,
                "customer_count": len(columns["orders"]),
                "expected_orders": columns["expected_orders"].sum(),
                "lifetime_value": columns["lifetime_value"].sum(),
            }
        )

    def _keep_calibration(self, base: dict, repeats_of_day, model: lifetime.Orders):
        """Keep what the form draws: customers by how often they came back before the
        hold-out, and all repeat orders week by week."""
        births = np.bincount(base["first"].astype(int), minlength=self._days + 1)
        expected = lifetime.cumulative(model, births)
        real = np.cumsum(repeats_of_day)
        ends = np.arange(6, self._days + 1, 7)
        self.calibration = {
            "groups": self._calibration_groups(base),
            "weeks": [
                {"expected": round(float(e), 1), "real": int(r)}
                for e, r in zip(expected[ends], real[ends], strict=True)
            ],
            "cut": (self._cut + 1) // 7 if self.holdout_weeks else None,
            "parameters": [round(float(value), 4) for value in model[:4]],
            "likelihood": None if model.method == "constant" else model.likelihood,
        }

    def _calibration_groups(self, base: dict) -> list[dict]:
        if "tested_expected" not in base:
            return []
        known, past = self._past_before(base)
        groups = lifetime_check.groups(
            past.repeats,
            base["repeats"][known] - past.repeats,
            base["tested_expected"][known],
        )
        return [group._asdict() for group in groups]

    # Writing

    def _write_results(self, columns: dict, tell):
        self.env["crm.lifetime.result"].flush_model()
        # A run that was killed is written anew.
        self.env.execute_query(
            SQL(
                "DELETE FROM crm_lifetime_result WHERE run_id = %s RETURNING 1", self.id
            )
        )
        count = len(columns["orders"])
        statement = f"COPY crm_lifetime_result ({', '.join(COLUMNS)}) FROM STDIN"
        for start in range(0, count, BATCH):
            part = {name: column[start:][:BATCH] for name, column in columns.items()}
            texts = self._as_texts(part)
            rows = zip(*(texts[name] for name in COLUMNS), strict=True)
            lines = "".join("\t".join(row) + "\n" for row in rows)
            self.env.cr.copy_expert(statement, io.StringIO(lines))
            share = min((start + BATCH) / count, 1)
            tell(75 + 24 * share, self.env._("Writing the results"))
        self.env["crm.lifetime.result"].invalidate_model()

    def _as_texts(self, columns: dict) -> dict[str, list[str]]:
        """Give the columns as COPY reads them, by the types of the fields."""
        count = len(columns["orders"])
        fixed = {"run_id": self.id, "company_id": self.company_id.id}
        texts = {name: [str(value)] * count for name, value in fixed.items()}
        result = self.env["crm.lifetime.result"]
        for name, column in columns.items():
            texts[name] = self._text_column(result._fields[name], column)
        return texts

    def _text_column(self, field, column: np.ndarray) -> list[str]:
        if field.type in ("selection", "boolean"):
            return [str(value) for value in column.tolist()]
        if field.type == "date":
            days = {
                day: str(self.date_from + timedelta(days=day))
                for day in np.unique(column[~np.isnan(column)]).tolist()
            }
            return [days.get(day, "\\N") for day in column.tolist()]
        digits = 0
        if field.type == "monetary":
            digits = self.currency_id.decimal_places
        elif field.type == "float":
            digits = field.get_digits(self.env)[1]
        form = f"%.{digits}f"
        return [form % value if value == value else "\\N" for value in column.tolist()]
