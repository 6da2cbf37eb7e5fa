"""When a contract ends, until when notice can be given, and when to remind of it.

Everything is exact to the day, and computed from the first day of the contract, however
often it was renewed: so a contract of 31 January never drifts to the 28th.
"""

from calendar import monthrange
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

DAY = timedelta(days=1)
DAYS = {"day": 1, "week": 7}
MONTHS = {"month": 1, "year": 12}
# As many days may lie between a working day and the one before it.
LONGEST_BREAK = 30


class Span(NamedTuple):
    """A length of time in one unit: day, week, month or year."""

    count: int
    unit: str

    @property
    def months(self) -> int:
        """The length in months; 0 where it is counted in days."""
        return self.count * MONTHS.get(self.unit, 0)

    @property
    def days(self) -> int:
        return self.count * DAYS.get(self.unit, 0)


class Period(NamedTuple):
    """From the first to the last day, both within; no last day: open."""

    start: date
    end: date | None


def end_of(start: date, span: Span) -> date:
    """Give the last day of a span that begins on a day.

    A month ends on the day before the one with the same number; where the month has no
    such day, on its last day.

    >>> str(end_of(date(2025, 3, 1), Span(1, "month")))
    '2025-03-31'
    >>> str(end_of(date(2025, 1, 31), Span(1, "month")))
    '2025-02-28'
    >>> str(end_of(date(2024, 2, 29), Span(1, "year")))
    '2025-02-28'
    >>> str(end_of(date(2025, 1, 1), Span(2, "week")))
    '2025-01-14'
    """
    if not span.months:
        return start + timedelta(days=span.days) - DAY
    year, month = _shift(start, span.months)
    if start.day == 1:
        return date(year, month, 1) - DAY
    return date(year, month, min(start.day - 1, monthrange(year, month)[1]))


def last_notice_day(end: date, notice: Span) -> date:
    """Give the last day on which a notice still ends the contract on that day.

    It is counted back from the end. The last day of a month counts back to the last day
    of a month, so that whole months lie between.

    >>> str(last_notice_day(date(2025, 12, 31), Span(3, "month")))
    '2025-09-30'
    >>> str(last_notice_day(date(2025, 11, 30), Span(3, "month")))
    '2025-08-31'
    >>> str(last_notice_day(date(2025, 3, 30), Span(1, "month")))
    '2025-02-28'
    >>> str(last_notice_day(date(2025, 12, 31), Span(30, "day")))
    '2025-12-01'
    """
    if not notice.months:
        return end - timedelta(days=notice.days)
    year, month = _shift(end, -notice.months)
    last = monthrange(year, month)[1]
    if end.day == monthrange(end.year, end.month)[1]:
        return date(year, month, last)
    return date(year, month, min(end.day, last))


def _shift(day: date, months: int) -> tuple[int, int]:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return year, month + 1


@dataclass(frozen=True)
class Terms:
    """What was agreed on how long a contract runs.

    :param first_end: the last day of the first term; without it the contract is open
    :param term: length of the first term, where it was agreed so
    :param renewal: by how much each renewal prolongs it
    :param renewals: how many renewals are agreed
    """

    start: date
    first_end: date | None = None
    term: Span | None = None
    renewal: Span | None = None
    renewals: int = 0

    def end(self, number: int) -> date | None:
        """Give the last day of a period: 0 is the first term, 1 the first renewal.

        >>> terms = Terms(
        ...     date(2025, 1, 31),
        ...     date(2025, 2, 28),
        ...     Span(1, "month"),
        ...     Span(1, "month"),
        ... )
        >>> [str(terms.end(number)) for number in range(4)]
        ['2025-02-28', '2025-03-30', '2025-04-30', '2025-05-30']
        """
        if not number or not self.first_end or not self.renewal:
            return self.first_end
        if self._in_months and self.term and self.renewal.months:
            months = self.term.months + number * self.renewal.months
            return end_of(self.start, Span(months, "month"))
        renewals = Span(number * self.renewal.count, self.renewal.unit)
        return end_of(self.first_end + DAY, renewals)

    @property
    def _in_months(self) -> bool:
        """Tell whether the first term is one of months, not an end that was typed."""
        return bool(
            self.term
            and self.term.months
            and self.first_end == end_of(self.start, self.term)
        )

    def period(self, number: int) -> Period:
        """Give a period; each begins on the day after the one before.

        >>> terms = Terms(date(2025, 1, 1), date(2025, 6, 30), None, Span(1, "year"))
        >>> str(terms.period(1).start), str(terms.period(1).end)
        ('2025-07-01', '2026-06-30')
        """
        before = self.end(number - 1) if number else None
        return Period(before + DAY if before else self.start, self.end(number))

    def period_at(self, day: date) -> Period:
        """Give the period in which a day lies; one after the last agreed end belongs
        to the last period, and one before the start to the first."""
        number = 0
        while number < self.renewals and day > (self.end(number) or date.max):
            number += 1
        return self.period(number)


def window(terms: Terms, per: str, day: date) -> Period:
    """Give the time for which the included hours hold, and in which a day lies.

    :param per: "term" for the contract's own period, or "year" or "month", counted
        from the first day of the contract

    >>> terms = Terms(date(2024, 2, 29), date(2027, 2, 28), Span(3, "year"))
    >>> [str(edge) for edge in window(terms, "year", date(2025, 3, 1))]
    ['2025-03-01', '2026-02-28']
    >>> [str(edge) for edge in window(terms, "month", date(2025, 2, 28))]
    ['2025-01-29', '2025-02-28']
    """
    if per == "term":
        return terms.period_at(day)
    day = max(day, terms.start)
    months = (day.year - terms.start.year) * 12 + day.month - terms.start.month
    number = max(months // MONTHS[per] - 1, 0)
    while day > end_of(terms.start, Span(number + 1, per)):
        number += 1
    before = number and end_of(terms.start, Span(number, per)) + DAY
    return Period(before or terms.start, end_of(terms.start, Span(number + 1, per)))


def earliest_end(
    terms: Terms, notice: Span | None, minimum: date | None, today: date
) -> date | None:
    """Give the day on which the contract ends if notice is given today.

    >>> terms = Terms(
    ...     date(2025, 1, 1), date(2025, 12, 31), Span(1, "year"), Span(1, "year")
    ... )
    >>> three = Span(3, "month")
    >>> str(earliest_end(terms, three, None, date(2025, 9, 30)))
    '2025-12-31'
    >>> str(earliest_end(terms, three, None, date(2025, 10, 1)))
    '2026-12-31'
    >>> str(earliest_end(terms, three, date(2027, 6, 30), date(2025, 9, 30)))
    '2027-12-31'
    """
    number = terms.renewals
    end = terms.end(number)
    while end and terms.renewal:
        latest = last_notice_day(end, notice) if notice else end
        if latest >= today and end >= (minimum or end):
            return end
        number += 1
        end = terms.end(number)
    return end


def parse_distances(text: str) -> list[int]:
    """Read how many days ahead one is reminded, the farthest first.

    >>> parse_distances("7, 30,14 90")
    [90, 30, 14, 7]
    >>> parse_distances("soon")
    Traceback (most recent call last):
    ValueError: invalid literal for int() with base 10: 'soon'
    >>> parse_distances("-3")
    Traceback (most recent call last):
    ValueError: -3
    """
    days = {int(word) for word in text.replace(",", " ").split()}
    if wrong := [day for day in days if not 0 < day <= 1000]:
        raise ValueError(*wrong)
    return sorted(days, reverse=True)


def reminder_days(
    target: date, distances: Iterable[int], is_off: Callable[[date], bool]
) -> dict[int, date]:
    """Give for each distance the day of the reminder: a working day, or else the one
    before, for a deadline on a Sunday is missed by those who look on Monday.

    >>> sunday = date(2025, 8, 31)
    >>> days = reminder_days(sunday, [7, 14], lambda day: day.weekday() > 4)
    >>> {distance: str(day) for distance, day in days.items()}
    {7: '2025-08-22', 14: '2025-08-15'}
    """
    return {
        distance: _working_day(target - timedelta(days=distance), is_off)
        for distance in distances
    }


def _working_day(day: date, is_off: Callable[[date], bool]) -> date:
    for back in range(LONGEST_BREAK):
        if not is_off(day - timedelta(days=back)):
            return day - timedelta(days=back)
    return day


def times_invoiced(period: Period, step: Callable[[int], date]) -> int:
    """Count how often a line is invoiced in a period.

    :param step: gives the first day of the n-th invoice
    """
    number = 1
    while period.end and step(number) <= period.end:
        number += 1
    return number
