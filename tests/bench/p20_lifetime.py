"""P20, lifetime value: read, fit, compute and write all customers, against the same
without Odoo.

The plain side reads the orders with psycopg2, sums them up in SQL, fits with SciPy,
and copies into a table of its own. It has no interval, no hold-out and no refunds, so
it does less.
"""

import io
from collections.abc import Iterator
from datetime import date

import numpy as np
import psycopg2
from scipy.optimize import minimize
from scipy.special import betaln, gammaln, hyp2f1

from . import session
from .frame import Result, benchmark, in_turn, wall
from .generator.sizes import Size

GOAL = 3
PATIENCE = 120
WEEKS = 52.18


@benchmark("P20", "lifetime value of all customers, against plain SciPy", GOAL, ("S",))
def lifetime(size: Size) -> Iterator[Result]:
    side = Side(size.database)
    ours, theirs = in_turn(side.ours, side.theirs, rounds=3, patience=PATIENCE)
    print(f"  {side.told}", flush=True)
    yield Result(ours, theirs, part="time", unit="s", note=side.told)


class Side:
    def __init__(self, database: str):
        self.database = database
        self.told = ""
        with session.environment(database) as env:
            env.cr.execute(
                """SELECT company_id, min(date_order)::date, max(date_order)::date
                     FROM sale_order WHERE state = 'sale'
                 GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"""
            )
            self.company_id, self.first, self.last = env.cr.fetchone()

    def ours(self) -> float:
        with session.environment(self.database) as env:
            run = env["crm.lifetime.run"].create(
                {
                    "company_id": self.company_id,
                    "date_from": self.first,
                    "date_to": self.last,
                    "holdout_weeks": 0,
                }
            )
            seconds = wall(lambda: run._work(lambda percent, step: None))
            self.told = (
                f"{run.customer_count:,} customers, r {run.r:.3f}, alpha"
                f" {run.alpha:.3f}, a {run.a:.3f}, b {run.b:.3f}"
            )
        return seconds

    def theirs(self) -> float:
        with psycopg2.connect(dbname=self.database) as connection:
            with connection.cursor() as cr:
                seconds = wall(lambda: _plain(cr, self.company_id, self.last))
            connection.rollback()
        return seconds


def _plain(cr, company_id: int, last: date) -> None:
    cr.execute(
        """WITH day AS (
               SELECT p.commercial_partner_id AS id, o.date_order::date AS day,
                      sum(o.amount_untaxed)::float AS amount
                 FROM sale_order AS o JOIN res_partner AS p ON p.id = o.partner_id
                WHERE o.state = 'sale' AND o.company_id = %s GROUP BY 1, 2
           ), first AS (SELECT id, min(day) AS first FROM day GROUP BY 1)
           SELECT id, count(*) - 1, max(day) - first, %s - first,
                  COALESCE(avg(amount) FILTER (WHERE day > first), 0)
             FROM day JOIN first USING (id) GROUP BY id, first""",
        [company_id, last],
    )
    ids, x, recency, age, mean = np.array(cr.fetchall(), dtype=float).T
    recency, age = recency / 7, age / 7
    orders = np.exp(_minimum(_orders_loss, np.zeros(4), (x, recency, age)))
    some = (x > 0) & (mean > 0)
    unit = mean[some].mean()
    money = np.exp(_minimum(_money_loss, np.zeros(3), (x[some], mean[some] / unit)))
    alive, expected = _expected(orders, x, recency, age)
    p, q, gamma = money
    value = expected * unit * p * (gamma + x * mean / unit) / (p * x + q - 1)
    cr.execute("CREATE TEMP TABLE plain (id int, alive float, orders float, v float)")
    rows = zip(*(c.tolist() for c in (ids, alive, expected, value)), strict=True)
    lines = "".join(f"{int(row[0])}\t{row[1]}\t{row[2]}\t{row[3]}\n" for row in rows)
    cr.copy_expert("COPY plain FROM STDIN", io.StringIO(lines))


def _minimum(loss, start, data):
    return minimize(loss, start, args=data, method="Nelder-Mead").x


def _orders_loss(logs, x, recency, age):
    r, alpha, a, b = np.exp(logs)
    stays = -(r + x) * np.log(alpha + age)
    leaves = np.log(a / (b + np.maximum(x, 1) - 1)) - (r + x) * np.log(alpha + recency)
    either = np.where(x > 0, np.logaddexp(stays, leaves), stays)
    likelihood = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + either
    return -(likelihood + betaln(a, b + x) - betaln(a, b)).mean()


def _money_loss(logs, x, z):
    p, q, gamma = np.exp(logs)
    likelihood = gammaln(p * x + q) - gammaln(p * x) - gammaln(q) + q * np.log(gamma)
    likelihood += (p * x - 1) * np.log(z) + p * x * np.log(x)
    return -(likelihood - (p * x + q) * np.log(gamma + x * z)).mean()


def _expected(orders, x, recency, age):
    r, alpha, a, b = orders
    leaves = a / (b + np.maximum(x, 1) - 1)
    leaves = leaves * np.exp((r + x) * np.log((alpha + age) / (alpha + recency)))
    alive = np.where(x > 0, 1 / (1 + leaves), 1)
    part = WEEKS / (alpha + age + WEEKS)
    series = hyp2f1(a + b - 1 - r, a - 1, a + b + x - 1, part)
    expected = 1 - (1 - part) ** (a - 1) * series
    return alive, alive * (a + b + x - 1) / (a - 1) * expected
