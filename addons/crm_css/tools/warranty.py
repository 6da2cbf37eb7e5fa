"""How long a warranty runs: exact with month ends, leap years and extensions."""

from calendar import monthrange
from datetime import date, timedelta
from typing import NamedTuple


class Grant(NamedTuple):
    """A warranty that was given on one item.

    :param start: the day from which it is counted: of the delivery, for example; for an
        extension the day on which it was sold
    :param months: for how many months
    :param prolongs: whether it is an extension, which begins where the others end
    """

    start: date
    months: int
    prolongs: bool = False


class Period(NamedTuple):
    """The first and the last day on which a warranty covers."""

    start: date
    end: date


def add_months(day: date, months: int) -> date:
    """Give the same day of another month, or the last one of a shorter month.

    >>> add_months(date(2024, 1, 15), 24)
    datetime.date(2026, 1, 15)
    >>> add_months(date(2024, 1, 31), 1), add_months(date(2023, 1, 31), 1)
    (datetime.date(2024, 2, 29), datetime.date(2023, 2, 28))
    >>> add_months(date(2024, 2, 29), 12), add_months(date(2024, 2, 29), 48)
    (datetime.date(2025, 2, 28), datetime.date(2028, 2, 29))
    >>> add_months(date(2024, 11, 30), 3)
    datetime.date(2025, 2, 28)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def periods(grants: list[Grant]) -> list[Period]:
    """Give the days that each grant covers, in the order in which they came.

    The day of the start is not counted: two years from 3 May 2024 end with 3 May 2026.

    >>> periods([Grant(date(2024, 5, 3), 24)])
    [Period(start=datetime.date(2024, 5, 3), end=datetime.date(2026, 5, 3))]

    An extension begins on the day after the longest of the others. Its months are
    counted on from where that one began, so that the short month between costs nothing:
    six and six months from 31 August are a year, not a year less three days.

    >>> base, more = Grant(date(2024, 8, 31), 6), Grant(date(2024, 9, 1), 6, True)
    >>> [str(period.end) for period in periods([base, more])]
    ['2025-02-28', '2025-08-31']
    >>> str(periods([base, more])[1].start)
    '2025-03-01'

    Extensions follow each other as they were sold. One that is sold too late, or alone,
    begins when it is sold.

    >>> late = Grant(date(2026, 1, 10), 12, True)
    >>> [str(period.end) for period in periods([late, more, base])]
    ['2027-01-10', '2025-08-31', '2025-02-28']
    >>> [str(day) for day in periods([late])[0]]
    ['2026-01-10', '2027-01-10']
    >>> periods([])
    []
    """
    found: dict[int, Period] = {}
    start, months, end = None, 0, None
    for index, grant in enumerate(grants):
        if not grant.prolongs:
            last = add_months(grant.start, grant.months)
            found[index] = Period(grant.start, last)
            if end is None or last > end:
                start, months, end = grant.start, grant.months, last
    sold = [index for index, grant in enumerate(grants) if grant.prolongs]
    for index in sorted(sold, key=lambda index: grants[index].start):
        grant = grants[index]
        if end is None or end < grant.start:
            first, start, months = grant.start, grant.start, 0
        else:
            first = end + timedelta(days=1)
        months += grant.months
        end = add_months(start, months)
        found[index] = Period(first, end)
    return [found[index] for index in range(len(grants))]
