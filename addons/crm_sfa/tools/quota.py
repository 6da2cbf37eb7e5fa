"""Periods made of months, and amounts shared so that the parts equal the whole."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import NamedTuple

MONTHS, QUARTER = 1, 3


class Slice(NamedTuple):
    """What of the sales counts: who sold, where, which goods, when.

    ``territory`` and ``category`` are paths; what lies below them counts too. What is
    empty does not limit.
    """

    metric: str
    company: int
    user: int | None
    team: int | None
    territory: str | None
    category: str | None
    date_from: date
    date_to: date


def next_month(day: date, count: int = 1) -> date:
    """Give the first day of the month that many months on.

    >>> next_month(date(2026, 11, 20), 2)
    datetime.date(2027, 1, 1)
    >>> next_month(date(2026, 1, 1), -1)
    datetime.date(2025, 12, 1)
    """
    number = day.year * 12 + day.month - 1 + count
    return date(number // 12, number % 12 + 1, 1)


def is_whole_months(date_from: date, date_to: date) -> bool:
    """Tell whether a period begins and ends with a month.

    >>> is_whole_months(date(2026, 1, 1), date(2026, 2, 28))
    True
    >>> is_whole_months(date(2026, 1, 1), date(2026, 2, 27))
    False
    """
    ends = (date_to + timedelta(days=1)).day == 1
    return date_from.day == 1 and ends and date_from <= date_to


def months(date_from: date, date_to: date) -> list[date]:
    """Give the first days of the months of a period.

    >>> [day.month for day in months(date(2026, 11, 1), date(2027, 1, 31))]
    [11, 12, 1]
    """
    days, day = [], date_from.replace(day=1)
    while day <= date_to:
        days.append(day)
        day = next_month(day)
    return days


def periods(date_from: date, date_to: date, size: int) -> list[tuple[date, date]]:
    """Cut a period at the bounds of months or calendar quarters.

    >>> [(a.month, b.month) for a, b in periods(
    ...     date(2026, 2, 1), date(2026, 12, 31), QUARTER)]
    [(2, 3), (4, 6), (7, 9), (10, 12)]
    """
    starts = [
        day
        for day in months(date_from, date_to)
        if day == date_from or (day.month - 1) % size == 0
    ]
    starts.append(date_to + timedelta(days=1))
    return [(first, after - timedelta(days=1)) for first, after in pairwise(starts)]


def share_out(total: float, weights: Sequence[float], step: float) -> list[float]:
    """Share a total by weights, in whole steps, so that the parts add up to it.

    What rounding leaves over goes to those who lost most by it. Weights below zero
    count as none; if all are none, everybody gets as much.

    >>> share_out(100, [1, 1, 1], 0.01)
    [33.34, 33.33, 33.33]
    >>> share_out(10, [3, -5, 1], 1)
    [8.0, 0.0, 2.0]
    >>> share_out(7, [0, 0], 1)
    [4.0, 3.0]
    >>> share_out(5, [], 1)
    []
    """
    if not weights:
        return []
    unit = Decimal(str(step))
    exact = [Decimal(str(max(weight or 0, 0))) for weight in weights]
    if not sum(exact):
        exact = [Decimal(1)] * len(weights)
    steps = (Decimal(str(total)) / unit).to_integral_value(ROUND_HALF_UP)
    wanted = [steps * weight / sum(exact) for weight in exact]
    parts = [int(part) for part in wanted]
    left = int(steps) - sum(parts)
    by_loss = sorted(range(len(parts)), key=lambda at: parts[at] - wanted[at])
    for at in by_loss[:left]:
        parts[at] += 1
    return [float(part * unit) for part in parts]


def by_days(date_from: date, date_to: date) -> dict[date, float]:
    """Give each month of a period the share of its days.

    >>> shares = by_days(date(2026, 1, 1), date(2026, 2, 28))
    >>> round(shares[date(2026, 2, 1)], 3)
    0.475
    """
    days = {day: (next_month(day) - day).days for day in months(date_from, date_to)}
    return {day: count / sum(days.values()) for day, count in days.items()}


def elapsed(weights: dict[date, float], today: date) -> float | None:
    """Give the share of a period that is over with today, by the weights of months.

    The month that runs counts by its days. Without any weight there is no answer.

    >>> year = dict.fromkeys(months(date(2026, 1, 1), date(2026, 4, 30)), 1.0)
    >>> elapsed(year, date(2026, 2, 28))
    0.5
    >>> elapsed(year | {date(2026, 4, 1): 5.0}, date(2026, 3, 31))
    0.375
    >>> elapsed(year, date(2025, 12, 31)), elapsed(year, date(2027, 1, 1))
    (0.0, 1.0)
    >>> elapsed({date(2026, 1, 1): 0.0}, date(2026, 1, 5)) is None
    True
    """
    total = sum(max(weight, 0) for weight in weights.values())
    if total <= 0:
        return None
    done = 0.0
    for first, weight in weights.items():
        after = next_month(first)
        past = min(max((today - first).days + 1, 0), (after - first).days)
        done += max(weight, 0) * past / (after - first).days
    return done / total
