"""P10, import: leads out of a CSV file, by the suite and by Odoo's own import.

The suite normalises phones, looks for doubles among leads and contacts, and assigns;
Odoo's import reads and creates, and does none of that. Every twentieth row is bad for
the suite; Odoo gets the file without those, for it would refuse it whole.
"""

import base64
import resource
from collections.abc import Iterator

from . import session
from .frame import Result, benchmark, in_turn, wall
from .generator.sizes import Size

ROWS = {"S": 10_000, "L": 100_000}
PEOPLE = 20
PATIENCE = 1200
FIELDS = ["contact_name", "partner_name", "email_from", "phone", "zip", "name"]
HEAD = "Name;Company;E-mail;Phone;Zip;Subject\n"
BAD_EVERY = 20
MANY = 1_000_000


class Import:
    def __init__(self, size: Size):
        self.database, self.rows = size.database, ROWS[size.name]
        self.good = self.rows - self.rows // BAD_EVERY

    def ours(self) -> float:
        with session.environment(self.database) as env:
            self._prepare(env)
            record = env["crm.lead.import"].create(
                {
                    "name": "P10.csv",
                    "file": base64.b64encode(self._file(bad=True)),
                    "country_id": env.ref("base.de").id,
                    "team_id": self.team.id,
                }
            )
            record._make_campaign()
            record.state = "running"
            before = _peak()
            seconds = wall(lambda: record._work(lambda done: 1))
            self.grown = _peak() - before
            assert record.state == "done", record.problem
            made = record.created_count + record.linked_count
            assert (made, record.assigned_count) == (self.good, self.good)
            return seconds

    def theirs(self) -> float:
        with session.environment(self.database) as env:
            self._prepare(env)
            # As the screen of Odoo's import sends it, with tracking switched off.
            wizard = env["base_import.import"].with_context(tracking_disable=True)
            record = wizard.create(
                {
                    "res_model": "crm.lead",
                    "file": self._file(bad=False),
                    "file_name": "P10.csv",
                    "file_type": "text/csv",
                }
            )
            options = {
                "quoting": '"', "separator": ";", "encoding": "utf-8",
                "has_headers": True, "float_thousand_separator": ",",
                "float_decimal_separator": ".",
            }  # fmt: skip
            done = {}
            seconds = wall(
                lambda: (
                    done.update(record.execute_import(FIELDS, FIELDS, options)),
                    env.flush_all(),
                )
            )
            assert len(done["ids"]) == self.good, done["messages"][:3]
            return seconds

    def _file(self, bad: bool) -> bytes:
        lines = (
            f"Person {i};Firm {i};p{i}@f{i}.p10.example.com;"
            + ("nonsense" if i % BAD_EVERY == 0 else f"030 {1_000_000 + i}")
            + f";{10000 + i % 4000};Lead {i}\n"
            for i in range(self.rows)
            if bad or i % BAD_EVERY
        )
        return (HEAD + "".join(lines)).encode()

    def _prepare(self, env) -> None:
        env["crm.team.member"].search([("active", "=", True)]).assignment_optout = True
        users = env["res.users"].with_context(no_reset_password=True)
        group = env.ref("sales_team.group_sale_salesman")
        people = users.create(
            [
                {"name": f"P10 {i}", "login": f"p10-{i}", "group_ids": [(4, group.id)]}
                for i in range(PEOPLE)
            ]
        )
        self.team = env["crm.team"].create({"name": "P10"})
        env["crm.team.member"].create(
            [
                {
                    "crm_team_id": self.team.id,
                    "user_id": user.id,
                    "assignment_max": MANY,
                }
                for user in people
            ]
        )
        env.flush_all()
        env.invalidate_all()


def _peak() -> float:
    """The most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@benchmark("P10", "import of leads", 1 / 3, sizes=("S", "L"))
def leads(size: Size) -> Iterator[Result]:
    run = Import(size)
    # Before Odoo's own has taken its memory.
    run.ours()
    grown = run.grown
    ours, theirs = in_turn(run.ours, run.theirs, rounds=3, patience=PATIENCE)
    yield Result(
        ours,
        theirs,
        unit="s",
        note=f"{run.rows:,} rows, 1 in {BAD_EVERY} bad; with phones, doubles and"
        " assignment on our side only",
    )
    yield Result(
        grown,
        part="memory",
        unit="MB",
        goal=150,
        goal_on="ours",
        note="by how much the process grows",
    )
