"""What a change is made of: who contributed how much, so that the parts add up."""

from collections.abc import Hashable, Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

ZERO = Decimal(0)


class Part(NamedTuple):
    """What one member of a dimension contributed to a change."""

    key: Hashable
    before: Decimal
    now: Decimal

    @property
    def change(self) -> Decimal:
        return self.now - self.before


def parts(rows: Iterable[tuple]) -> list[Part]:
    """Sum up rows of a key and the values before and now; the largest change first.

    >>> found = parts([("a", 5, 3), ("b", 0, 9), ("a", 1, 1), ("c", 2, 2)])
    >>> [(part.key, int(part.change)) for part in found]
    [('b', 9), ('a', -2), ('c', 0)]
    """
    sums: dict = {}
    for key, before, now in rows:
        had, has = sums.get(key, (ZERO, ZERO))
        sums[key] = had + Decimal(before), has + Decimal(now)
    found = [Part(key, before, now) for key, (before, now) in sums.items()]
    return sorted(found, key=lambda part: (-abs(part.change), str(part.key)))


def complete(found: list[Part], before: Decimal, now: Decimal, rest=None) -> list[Part]:
    """Add to a member what its dimension does not tell, so that all sum to the whole.

    :param rest: the key of what belongs to no member

    >>> whole = complete([Part("a", Decimal(2), Decimal(5))], Decimal(4), Decimal(5))
    >>> [(part.key, int(part.before), int(part.now)) for part in whole]
    [('a', 2, 5), (None, 2, 0)]
    """
    missing = (
        rest,
        before - sum((part.before for part in found), ZERO),
        now - sum((part.now for part in found), ZERO),
    )
    return parts([*found, missing] if any(missing[1:]) else found)


def cut(found: list[Part], most: int) -> tuple[list[Part], Part | None]:
    """Give the parts with the largest changes, and all others as one.

    >>> of = [Part(key, ZERO, Decimal(value)) for key, value in ("a9", "b5", "c1")]
    >>> head, others = cut(of, 1)
    >>> [part.key for part in head], int(others.change)
    (['a'], 6)
    >>> cut(of, 3)[1] is None
    True
    """
    head, tail = found[:most], found[most:]
    if not tail:
        return head, None
    before = sum((part.before for part in tail), ZERO)
    return head, Part(None, before, sum((part.now for part in tail), ZERO))


def movers(found: list[Part], most: int = 3) -> list[Part]:
    """Give those who moved the whole in the direction in which it went.

    Those who moved it the other way are left out, and so is what belongs to nobody.

    >>> of = [Part("a", Decimal(9), ZERO), Part("b", ZERO, Decimal(5)),
    ...       Part(None, Decimal(3), ZERO), Part("c", Decimal(1), ZERO)]
    >>> [part.key for part in movers(of)]
    ['a', 'c']
    >>> movers([])
    []
    """
    whole = sum((part.change for part in found), ZERO)
    same = [part for part in found if part.change * whole > 0 and part.key is not None]
    return same[:most]


def spans(day: date, size: str) -> tuple[tuple[date, date], tuple[date, date]]:
    """Give the last week or month that was over on a day, and the one before it.

    >>> now, before = spans(date(2026, 3, 4), "week")
    >>> [str(one) for one in now], [str(one) for one in before]
    (['2026-02-23', '2026-03-01'], ['2026-02-16', '2026-02-22'])
    >>> now, before = spans(date(2026, 3, 31), "month")
    >>> [str(one) for one in now], [str(one) for one in before]
    (['2026-02-01', '2026-02-28'], ['2026-01-01', '2026-01-31'])
    """
    begun = (
        day - timedelta(days=day.weekday()) if size == "week" else day.replace(day=1)
    )
    first = _begin_before(begun, size)
    now = first, begun - timedelta(days=1)
    return now, (_begin_before(first, size), first - timedelta(days=1))


def _begin_before(begun: date, size: str) -> date:
    if size == "week":
        return begun - timedelta(weeks=1)
    return (begun - timedelta(days=1)).replace(day=1)
