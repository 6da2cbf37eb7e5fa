"""What sales earn: tiers, corrections of what was earned before, and periods."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from odoo.addons.crm_sfa.tools.quota import MONTHS, QUARTER, next_month

SIZES = {"month": MONTHS, "quarter": QUARTER}


class Tier(NamedTuple):
    """A rate in percent for what lies between two amounts; the last is open."""

    start: float
    end: float | None
    rate: float
    id: int | None = None


class Fact(NamedTuple):
    """What a document is worth for a person now, of the goods of one rate."""

    user: int
    is_override: bool
    order: int | None
    move: int | None
    reversed: int | None
    day: date
    rate: int | None
    share: float
    base: float
    unrated: bool
    plan: int | None = None

    @property
    def document(self) -> int:
        return self.move or self.order

    @property
    def key(self) -> tuple[bool, int]:
        return (self.is_override, self.document)

    @property
    def reversed_key(self) -> tuple[bool, int] | None:
        return (self.is_override, self.reversed) if self.reversed else None


class Earned(NamedTuple):
    """What a document earned in statements that are closed.

    ``net_*`` has the corrections in it, ``clawed_*`` what credit notes took back.
    """

    base: float
    amount: float
    net_base: float
    net_amount: float
    clawed_base: float = 0.0
    clawed_amount: float = 0.0
    origin: int | None = None
    is_recent: bool = True
    plan: int | None = None

    def value_of(self, delta: float) -> float:
        """Value a change of the base as the document earned at first.

        >>> Earned(300, 12, 300, 12).value_of(-100)
        -4.0

        What vanishes as a whole takes back all that is left, to the cent.

        >>> Earned(300, 10.01, 200, 6.68).value_of(-200)
        -6.68
        """
        if abs(self.net_base + delta) < 1e-6:
            return -self.net_amount
        return self.amount * delta / self.base if self.base else 0.0

    def changed(self, delta: float, amount: float) -> "Earned":
        return self._replace(
            net_base=self.net_base + delta, net_amount=self.net_amount + amount
        )

    def claw(self, base: float) -> float:
        """Give what a credit note over so much takes back: never more than is left.

        >>> Earned(300, 12, 300, 12).claw(150)
        -6.0
        >>> Earned(300, 12, 300, 12, -200, -8).claw(150)
        -4
        >>> Earned(300, 12, 0, 0).claw(150)
        0.0
        """
        left, amount = (
            self.net_base + self.clawed_base,
            (self.net_amount + self.clawed_amount),
        )
        if left <= 1e-6:
            return 0.0
        if base >= left - 1e-6:
            return -amount
        return -amount * base / left


def period_of(day: date, size: str) -> tuple[date, date]:
    """Give the month or quarter of a day.

    >>> [str(day) for day in period_of(date(2026, 8, 20), "quarter")]
    ['2026-07-01', '2026-09-30']
    >>> [str(day) for day in period_of(date(2026, 8, 20), "month")]
    ['2026-08-01', '2026-08-31']
    """
    months = SIZES[size]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return first, next_month(first, months) - timedelta(days=1)


def periods_between(first: date, last: date, size: str) -> list[tuple[date, date]]:
    """Give the periods from that of one day to that of another.

    >>> [a.month for a, b in periods_between(
    ...     date(2026, 11, 5), date(2027, 1, 1), "month")]
    [11, 12, 1]
    """
    found, period = [], period_of(first, size)
    while period[0] <= last:
        found.append(period)
        period = period_of(period[1] + timedelta(days=1), size)
    return found


def tier_problem(tiers: Sequence[Tier]) -> tuple[str, float, float] | None:
    """Name what is wrong with tiers in order, and between which amounts.

    >>> tier_problem([Tier(0, 100, 1), Tier(100, None, 2)])
    >>> tier_problem([Tier(0, 100, 1), Tier(120, None, 2)])
    ('gap', 100, 120)
    >>> tier_problem([Tier(0, 100, 1), Tier(90, None, 2)])
    ('overlap', 90, 100)
    >>> tier_problem([Tier(0, None, 1), Tier(90, None, 2)])
    ('open', 0, 90)
    >>> tier_problem([Tier(50, None, 1)])
    ('gap', 0, 50)
    >>> tier_problem([Tier(0, 100, 1)])
    ('closed', 0, 100)
    >>> tier_problem([Tier(0, 0, 1), Tier(0, None, 1)])
    ('empty', 0, 0)
    """
    if tiers[0].start > 0:
        return "gap", 0, tiers[0].start
    for tier in tiers:
        if tier.end is not None and tier.end <= tier.start:
            return "empty", tier.start, tier.end
    for low, high in pairwise(tiers):
        if low.end is None:
            return "open", low.start, high.start
        if low.end < high.start:
            return "gap", low.end, high.start
        if low.end > high.start:
            return "overlap", high.start, low.end
    last = tiers[-1]
    return None if last.end is None else ("closed", last.start, last.end)


def tier_of(total: float, tiers: Sequence[Tier]) -> Tier:
    """Give the tier in which a total lies; its lower bound belongs to it.

    >>> tiers = [Tier(0, 100, 1), Tier(100, None, 2)]
    >>> [tier_of(total, tiers).rate for total in (-5, 99.99, 100)]
    [1, 1, 2]
    """
    reached = [tier for tier in tiers if tier.start <= total]
    return reached[-1] if reached else tiers[0]


def tier_parts(
    start: float, amount: float, tiers: Sequence[Tier]
) -> list[tuple[Tier, float]]:
    """Cut an amount that comes on top of a sum at the bounds of the tiers.

    What is taken away again leaves the highest tiers first.

    >>> tiers = [Tier(0, 100, 1), Tier(100, 200, 2), Tier(200, None, 3)]
    >>> [(tier.rate, part) for tier, part in tier_parts(50, 200, tiers)]
    [(1, 50), (2, 100), (3, 50)]
    >>> [(tier.rate, part) for tier, part in tier_parts(120, -150, tiers)]
    [(1, -130), (2, -20)]
    >>> tier_parts(0, 0, tiers)
    []
    >>> [tier.rate for tier, part in tier_parts(99.99999999999, 50, tiers)]
    [2]
    """
    low, high = min(start, start + amount), max(start, start + amount)
    sign, parts = (1 if amount >= 0 else -1), []
    for at, tier in enumerate(tiers):
        bottom = low if at == 0 else max(low, tier.start)
        top = high if tier.end is None else min(high, tier.end)
        if top - bottom > 1e-6:
            parts.append((tier, sign * (top - bottom)))
    return parts


def multiplier_at(attainment: float | None, steps: Iterable[tuple[float, float]]):
    """Give the multiplier of the highest step that is attained, else 1.

    >>> multiplier_at(112, [(100, 1.2), (120, 1.5)])
    1.2
    >>> multiplier_at(99.9, [(100, 1.2)]), multiplier_at(None, [(100, 1.2)])
    (1.0, 1.0)
    """
    if attainment is None:
        return 1.0
    reached = [step for step in sorted(steps) if step[0] <= attainment]
    return reached[-1][1] if reached else 1.0
