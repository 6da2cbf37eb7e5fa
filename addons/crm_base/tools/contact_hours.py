"""The hours of the week at which somebody may be contacted."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

import pytz


class Hours(NamedTuple):
    """From ``start`` to ``stop`` o'clock on some days of the week, Monday being 0.

    The hours are those of a clock on a wall, so they hold in summer and in winter.
    """

    start: float
    stop: float
    weekdays: frozenset[int]

    def hold(self, moment: datetime) -> bool:
        """Tell whether a moment of local time lies within.

        >>> office = Hours(9, 18, frozenset(range(5)))
        >>> office.hold(datetime(2026, 1, 5, 9)), office.hold(datetime(2026, 1, 5, 18))
        (True, False)
        >>> office.hold(datetime(2026, 1, 4, 12))  # a Sunday
        False
        """
        minute = moment.hour * 60 + moment.minute
        is_open = round(self.start * 60) <= minute < round(self.stop * 60)
        return is_open and moment.weekday() in self.weekdays

    def within(
        self, first: date, last: date, tz: tzinfo
    ) -> Iterator[tuple[datetime, datetime]]:
        """Give the hours of each day from first to last, in UTC without a zone.

        In Berlin the clocks go forward on Sunday, 29 March 2026:

        >>> office = Hours(9, 18, frozenset(range(5)))
        >>> berlin = pytz.timezone("Europe/Berlin")
        >>> days = office.within(date(2026, 3, 27), date(2026, 3, 30), berlin)
        >>> for start, stop in days:
        ...     print(start, stop)
        2026-03-27 08:00:00 2026-03-27 17:00:00
        2026-03-30 07:00:00 2026-03-30 16:00:00
        """
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            if day.weekday() in self.weekdays:
                yield _moment(day, self.start, tz), _moment(day, self.stop, tz)


def _moment(day: date, hour: float, tz: tzinfo) -> datetime:
    """Give a local hour of a day in UTC; 24 is the next midnight."""
    local = datetime.combine(day, time.min) + timedelta(minutes=round(hour * 60))
    return tz.localize(local).astimezone(pytz.utc).replace(tzinfo=None)
