"""P01: the newest page of a customer's time line, and a page further down."""

import statistics
from collections.abc import Iterator
from datetime import datetime, timedelta

from tools.settings import Problem

from . import by_hand, cold, session
from .frame import Result, benchmark, in_turn
from .generator.seed import READER, YEARS
from .generator.sizes import Family, Size
from .spent import Spent, spent

PAGE = 50
GOALS = {"small": 10, "medium": 10, "large": 50}
COLD_GOAL = 200
PATIENCE = 60


class Reading:
    """One page of one family, read by the suite and by hand."""

    def __init__(self, size: Size, family: Family, before: datetime | None = None):
        self.database = size.database
        self.before = before
        with session.environment(size.database, READER) as env:
            partner = env["res.partner"].search([("ref", "=", family.ref)])
            self.partner_id = partner.id
            self.persons = partner._crm_family().ids
        self._check()
        self._taken: list[Spent] = []

    def ours(self) -> float:
        with session.environment(self.database, READER, readonly=True) as env:
            self._taken.append(spent(lambda: self._page(env)))
        return self._taken[-1].in_database

    def theirs(self) -> float:
        with session.environment(self.database, readonly=True) as env:
            return spent(lambda: self._by_hand(env)).in_database

    def note(self) -> str:
        seconds = statistics.median(one.seconds for one in self._taken)
        return f"in all {seconds * 1000:,.0f} ms, {self._taken[-1].queries} queries"

    def _page(self, env) -> list[dict]:
        before = self.before and [self.before.isoformat(), "", 0]
        timeline = env["crm.timeline"]
        return timeline.read_page(self.partner_id, before=before, limit=PAGE)["rows"]

    def _by_hand(self, env, limit: int = PAGE) -> list[tuple]:
        return by_hand.timeline(env.cr, self.persons, limit, self.before)

    def _check(self) -> None:
        """Both sides must give the same moments, or they are not to be compared."""
        with session.environment(self.database, READER) as env:
            ours = [row["date"] for row in self._page(env)]
            theirs = [str(row[0]) for row in self._by_hand(env)]
            self.events = len(self._by_hand(env, limit=10**9))
        for suite, hand in zip(ours, theirs, strict=True):
            if suite != hand:
                raise Problem(
                    f"P01: the suite reads {suite} where by hand it is {hand}."
                )


def _result(reading: Reading, part: str, goal: float | None, **how) -> Result:
    ours, theirs = in_turn(reading.ours, reading.theirs, patience=PATIENCE, **how)
    return Result(
        ours * 1000,
        theirs * 1000,
        part=part,
        goal=goal,
        goal_on="ours",
        note=f"{reading.events:,} events of {len(reading.persons):,}, {reading.note()}",
    )


@benchmark(
    "P01", "newest 50 of a family's time line, in the database", sizes=("S", "L")
)
def timeline(size: Size) -> Iterator[Result]:
    families = {family.name: family for family in size.families}
    goals = GOALS | {"cold": COLD_GOAL} if size.name == "L" else {}
    for name, family in families.items():
        yield _result(Reading(size, family), name, goals.get(name), rounds=5)
    middle = datetime.now() - timedelta(days=YEARS * 365 / 2)
    page = Reading(size, families["large"], middle.replace(microsecond=0))
    yield _result(page, "large_middle", goals.get("large"), rounds=5)
    if cold.possible():
        reading = Reading(size, families["large"])
        reading.ours = cold.first(size.database, reading.ours)
        reading.theirs = cold.first(size.database, reading.theirs)
        yield _result(reading, "large_cold", goals.get("cold"), rounds=3)
