"""P11, assignment: 10,000 leads to 50 people, by the suite and by stock Odoo.

Both sides start from the same leads without a team, in one database, and take the same
way in: ``crm.team._action_assign_leads``. Stock runs its own methods of ``crm.team``
with the suite's out of the way; each round is rolled back.
"""

from collections.abc import Iterator

from odoo import modules

from . import session
from .frame import Result, benchmark, in_turn, wall
from .generator.sizes import Size

PEOPLE, TEAMS = 50, 5
# Stock gives at most a thirtieth of it to each at a time.
CAPACITY = 30_000
LEADS = {"S": 1_000, "L": 10_000}
PATIENCE = 1200
METHODS = ("_allocate_leads", "_assign_and_convert_leads")
OURS = "odoo.addons.crm_sfa"


class Assignment:
    def __init__(self, size: Size):
        self.database = size.database
        self.leads = LEADS[size.name]

    def ours(self) -> float:
        return self._measure(lambda teams: teams._action_assign_leads(force_quota=True))

    def theirs(self) -> float:
        return self._measure(_stock)

    def _measure(self, assign) -> float:
        with session.environment(self.database) as env:
            teams = self._prepare(env)
            # Stock commits its parts unless it believes that it is tested.
            before, modules.module.current_test = modules.module.current_test, True
            try:
                seconds = wall(lambda: (assign(teams), env.flush_all()))
            finally:
                modules.module.current_test = before
            env.cr.execute(
                "SELECT count(*) FROM crm_lead WHERE name LIKE 'P11 %' AND user_id"
                " IS NOT NULL"
            )
            self.given = env.cr.fetchone()[0]
            assert self.given == self.leads, (self.given, self.leads)
            return 1000 * seconds

    def _prepare(self, env):
        env["crm.team.member"].search([("active", "=", True)]).assignment_optout = True
        context = {"no_reset_password": True, "tracking_disable": True}
        users = env["res.users"].with_context(**context)
        group = env.ref("sales_team.group_sale_salesman")
        people = users.create(
            [
                {"name": f"P11 {i}", "login": f"p11-{i}", "group_ids": [(4, group.id)]}
                for i in range(PEOPLE)
            ]
        )
        teams = env["crm.team"].create([{"name": f"P11 {i}"} for i in range(TEAMS)])
        env["crm.team.member"].create(
            [
                {
                    "crm_team_id": teams[i % TEAMS].id,
                    "user_id": user.id,
                    "assignment_max": CAPACITY,
                }
                for i, user in enumerate(people)
            ]
        )
        leads = env["crm.lead"].with_context(tracking_disable=True)
        leads.create(
            [
                {
                    "name": f"P11 {i}",
                    "type": "lead",
                    "user_id": False,
                    "team_id": False,
                    "email_from": f"p11-{i}@p11-{i}.example.com",
                }
                for i in range(self.leads)
            ]
        )
        env.flush_all()
        env.cr.execute("ANALYZE crm_lead")
        env.invalidate_all()
        return teams


def _stock(teams) -> None:
    """Run Odoo's own methods, those of the suite being left out."""
    stock = {name: _below(type(teams), name) for name in METHODS}
    quota = _below(type(teams.env["crm.team.member"]), "_get_assignment_quota")
    member = type(teams.env["crm.team.member"])
    try:
        for name, function in stock.items():
            setattr(type(teams), name, function)
        member._get_assignment_quota = quota
        teams._action_assign_leads(force_quota=True)
    finally:
        for name in METHODS:
            delattr(type(teams), name)
        del member._get_assignment_quota


def _below(model: type, name: str):
    return next(
        vars(parent)[name]
        for parent in model.__mro__
        if name in vars(parent) and not vars(parent)[name].__module__.startswith(OURS)
    )


@benchmark("P11", "assignment of leads to 50 people", 0.1, sizes=("S", "L"))
def assignment(size: Size) -> Iterator[Result]:
    run = Assignment(size)
    ours, theirs = in_turn(run.ours, run.theirs, rounds=3, patience=PATIENCE)
    yield Result(
        ours,
        theirs,
        note=f"{run.leads:,} leads without a team, {TEAMS} teams; stock's own methods",
    )
