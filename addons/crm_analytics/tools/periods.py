"""Periods that a history is cut into, and the span that an analysis looks at."""

from datetime import date

from dateutil.relativedelta import relativedelta

STEPS = {
    "week": relativedelta(weeks=1),
    "month": relativedelta(months=1),
    "quarter": relativedelta(months=3),
}


def span(today: date, months: int) -> tuple[date, date]:
    """Give the last full months before today, or for 0 the current year up to today.

    >>> span(date(2026, 11, 22), 12)
    (datetime.date(2025, 11, 1), datetime.date(2026, 10, 31))
    >>> span(date(2026, 11, 22), 0)
    (datetime.date(2026, 1, 1), datetime.date(2026, 11, 22))
    """
    if not months:
        return today.replace(month=1, day=1), today
    after = today.replace(day=1)
    return after - relativedelta(months=months), after - relativedelta(days=1)


def borders(first: date, last: date, step: str) -> list[date]:
    """Give where the full periods of a span begin, and the day after the last of them.

    >>> borders(date(2026, 1, 1), date(2026, 3, 30), "month")
    [datetime.date(2026, 1, 1), datetime.date(2026, 2, 1), datetime.date(2026, 3, 1)]
    >>> len(borders(date(2026, 1, 1), date(2026, 12, 31), "week"))
    53
    """
    after = last + relativedelta(days=1)
    days = [first]
    # Counted from the first day, or months of 31 days would wander.
    while (day := first + STEPS[step] * len(days)) <= after:
        days.append(day)
    return days
