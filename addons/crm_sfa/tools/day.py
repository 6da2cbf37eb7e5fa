"""What a day plan is made of, and how its items find their order and their time."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from odoo.fields import Domain
from odoo.tools import SQL

SLOTS = 8
# Points of an item; the more, the earlier it comes.
CLASS_POINTS = {"a": 40, "b": 20, "c": 5}
KIND_POINTS = {"visit": 30, "meeting": 30, "promise": 25, "call": 10}
MOST_FOR_SIZE = 30
MOST_FOR_TIME = 30
POINTS_A_DAY = 3
# Expected hours of what has no length of its own.
HOURS = {"call": 0.25, "todo": 0.5, "promise": 0.5, "deal": 0.25}

Interval = tuple[datetime, datetime]


class DaySource(NamedTuple):
    """One kind of things planned: the documents of `model` that match `domain`.

    The rest is SQL over the table and `joins` (alias, table, condition). With `sudo`
    the domain alone says what the reader may see. `slot` (0 to 7) keeps the ids of the
    kinds apart. Of each person only the first `place`s are shown.
    """

    slot: int
    model: str
    domain: Domain
    kind: SQL
    partner: SQL
    user: SQL
    date: SQL
    sudo: bool = False
    joins: tuple[tuple[str, str, SQL], ...] = ()
    where: SQL | None = None
    res_model: SQL = SQL("NULL::varchar")
    res_id: SQL = SQL("NULL::int")
    start: SQL = SQL("NULL::timestamp")
    stop: SQL = SQL("NULL::timestamp")
    hours: SQL = SQL("NULL::float")
    amount: SQL = SQL("0::numeric")
    place: SQL = SQL("0")


def points(kind: SQL, value_class: SQL, amount: SQL, date_: SQL, today: date) -> SQL:
    """Give SQL for the points of an item.

    The class of the customer counts most. The size of a deal counts by its order of
    magnitude: 10 for ten thousand, 20 for a hundred thousand. Each day late adds some,
    each day to come takes some.
    """
    return SQL(
        """(%(class)s + %(kind)s
        + LEAST(%(size)s, round(10 * log(1 + GREATEST(%(amount)s, 0) / 1000)))
        + LEAST(%(most)s, GREATEST(-%(most)s, (%(today)s - %(date)s) * %(a_day)s))
        )::int""",
        **{"class": _points_of(value_class, CLASS_POINTS)},
        kind=_points_of(kind, KIND_POINTS),
        size=MOST_FOR_SIZE,
        amount=amount,
        most=MOST_FOR_TIME,
        today=today,
        date=date_,
        a_day=POINTS_A_DAY,
    )


def _points_of(column: SQL, table: dict[str, int]) -> SQL:
    cases = [SQL("WHEN %s THEN %s", key, value) for key, value in table.items()]
    return SQL("CASE %s %s ELSE 0 END", column, SQL(" ").join(cases))


def next_working(day: date, working: Collection[date]) -> date:
    """Give the first working day from a day on; that day itself if there is none.

    >>> friday = date(2026, 1, 2)
    >>> next_working(date(2026, 1, 3), [friday, date(2026, 1, 5)])
    datetime.date(2026, 1, 5)
    >>> next_working(date(2026, 1, 3), [])
    datetime.date(2026, 1, 3)
    """
    return min((other for other in working if other >= day), default=day)


def appointments(
    free: Iterable[Interval], lengths: Sequence[timedelta], gap: timedelta
) -> list[Interval]:
    """Put appointments one after another into free time, with a gap for the way. There
    are fewer than asked for where the time is over.

    >>> eight, hour = datetime(2026, 1, 5, 8), timedelta(hours=1)
    >>> free = [(eight, eight + 2.5 * hour), (eight + 4 * hour, eight + 6 * hour)]
    >>> found = appointments(free, [hour] * 4, hour / 2)
    >>> [(start.hour, stop.hour, stop.minute) for start, stop in found]
    [(8, 9, 0), (9, 10, 30), (12, 13, 0)]
    """
    found, waiting = [], list(lengths)
    for start, stop in free:
        while waiting and start + waiting[0] <= stop:
            end = start + waiting.pop(0)
            found.append((start, end))
            start = end + gap
    return found
