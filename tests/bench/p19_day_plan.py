"""P19, day plan: what a seller has to do today, with 100,000 leads in the database.

Theirs is Odoo's own activity view of the same activities: the list of ``mail.activity``
that are due, which knows neither visits nor promises, and no order of value. The same
rows in plain SQL are a second part.
"""

from collections.abc import Iterator

from tools.settings import Problem

from . import session
from .frame import Result, benchmark, in_turn, wall
from .generator.sizes import Size

LEADS = 100_000
PEOPLE = 50
# Of the leads of each seller, so many have something planned.
PLANNED = 10
PAGE = 80
PATIENCE = 120
SPEC = {
    "kind": {},
    "name": {},
    "document": {},
    "reason": {},
    "phone": {},
    "date": {},
    "time": {},
    "lateness": {},
    "partner_id": {"fields": {"display_name": {}}},
}
STOCK = {
    "summary": {},
    "res_name": {},
    "date_deadline": {},
    "activity_type_id": {"fields": {"display_name": {}}},
}

_PLAIN = """
    SELECT a.id, a.summary, a.date_deadline, l.name, p.id, p.name
    FROM mail_activity AS a JOIN crm_lead AS l ON l.id = a.res_id
    LEFT JOIN res_partner AS p ON p.id = l.partner_id
    WHERE a.active AND a.res_model = 'crm.lead' AND a.user_id = %(user)s
    AND a.date_deadline <= %(today)s
    ORDER BY CASE p.value_class->>%(company)s WHEN 'a' THEN 40 WHEN 'b' THEN 20
        WHEN 'c' THEN 5 ELSE 0 END
        + LEAST(30, 10 * log(1 + GREATEST(COALESCE(l.expected_revenue, 0), 0) / 1000))
        + LEAST(30, (%(today)s - a.date_deadline) * 3) DESC, a.id
    LIMIT %(page)s"""


class Day:
    """The plan of one of 50 sellers, who has 2,000 leads, and 200 activities due."""

    def __init__(self, size: Size):
        self.database = size.database
        self.queries = 0

    def ours(self) -> float:
        return self._measure(self._read)

    def theirs(self) -> float:
        return self._measure(self._stock)

    def plain(self) -> float:
        return self._measure(self._sql)

    def _measure(self, read) -> float:
        with session.environment(self.database) as env:
            user = self.prepare(env)
            env = env(user=user.id)
            read(env)  # fills what a server that has run has cached
            env.invalidate_all()
            before = env.cr.sql_log_count
            seconds = wall(lambda: read(env))
            self.queries = env.cr.sql_log_count - before
        return 1000 * seconds

    def _read(self, env) -> None:
        domain = [("is_own", "=", True), ("place", "<=", 10), ("date", "<=", "today")]
        found = env["crm.day.item"].web_search_read(domain, SPEC, limit=PAGE)
        if len(found["records"]) != PAGE:
            raise Problem(f"P19: {len(found['records'])} items, and not a full page.")

    def _stock(self, env) -> None:
        domain = [("user_id", "=", env.uid), ("date_deadline", "<=", "today")]
        env["mail.activity"].web_search_read(domain, STOCK, limit=PAGE)

    def _sql(self, env) -> None:
        env.cr.execute("SELECT current_date")
        values = {
            "user": env.uid,
            "today": env.cr.fetchone()[0],
            "company": str(env.company.id),
            "page": PAGE,
        }
        env.cr.execute(_PLAIN, values)
        env.cr.fetchall()

    def prepare(self, env):
        """Make the leads and activities; give the busiest of the sellers."""
        users = env["res.users"].with_context(no_reset_password=True)
        group = env.ref("sales_team.group_sale_salesman")
        people = users.create(
            [
                {"name": f"P19 {i}", "login": f"p19-{i}", "group_ids": [(4, group.id)]}
                for i in range(PEOPLE)
            ]
        )
        env.flush_all()
        missing = LEADS - env["crm.lead"].search_count([])
        env.cr.execute(
            """INSERT INTO crm_lead (name, type, active, user_id, partner_id, stage_id,
                company_id, expected_revenue, probability, won_status, create_date)
            SELECT 'P19 ' || n, 'opportunity', true, %(first)s + n %% %(people)s,
                partner.id, %(stage)s, %(company)s, n %% 100 * 500, 20, 'pending', now()
            FROM (SELECT n, 1 + n %% (
                    SELECT count(*) FROM res_partner WHERE active AND partner_share
                ) AS place FROM generate_series(1, %(leads)s) AS n) AS drawn
            JOIN (SELECT id, row_number() OVER (ORDER BY id) AS place
                FROM res_partner WHERE active AND partner_share) AS partner
                USING (place)""",
            {
                "first": people[0].id,
                "people": PEOPLE,
                "stage": env["crm.stage"].search([], limit=1).id,
                "company": env.company.id,
                "leads": max(missing, PEOPLE * 100),
            },
        )
        env.cr.execute(
            """INSERT INTO mail_activity (res_model_id, res_model, res_id, res_name,
                activity_type_id, summary, date_deadline, user_id, active, create_date)
            SELECT %(model)s, 'crm.lead', id, name, %(kind)s, 'Ask again',
                current_date - id %% 9, user_id, true, now()
            FROM crm_lead WHERE name LIKE 'P19 %%' AND id %% %(planned)s = 0""",
            {
                "model": env["ir.model"]._get_id("crm.lead"),
                "kind": env.ref("mail.mail_activity_data_todo").id,
                "planned": PLANNED,
            },
        )
        env.cr.execute("ANALYZE crm_lead; ANALYZE mail_activity")
        env.invalidate_all()
        # A seller whose leads have activities, whatever the ids came out as.
        env.cr.execute(
            """SELECT user_id FROM mail_activity WHERE user_id = ANY(%s)
            GROUP BY user_id ORDER BY count(*) DESC LIMIT 1""",
            [people.ids],
        )
        return users.browse(env.cr.fetchone()[0])


@benchmark("P19", "day plan of a seller, with 100,000 leads", sizes=("S", "L"))
def day_plan(size: Size) -> Iterator[Result]:
    day = Day(size)
    day.theirs()
    stock = day.queries
    day.ours()
    note = f"{day.queries} queries against {stock} of the list of activities"
    ours, theirs, plain = in_turn(
        day.ours, day.theirs, day.plain, rounds=3, patience=PATIENCE
    )
    yield Result(ours, theirs, part="day_plan", note=note)
    yield Result(ours, plain, part="day_plan_sql", note="the activities in plain SQL")
