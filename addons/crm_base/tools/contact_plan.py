"""Contacts put into the free time of employees."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta, tzinfo

import pytz

Interval = tuple[datetime, datetime]


def subtract(free: Iterable[Interval], busy: Iterable[Interval]) -> list[Interval]:
    """Give what is left of some times without others; those may overlap.

    >>> subtract([(9, 12), (13, 17)], [(8, 10), (11, 14), (13, 14)])
    [(10, 11), (14, 17)]
    """
    left = list(free)
    for begin, end in busy:
        left = [
            part
            for start, stop in left
            for part in ((start, min(stop, begin)), (max(start, end), stop))
            if part[0] < part[1]
        ]
    return left


class Diary:
    """The free time of one employee, from which contacts are booked.

    :param free: when the employee can be booked, in UTC without a zone, in order
    :param most: how many contacts a day
    :param tz: the zone in which the employee's days begin
    :param booked: the contacts that are planned already, by day

    >>> day = datetime(2026, 1, 5)
    >>> hour = timedelta(hours=1)
    >>> diary = Diary([(day + 9 * hour, day + 11 * hour)], 5, pytz.utc)
    >>> diary.book([(day, day + 24 * hour)], hour)
    datetime.date(2026, 1, 5)
    >>> diary.book([(day + 10.5 * hour, day + 24 * hour)], hour) is None
    True
    >>> diary.book([(day, day + 24 * hour)], hour)
    datetime.date(2026, 1, 5)
    >>> diary.book([(day, day + 24 * hour)], hour) is None
    True
    """

    def __init__(
        self,
        free: Iterable[Interval],
        most: int,
        tz: tzinfo,
        booked: dict[date, int] | None = None,
    ):
        self.free = list(free)
        self.most = most
        self.tz = tz
        self.booked = Counter(booked or {})

    def book(self, allowed: Iterable[Interval], length: timedelta) -> date | None:
        """Take the first free time of some length within the allowed ones.

        :return: its day, or None if there is none
        """
        for begin, end in allowed:
            for start, stop in self.free:
                start = max(start, begin)
                if start + length > min(stop, end):
                    continue
                day = self._day(start)
                if self.booked[day] < self.most:
                    self.free = subtract(self.free, [(start, start + length)])
                    self.booked[day] += 1
                    return day
        return None

    def _day(self, moment: datetime) -> date:
        return pytz.utc.localize(moment).astimezone(self.tz).date()
