"""The day of a step, counted in somebody's working days."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date, timedelta


def window(start: date, days: int) -> tuple[date, date]:
    """Give the first and last day among which the working days are to be looked up.

    Half of the days may be free, and holidays may last for weeks.

    >>> window(date(2026, 6, 1), 3)
    (datetime.date(2026, 6, 1), datetime.date(2026, 8, 6))
    >>> window(date(2026, 6, 1), -3)
    (datetime.date(2026, 3, 27), datetime.date(2026, 7, 31))
    """
    reach = timedelta(days=2 * abs(days) + 60)
    last = start + (reach if days >= 0 else timedelta(days=60))
    return (start if days >= 0 else start - reach), last


def shift(start: date, days: int, working: Sequence[date]) -> date:
    """Give the day so many working days after another one, or before it.

    On day 0 it is the day itself if it is one, or else the next. Where nobody knows
    of enough working days, all days count.

    :param working: the working days around, in order

    >>> week = [date(2026, 6, day) for day in (1, 2, 3, 4, 5, 8, 9)]
    >>> friday, saturday = date(2026, 6, 5), date(2026, 6, 6)
    >>> shift(friday, 0, week), shift(saturday, 0, week), shift(friday, 1, week)
    (datetime.date(2026, 6, 5), datetime.date(2026, 6, 8), datetime.date(2026, 6, 8))
    >>> shift(saturday, -2, week), shift(friday, 9, week)
    (datetime.date(2026, 6, 4), datetime.date(2026, 6, 14))
    """
    if days > 0:
        place = bisect_right(working, start) + days - 1
    else:
        place = bisect_left(working, start) + days
    if 0 <= place < len(working):
        return working[place]
    return start + timedelta(days=days)
