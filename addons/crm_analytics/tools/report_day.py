"""On which days a report goes out."""

import calendar
from datetime import date, timedelta


def next_day(after: date, every: str, weekday: int, monthday: int) -> date:
    """Give the first day after another one on which a report goes out.

    A month that has no such day has its last one.

    >>> str(next_day(date(2026, 3, 4), "week", 0, 1))
    '2026-03-09'
    >>> str(next_day(date(2026, 3, 9), "week", 0, 1))
    '2026-03-16'
    >>> str(next_day(date(2026, 1, 31), "month", 0, 31))
    '2026-02-28'
    >>> str(next_day(date(2026, 1, 3), "month", 0, 4))
    '2026-01-04'
    >>> str(next_day(date(2026, 12, 31), "month", 0, 31))
    '2027-01-31'
    """
    if every == "week":
        return after + timedelta(days=(weekday - after.weekday() - 1) % 7 + 1)
    this = _in_month(after.year, after.month, monthday)
    if this > after:
        return this
    following = after.replace(day=1) + timedelta(days=32)
    return _in_month(following.year, following.month, monthday)


def _in_month(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))
