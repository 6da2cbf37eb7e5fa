"""P06, contact policies: the state of contact with all customers, by the nightly sweep.

Policies and value classes are added in the transaction of each round, and go with it.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from odoo import Command

from tools.settings import Problem

from . import session
from .frame import Result, benchmark, in_turn, wall
from .generator.sizes import Size

PATIENCE = 300
TZ = "Europe/Berlin"
# Share of the customers, days, most contacts in 30 days, kinds.
POLICIES = {
    "a": (0.1, 30, 4, ("call", "visit", "meeting")),
    "b": (0.3, 90, 4, ("call", "visit", "meeting", "mail")),
    "c": (1.0, 365, 2, ("call", "visit", "meeting", "mail", "letter")),
}
# The review is a step of class A.
REVIEW = ("Review", "meeting")

# The contacts as one would find them who knows the tables. Where the time line is a
# table of its own, both sides read that.
_CONTACTS = """
    SELECT date, kind, direction, res_model AS model, res_id AS id,
        commercial_partner_id AS customer_id
    FROM crm_timeline WHERE date <= %(now)s AND kind IN
        ('mail', 'message', 'call', 'meeting', 'visit', 'sms', 'letter', 'chat')
    AND NOT (res_model = 'calendar.event' AND res_id IN
        (SELECT id FROM calendar_event WHERE privacy = 'private'))"""

_STATUSES = f"""
    INSERT INTO crm_contact_status (
        partner_id, company_id, policy_id, user_id, value_class, last_contact_date,
        next_contact_due, contacts_in_period, is_too_often, missing_step_count,
        missing_steps, uninvoiced_amount)
    WITH contact AS MATERIALIZED ({_CONTACTS}),
    policy (class, id, days, most, kinds) AS (VALUES %(policies)s),
    customer AS MATERIALIZED (
        SELECT p.id, p.user_id, p.create_date, policy.class, policy.id AS policy_id,
            policy.days, policy.most, policy.kinds
        FROM res_partner AS p
        JOIN policy ON policy.class = p.value_class->>'%(company)s'
        WHERE p.commercial_partner_id = p.id AND p.active AND p.partner_share
        AND NOT EXISTS (SELECT FROM res_company WHERE partner_id = p.id)
    ),
    last AS (
        SELECT k.id, max(c.date) AS date
        FROM customer AS k JOIN contact AS c
            ON c.customer_id = k.id AND c.kind = ANY(k.kinds)
        GROUP BY k.id
    ),
    recent AS (
        SELECT customer_id AS id, count(DISTINCT (model, id)) AS number
        FROM contact WHERE direction = 'out' AND date > %(now)s - interval '30 days'
        GROUP BY customer_id
    ),
    reviewed AS (
        SELECT DISTINCT customer_id AS id FROM contact
        WHERE kind = 'meeting' AND date >= %(year)s
    ),
    uninvoiced AS (
        SELECT p.commercial_partner_id AS id, round(sum(
            (l.qty_delivered - l.qty_invoiced)::numeric
            * l.price_reduce_taxexcl::numeric), 2) AS amount
        FROM sale_order_line AS l JOIN sale_order AS o ON o.id = l.order_id
        JOIN res_partner AS p ON p.id = o.partner_id
        WHERE l.state = 'sale' AND l.invoice_status = 'to invoice'
        AND l.qty_delivered > l.qty_invoiced
        GROUP BY 1
    )
    SELECT k.id, %(company)s, k.policy_id, k.user_id, k.class,
        date_trunc('second', last.date),
        (COALESCE(last.date, k.create_date)
            AT TIME ZONE 'UTC' AT TIME ZONE '{TZ}')::date + k.days,
        COALESCE(recent.number, 0), COALESCE(recent.number, 0) > k.most,
        (k.class = 'a' AND reviewed.id IS NULL)::int,
        CASE WHEN k.class = 'a' AND reviewed.id IS NULL THEN '{REVIEW[0]}' END,
        COALESCE(uninvoiced.amount, 0)
    FROM customer AS k LEFT JOIN last USING (id) LEFT JOIN recent USING (id)
    LEFT JOIN reviewed USING (id) LEFT JOIN uninvoiced USING (id)"""

_CUSTOMERS = f"""
    WITH contact AS ({_CONTACTS})
    UPDATE res_partner AS p SET last_contact_date = fresh.last,
        next_contact_date = fresh.due
    FROM (
        SELECT id, date_trunc('second', last) AS last, due FROM (
            SELECT customer_id AS id, max(date) AS last FROM contact GROUP BY 1
        ) AS contacted FULL JOIN (
            SELECT partner_id AS id, next_contact_due AS due FROM crm_contact_status
        ) AS status USING (id)
    ) AS fresh WHERE p.id = fresh.id
    AND (p.last_contact_date, p.next_contact_date)
        IS DISTINCT FROM (fresh.last, fresh.due)"""

_RESULT = """
    SELECT p.id, p.last_contact_date, p.next_contact_date, s.policy_id, s.user_id,
        s.value_class, s.last_contact_date, s.next_contact_due, s.contacts_in_period,
        s.is_too_often, s.missing_step_count, s.missing_steps, s.uninvoiced_amount
    FROM res_partner AS p LEFT JOIN crm_contact_status AS s ON s.partner_id = p.id
    ORDER BY p.id"""


class Sweep:
    """The sweep of one data set, by the suite and by hand."""

    def __init__(self, size: Size):
        self.database = size.database
        with session.environment(self.database) as env:
            self._prepare(env)
            self._ours(env)
            ours = self._result(env)
        with session.environment(self.database) as env:
            self._prepare(env)
            self._theirs(env)
            theirs = self._result(env)
        self._check(ours, theirs)
        self.rows = sum(1 for row in ours if row[7])

    def first(self) -> float:
        """Fill the empty table."""
        with session.environment(self.database) as env:
            self._prepare(env)
            return wall(lambda: self._ours(env))

    def next_night(self) -> float:
        """Sweep again, after each hundredth customer was called."""
        with session.environment(self.database) as env:
            self._prepare(env)
            self._ours(env)
            env.cr.execute(
                """INSERT INTO crm_interaction (partner_id, user_id, kind, direction,
                    date, name)
                SELECT id, user_id, 'call', 'out', %s, 'Call' FROM res_partner
                WHERE id = commercial_partner_id AND user_id IS NOT NULL
                AND id %% 100 = 0""",
                [self.now - timedelta(hours=1)],
            )
            return wall(lambda: self._ours(env))

    def by_hand(self) -> float:
        """Compute and insert the same in plain SQL."""
        with session.environment(self.database) as env:
            self._prepare(env)
            return wall(lambda: self._theirs(env))

    def _prepare(self, env) -> None:
        """Give the customers classes, and the classes policies."""
        self.now = datetime.now().replace(microsecond=0)
        env.company.partner_id.tz = TZ
        env["crm.contact.policy"].search([("active", "=", True)]).unlink()
        kinds = env["crm.contact.kind"].search([("code", "!=", False)])
        self.policies = {
            name: env["crm.contact.policy"].create(
                {
                    "name": name,
                    "value_class": name,
                    "min_days": days,
                    "max_contacts": most,
                    "kind_ids": [
                        Command.set(kinds.filtered(lambda k, c=codes: k.code in c).ids)
                    ],
                }
            )
            for name, (_share, days, most, codes) in POLICIES.items()
        }
        self.policies["a"].step_ids = [
            Command.create(
                {
                    "name": REVIEW[0],
                    "kind_id": kinds.filtered(lambda k: k.code == REVIEW[1]).id,
                }
            )
        ]
        env.flush_all()
        env.cr.execute(
            """UPDATE res_partner SET value_class = jsonb_build_object(%s::text,
                CASE WHEN id %% 10 < 1 THEN 'a' WHEN id %% 10 < 4 THEN 'b' ELSE 'c' END)
            WHERE commercial_partner_id = id AND partner_share""",
            [env.company.id],
        )
        env.cr.execute("ANALYZE res_partner")
        env.invalidate_all()

    def _ours(self, env) -> None:
        statuses = env["crm.contact.status"]
        statuses._sweep_statuses(self.now)
        statuses._sweep_customers(self.now)

    def _theirs(self, env) -> None:
        policies = ", ".join(
            env.cr.mogrify(
                "(%s, %s, %s, %s, %s)",
                [
                    name,
                    policy.id,
                    policy.min_days,
                    policy.max_contacts,
                    list(POLICIES[name][3]),
                ],
            ).decode()
            for name, policy in self.policies.items()
        )
        values = {
            "now": self.now,
            "year": self.now.replace(month=1, day=1, hour=0, minute=0, second=0)
            - timedelta(hours=1),  # Berlin is an hour before UTC in winter
            "company": env.company.id,
        }
        # PostgreSQL takes the joined parts for a row each, and would loop over them.
        env.cr.execute("SET LOCAL enable_nestloop = off")
        statement = _STATUSES.replace("%(policies)s", policies)
        env.cr.execute(statement, values)
        env.cr.execute(_CUSTOMERS, values)

    def _result(self, env) -> list[tuple]:
        env.cr.execute(_RESULT)
        return env.cr.fetchall()

    def _check(self, ours: list[tuple], theirs: list[tuple]) -> None:
        """Both sides must write the same, or they are not to be compared."""
        for suite, hand in zip(ours, theirs, strict=True):
            # Each side made policies of its own.
            if suite[:3] + suite[4:] != hand[:3] + hand[4:]:
                raise Problem(
                    f"P06: the suite writes {suite} where by hand it is {hand}."
                )


@benchmark("P06", "contact policies: the state of all customers", 2, sizes=("S", "L"))
def policies(size: Size) -> Iterator[Result]:
    sweep = Sweep(size)
    first, night, theirs = in_turn(
        sweep.first, sweep.next_night, sweep.by_hand, rounds=3, patience=PATIENCE
    )
    note = f"{sweep.rows:,} customers with a policy; theirs fills the same in plain SQL"
    yield Result(first * 1000, theirs * 1000, part="policy_first", note=note)
    yield Result(
        night * 1000,
        theirs * 1000,
        part="policy_night",
        note="after 1 % were called; theirs is the filling in plain SQL",
    )
