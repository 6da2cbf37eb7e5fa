"""The periods of the boards: whole months, the ones before them, and the year before.

Shares and changes that the boards show are made here too.
"""

from datetime import date, timedelta
from typing import NamedTuple

from odoo.addons.crm_sfa.tools.quota import months, next_month

EARLIEST, LATEST = date(1990, 1, 1), date(2099, 12, 31)
# Five years; a longer period has no year before that says anything.
MOST_MONTHS = 60


class Span(NamedTuple):
    """Whole months, by their first and last day.

    >>> span = Span(date(2026, 1, 1), date(2026, 3, 31))
    >>> len(span.months), span.before.first.isoformat(), span.year_before.first.year
    (3, '2025-10-01', 2025)
    >>> span.before.last.isoformat(), span.year_before.last.isoformat()
    ('2025-12-31', '2025-03-31')
    """

    first: date
    last: date

    @property
    def months(self) -> list[date]:
        return months(self.first, self.last)

    def moved(self, count: int) -> "Span":
        """Give the same number of months, that many earlier or later.

        >>> Span(date(2024, 2, 1), date(2024, 2, 29)).moved(-12).last.isoformat()
        '2023-02-28'
        """
        return Span(
            next_month(self.first, count),
            next_month(self.last, count + 1) - timedelta(days=1),
        )

    @property
    def before(self) -> "Span":
        return self.moved(-len(self.months))

    @property
    def year_before(self) -> "Span":
        return self.moved(-12)


def whole(first: date, last: date) -> Span | None:
    """Give the whole months that two days lie in; None for what is no period.

    >>> whole(date(2026, 2, 10), date(2026, 2, 11)).last.isoformat()
    '2026-02-28'
    >>> whole(date(2026, 2, 10), date(2026, 1, 1)) is None
    True
    >>> whole(date(2026, 1, 1), date(9999, 12, 31)) is None
    True
    >>> whole(date(2020, 1, 1), date(2025, 1, 1)) is None
    True
    """
    if not EARLIEST <= first <= last <= LATEST:
        return None
    span = Span(first.replace(day=1), next_month(last) - timedelta(days=1))
    return span if len(span.months) <= MOST_MONTHS else None


def ending(today: date, count: int) -> Span:
    """Give so many months, of which that of a day is the last.

    >>> ending(date(2026, 5, 20), 12).first.isoformat()
    '2025-06-01'
    """
    return Span(next_month(today, 1 - count), next_month(today) - timedelta(days=1))


def choices(today: date) -> dict[str, Span]:
    """Give the periods to choose from. One that is not over ends with this month, for
    it is compared with as many months.

    >>> for key, span in choices(date(2026, 5, 20)).items():
    ...     print(key, span.first, span.last)
    month 2026-05-01 2026-05-31
    last_month 2026-04-01 2026-04-30
    quarter 2026-04-01 2026-05-31
    year 2026-01-01 2026-05-31
    last_year 2025-01-01 2025-12-31
    twelve 2025-06-01 2026-05-31
    """
    january = date(today.year, 1, 1)
    return {
        "month": ending(today, 1),
        "last_month": ending(today, 1).moved(-1),
        "quarter": ending(today, (today.month - 1) % 3 + 1),
        "year": ending(today, today.month),
        "last_year": Span(next_month(january, -12), january - timedelta(days=1)),
        "twelve": ending(today, 12),
    }


def percent(part: float | None, whole_: float | None) -> float | None:
    """Give a part of a whole in percent; of nothing there is none.

    >>> percent(1, 3), percent(1, 0), percent(None, 2)
    (33.3, None, None)
    """
    return None if part is None or not whole_ else round(100 * part / whole_, 1)


def quotient(part: float, whole_: float) -> float | None:
    """Divide; by nothing there is no quotient.

    >>> quotient(10, 4), quotient(10, 0)
    (2.5, None)
    """
    return part / whole_ if whole_ else None
