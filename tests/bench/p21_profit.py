"""P21: what each customer brought and cost, against plain SQL that writes the same."""

from collections.abc import Iterator
from datetime import date

from dateutil.relativedelta import relativedelta

from tools.settings import Problem

from . import session
from .frame import Result, benchmark, in_turn, wall
from .generator.sizes import Size

RATIO = 1.5
PATIENCE = 120
RATES = {"interest": 9, "ticket": 15, "visit": 40, "hour": 30}

# One statement for what the suite collects source by source. The data set knows neither
# visits, contracts, credit notes nor campaigns that cost something; both sides look.
_WRITE = """
    WITH sold AS (
        SELECT p.commercial_partner_id AS id, sum(l.price_subtotal / COALESCE(
                NULLIF(o.currency_rate, 0), 1)) AS income,
            sum(l.purchase_price * l.product_uom_qty
                / COALESCE(NULLIF(o.currency_rate, 0), 1)) AS goods
        FROM sale_order AS o JOIN sale_order_line AS l ON l.order_id = o.id
        JOIN res_partner AS p ON p.id = o.partner_id
        WHERE o.state = 'sale' AND o.company_id = %(company)s
        AND o.date_order >= %(first)s AND o.date_order < %(after)s
        AND l.display_type IS NULL GROUP BY 1
    ), service AS (
        SELECT p.commercial_partner_id AS id, count(*) * %(ticket)s AS cost
        FROM helpdesk_ticket AS t JOIN res_partner AS p ON p.id = t.partner_id
        WHERE t.company_id = %(company)s AND t.active
        AND t.create_date >= %(first)s AND t.create_date < %(after)s GROUP BY 1
    ), met AS (
        SELECT DISTINCT e.id AS event_id, p.commercial_partner_id AS id,
            %(visit)s + COALESCE(e.duration, 0)::numeric * %(hour)s AS cost
        FROM calendar_event AS e JOIN res_users AS u ON u.id = e.user_id
        JOIN calendar_attendee AS a ON a.event_id = e.id
            AND a.state IS DISTINCT FROM 'declined'
        JOIN res_partner AS p ON p.id = a.partner_id AND p.partner_share
        WHERE e.active AND u.company_id = %(company)s AND e.stop <= now()
        AND e.start >= %(first)s AND e.start < %(after)s
    ), meeting AS (
        SELECT id, sum(cost / guests) AS cost FROM (
            SELECT id, cost, count(*) OVER (PARTITION BY event_id) AS guests FROM met
        ) AS shared GROUP BY id
    ), late AS (
        SELECT p.commercial_partner_id AS id, sum(l.amount_residual * %(interest)s
            * (%(last)s - greatest(l.date_maturity, %(first)s - 1)) / 36500) AS cost
        FROM account_move AS m JOIN account_move_line AS l ON l.move_id = m.id
            AND l.display_type = 'payment_term'
        JOIN res_partner AS p ON p.id = m.partner_id
        WHERE m.move_type = 'out_invoice' AND m.state = 'posted'
        AND m.company_id = %(company)s AND l.amount_residual > 0
        AND l.date_maturity < %(last)s GROUP BY 1
    ), part AS MATERIALIZED (
        SELECT * FROM (
            SELECT id, 'income' AS source, 'income' AS side, round(income, 2) AS amount
                FROM sold
            UNION ALL SELECT id, 'goods', 'cost', -round(goods, 2) FROM sold
            UNION ALL SELECT id, 'tickets', 'cost', -round(cost, 2) FROM service
            UNION ALL SELECT id, 'meetings', 'cost', -round(cost, 2) FROM meeting
            UNION ALL SELECT id, 'late', 'cost', -round(cost, 2) FROM late
        ) AS each WHERE amount <> 0
    ), made AS (
        INSERT INTO crm_customer_profit (run_id, company_id, partner_id, income, cost,
            profit, margin_percent)
        SELECT %(run)s, %(company)s, id, income, income - profit, profit,
            CASE WHEN income > 0 THEN 100 * profit / income END
        FROM (SELECT id, sum(amount) AS profit, COALESCE(
                sum(amount) FILTER (WHERE side = 'income'), 0) AS income
            FROM part GROUP BY id) AS customer
        RETURNING id, partner_id
    )
    INSERT INTO crm_customer_profit_line (profit_id, run_id, company_id, partner_id,
        source, side, amount)
    SELECT made.id, %(run)s, %(company)s, partner_id, source, side, amount
    FROM made JOIN part ON part.id = partner_id"""

_RESULT = """
    SELECT p.partner_id, p.income, p.cost, p.profit, l.source, l.amount
    FROM crm_customer_profit AS p JOIN crm_customer_profit_line AS l
        ON l.profit_id = p.id
    WHERE p.run_id = %s ORDER BY p.partner_id, l.source"""


class Profit:
    """The profit of all customers in the last year, by the suite and by hand."""

    def __init__(self, size: Size):
        self.database = size.database
        ours, theirs = self._written(self._ours), self._written(self._theirs)
        self._check(ours, theirs)
        self.customers = len({row[0] for row in ours})
        self.lines = len(ours)

    def ours(self) -> float:
        return self._timed(self._ours)

    def by_hand(self) -> float:
        return self._timed(self._theirs)

    def _timed(self, write) -> float:
        with session.environment(self.database) as env:
            run = self._run(env)
            return wall(lambda: write(env, run))

    def _written(self, write) -> list[tuple]:
        with session.environment(self.database) as env:
            run = self._run(env)
            write(env, run)
            env.cr.execute(_RESULT, [run.id])
            return env.cr.fetchall()

    def _run(self, env):
        """Begin a computation of the twelve months until yesterday."""
        env.company.write(
            {
                "profit_interest": RATES["interest"],
                "profit_ticket_cost": RATES["ticket"],
                "profit_visit_cost": RATES["visit"],
                "profit_hour_cost": RATES["hour"],
            }
        )
        last = date.today() - relativedelta(days=1)
        first = last - relativedelta(years=1)
        run = env["crm.profit.run"].create({"date_from": first, "date_to": last})
        env.flush_all()
        return run

    def _ours(self, env, run) -> None:
        run._work(lambda percent, step: None)

    def _theirs(self, env, run) -> None:
        values = {
            "run": run.id,
            "company": run.company_id.id,
            "first": run.date_from,
            "last": run.date_to,
            "after": run.date_to + relativedelta(days=1),
        }
        env.cr.execute(_WRITE, RATES | values)

    def _check(self, ours: list[tuple], theirs: list[tuple]) -> None:
        """Both sides must write the same, or they are not to be compared."""
        if len(ours) != len(theirs):
            raise Problem(f"P21: {len(ours)} rows, {len(theirs)} by hand.")
        for suite, hand in zip(ours, theirs, strict=True):
            if suite != hand:
                raise Problem(f"P21: the suite writes {suite}, by hand it is {hand}.")


@benchmark("P21", "profit of all customers in a year", RATIO, sizes=("S", "L"))
def profit(size: Size) -> Iterator[Result]:
    both = Profit(size)
    ours, theirs = in_turn(both.ours, both.by_hand, rounds=5, patience=PATIENCE)
    yield Result(
        ours * 1000,
        theirs * 1000,
        note=f"{both.customers:,} customers, {both.lines:,} lines; ours also the"
        " usual shares, and looks for discounts, credit notes, contracts, campaigns",
    )
