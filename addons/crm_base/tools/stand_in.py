"""Who covers for whom at a moment, chains included."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

# Nobody knows the customers of a colleague's colleague's colleague any more.
MOST_LINKS = 5


class Period(NamedTuple):
    """Somebody acts for somebody else, from one moment until before another.

    :param whole: all customers of the absent, or only those chosen for the period
    """

    id: int
    absent: int
    acting: int
    start: datetime
    stop: datetime
    whole: bool = True

    def runs_at(self, moment: datetime) -> bool:
        return self.start <= moment < self.stop

    def meets(self, start: datetime, stop: datetime) -> bool:
        return max(self.start, start) < min(self.stop, stop)


class Covered(NamedTuple):
    """A kind of document that stand-ins carry on.

    :param label: translated, in the plural
    :param user: field of the employee whose document it is
    :param partner: path of its customer or customers; ``id`` for customers themselves
    """

    label: str
    user: str
    partner: str

    @property
    def customer(self) -> str:
        """Path of the company of its customer."""
        path = "" if self.partner == "id" else f"{self.partner}."
        return f"{path}commercial_partner_id"


class Section(NamedTuple):
    """A headline of a brief, with its records.

    :param detail: field that is told beside the name of each record
    """

    title: str
    records: Any
    detail: str = ""


class Cover(NamedTuple):
    """What somebody covers: the customers of an absent employee that were chosen for
    each of some periods; all of them where there is no such period."""

    absent: int
    limits: tuple[int, ...]


def covers(periods: Iterable[Period], acting: int, moment: datetime) -> list[Cover]:
    """Give whom somebody covers at a moment. Who stands in for a stand-in covers the
    first one too, within what both were given.

    >>> noon = datetime(2026, 1, 5, 12)
    >>> week = datetime(2026, 1, 5), datetime(2026, 1, 12)
    >>> periods = [Period(1, 10, 20, *week), Period(2, 20, 30, *week, whole=False)]
    >>> covers(periods, 20, noon)
    [Cover(absent=10, limits=())]
    >>> covers(periods, 30, noon)
    [Cover(absent=20, limits=(2,)), Cover(absent=10, limits=(2,))]
    >>> covers(periods, 20, datetime(2026, 1, 12))
    []
    """
    running = [period for period in periods if period.runs_at(moment)]
    return list(_covers(running, acting, (), (acting,)))


def _covers(running, acting, limits, chain) -> Iterator[Cover]:
    if len(chain) > MOST_LINKS:
        return
    for period in running:
        if period.acting == acting and period.absent not in chain:
            within = limits if period.whole else (*limits, period.id)
            yield Cover(period.absent, within)
            yield from _covers(running, period.absent, within, (*chain, period.absent))


def actors(
    periods: Iterable[Period], absent: int, start: datetime, stop: datetime
) -> set[int]:
    """Give all who covered for somebody at some moment of a time.

    >>> week = datetime(2026, 1, 5), datetime(2026, 1, 12)
    >>> later = datetime(2026, 1, 20), datetime(2026, 1, 22)
    >>> periods = [Period(1, 10, 20, *week), Period(2, 20, 30, *week)]
    >>> sorted(actors(periods, 10, *week)), actors(periods, 10, *later)
    ([20, 30], set())
    """
    periods, found = list(periods), set()
    waiting = [(absent, start, stop)]
    while waiting:
        person, start, stop = waiting.pop()
        for period in periods:
            if period.absent == person and period.meets(start, stop):
                if period.acting not in found | {absent}:
                    within = max(start, period.start), min(stop, period.stop)
                    waiting.append((period.acting, *within))
                found.add(period.acting)
    return found - {absent}


def circle(periods: Iterable[Period], new: Period) -> list[int]:
    """Give the people of a circle that a new period would close, first its stand-in:
    at some moment each would be away and act for the next. Empty: there is none.

    >>> week = datetime(2026, 1, 5), datetime(2026, 1, 12)
    >>> circle([Period(1, 20, 30, *week), Period(2, 30, 10, *week)],
    ...        Period(3, 10, 20, *week))
    [20, 30, 10]
    >>> circle([Period(1, 20, 30, *week)], Period(3, 10, 20, *week))
    []
    """
    periods = list(periods)
    waiting = [([new.acting], new.start, new.stop)]
    while waiting:
        chain, start, stop = waiting.pop()
        for period in periods:
            if period.absent == chain[-1] and period.meets(start, stop):
                if period.acting == new.absent:
                    return [*chain, period.acting]
                if period.acting not in chain:
                    within = max(start, period.start), min(stop, period.stop)
                    waiting.append(([*chain, period.acting], *within))
    return []
