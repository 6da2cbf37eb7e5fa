"""Working time, who had to act in it, and which promise of service holds.

All moments are in UTC without a zone. What a calendar means in its own time zone
(lunch breaks, holidays, the days when the clocks change) is settled by who gives the
working intervals; from there on it is plain addition.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

Interval = tuple[datetime, datetime]

# As much of a calendar is read at a time.
CHUNK = timedelta(days=92)
# A deadline farther ahead than this is none.
HORIZON = timedelta(days=3653)
NOTHING = timedelta()


def tidy(intervals: Iterable[Interval]) -> list[Interval]:
    """Round working intervals to whole minutes, and join those that touch.

    A day of a calendar ends at 23:59:59.999999 and a leave at 23:59:59. Both mean
    midnight, and around the clock there is no gap between two days.

    >>> day = datetime(2026, 3, 2)
    >>> end = day.replace(hour=23, minute=59, second=59, microsecond=999999)
    >>> for start, stop in tidy([(day, end), (day + timedelta(days=1), end)]):
    ...     print(start, stop)
    2026-03-02 00:00:00 2026-03-03 00:00:00
    """
    joined: list[Interval] = []
    for interval in intervals:
        start, stop = map(_whole_minute, interval)
        if start >= stop:
            continue
        if joined and start <= joined[-1][1]:
            start, stop = joined[-1][0], max(stop, joined.pop()[1])
        joined.append((start, stop))
    return joined


def _whole_minute(moment: datetime) -> datetime:
    half = moment + timedelta(seconds=30)
    return half.replace(second=0, microsecond=0)


class WorkTime:
    """The working time of a calendar: a scale on which moments are measured.

    The position of a moment is the working time that has passed until then. So the
    time between two moments is a difference, and a deadline is the moment at a
    position. The calendar is read piece by piece, as far as somebody asks.

    :param load: gives the working intervals of a period, in order and apart
    :param since: no earlier moment will be asked for

    From 8 to 12 and from 13 to 17 o'clock on a Monday and a Tuesday:

    >>> def at(day, hour, minute=0):
    ...     return datetime(2026, 3, day, hour, minute)
    >>> hour = timedelta(hours=1)
    >>> week = [(at(2, 8), at(2, 12)), (at(2, 13), at(2, 17)),
    ...         (at(3, 8), at(3, 12)), (at(3, 13), at(3, 17))]
    >>> work = WorkTime(
    ...     lambda start, stop: [i for i in week if start <= i[0] < stop], at(1, 0))

    The break does not count, nor does the night:

    >>> print(work.between(at(2, 11), at(2, 14)), work.between(at(2, 16), at(3, 9)))
    2:00:00 2:00:00
    >>> print(work.add(at(2, 11), 2 * hour), work.add(at(2, 16), 2 * hour))
    2026-03-02 14:00:00 2026-03-03 09:00:00

    What ends with the day is due at its end, not on the next morning:

    >>> print(work.add(at(2, 13), 4 * hour))
    2026-03-02 17:00:00

    Before the day begins, and in the break, no time passes:

    >>> print(work.add(at(2, 3), hour), work.add(at(2, 12, 30), hour))
    2026-03-02 09:00:00 2026-03-02 14:00:00
    >>> work.add(at(2, 8), 99 * hour) is None
    True
    """

    def __init__(
        self, load: Callable[[datetime, datetime], Iterable[Interval]], since: datetime
    ):
        self._load = load
        # Not in the middle of an interval, which would be cut off at the minute.
        self._read_to = since.replace(hour=0, minute=0, second=0, microsecond=0)
        self._end = since + HORIZON
        self._starts: list[datetime] = []
        self._stops: list[datetime] = []
        # The position of the end of each interval.
        self._positions: list[timedelta] = []

    def between(self, start: datetime, stop: datetime) -> timedelta:
        """Give the working time between two moments."""
        return self.position(stop) - self.position(start) if start < stop else NOTHING

    def add(self, start: datetime, length: timedelta) -> datetime | None:
        """Give the moment when so much working time will have passed, if ever."""
        if not length:
            return start
        target = self.position(start) + length
        while not self._positions or self._positions[-1] < target:
            if not self._read_on():
                return None
        number = bisect_left(self._positions, target)
        return self._stops[number] - (self._positions[number] - target)

    def position(self, moment: datetime) -> timedelta:
        while self._read_to < moment and self._read_on():
            pass
        number = bisect_right(self._starts, moment) - 1
        if number < 0:
            return NOTHING
        left = self._stops[number] - moment
        passed = self._positions[number]
        return passed - left if left > NOTHING else passed

    def _read_on(self) -> bool:
        if self._read_to >= self._end:
            return False
        start, self._read_to = self._read_to, self._read_to + CHUNK
        total = self._positions[-1] if self._positions else NOTHING
        for begin, end in self._load(start, self._read_to):
            total += end - begin
            self._starts.append(begin)
            self._stops.append(end)
            self._positions.append(total)
        return True


class Turn(NamedTuple):
    """A time in which we had to act, and the working time that counts in it.

    :param stop: empty while it lasts
    """

    work: WorkTime
    start: datetime
    stop: datetime | None


class Reading(NamedTuple):
    """What a clock shows.

    :param used: the working time of the turns, as far as it is counted
    :param reached: when each mark was or will be reached; empty if it is not our turn
    """

    used: timedelta
    reached: list[datetime | None]


def read(
    turns: Iterable[Turn], marks: Sequence[timedelta], until: datetime | None = None
) -> Reading:
    """Read a clock: add up our turns, and tell when that reaches each mark.

    :param until: count the time of a turn that lasts up to this moment; without it,
        such a turn adds nothing yet

    A ticket of Monday at 10, for which we have four hours. The customer had to act
    from 11 on; at 16 it was our turn again, and one hour was used:

    >>> around_the_clock = WorkTime(lambda *period: [period], datetime(2026, 3, 2))
    >>> monday = [datetime(2026, 3, 2, hour) for hour in (10, 11, 16)]
    >>> first = Turn(around_the_clock, *monday[:2])
    >>> again = Turn(around_the_clock, monday[2], None)
    >>> marks = [timedelta(hours=2), timedelta(hours=4)]
    >>> reading = read([first, again], marks)
    >>> print(reading.used, *reading.reached)
    1:00:00 2026-03-02 17:00:00 2026-03-02 19:00:00

    At half past four half an hour more is used:

    >>> print(read([first, again], marks, datetime(2026, 3, 2, 16, 30)).used)
    1:30:00

    While the customer has to act, nothing is due:

    >>> read([first], marks).reached
    [None, None]
    """
    used = NOTHING
    reached: list[datetime | None] = [None] * len(marks)
    for work, start, stop in turns:
        spent = work.between(start, stop) if stop else None
        for number, mark in enumerate(marks):
            in_this_turn = spent is None or used + spent >= mark
            if in_this_turn and reached[number] is None:
                reached[number] = work.add(start, mark - used)
        if spent is None and until:
            spent = work.between(start, until)
        used += spent or NOTHING
    return Reading(used, reached)


class Facts(NamedTuple):
    """What decides which policies a ticket falls under; empty values are 0 or ''.

    :param territories: the territory and all those that it is a part of
    """

    company: int
    team: int
    type: int
    severity: str
    value_class: str
    level: int
    product: int
    territories: frozenset[int]


class Rule(NamedTuple):
    """A service level policy, as far as the choice among policies needs it.

    What is empty holds for any ticket.

    :param targets: hours by kind of clock, none for what is not promised
    """

    id: int
    sequence: int
    company: int
    teams: frozenset[int]
    types: frozenset[int]
    severities: frozenset[str]
    classes: frozenset[str]
    levels: frozenset[int]
    products: frozenset[int]
    territories: frozenset[int]
    targets: dict[str, float]
    calendar: int
    tz: str
    warn_first: float
    warn_second: float

    def applies(self, facts: Facts) -> bool:
        """Tell whether a ticket falls under the policy.

        >>> anybody = Rule(1, 10, 0, *[frozenset()] * 7, {}, 0, "", 0, 0)
        >>> facts = Facts(1, 7, 0, "3", "a", 0, 0, frozenset({4, 9}))
        >>> anybody.applies(facts)
        True
        >>> anybody._replace(teams=frozenset({7, 8})).applies(facts)
        True
        >>> anybody._replace(levels=frozenset({5})).applies(facts)
        False
        >>> anybody._replace(territories=frozenset({9})).applies(facts)
        True
        """
        wanted = (
            (self.teams, facts.team),
            (self.types, facts.type),
            (self.severities, facts.severity),
            (self.classes, facts.value_class),
            (self.levels, facts.level),
            (self.products, facts.product),
        )
        return (
            self.company in (0, facts.company)
            and all(not values or value in values for values, value in wanted)
            and (not self.territories or bool(self.territories & facts.territories))
        )


def strictest(candidates: Iterable[tuple[Rule, datetime | None]]) -> Rule | None:
    """Give the policy whose deadline comes first; of equal ones the first in order.

    >>> gold = Rule(1, 20, 0, *[frozenset()] * 7, {}, 0, "", 0, 0)
    >>> any_day, soon = gold._replace(id=2, sequence=10), datetime(2026, 3, 2)
    >>> strictest([(any_day, datetime(2026, 3, 3)), (gold, soon)]).id
    1
    >>> strictest([(gold, soon), (any_day, soon)]).id
    2
    >>> strictest([(gold, None), (any_day, soon)]).id
    2
    """
    ranked = [
        (deadline or datetime.max, rule.sequence, rule.id, rule)
        for rule, deadline in candidates
    ]
    return min(ranked)[-1] if ranked else None


def done_at(work: WorkTime, now: datetime, place: int, pace: float) -> datetime | None:
    """Tell when the queue's so-manieth item will be done, at a pace per working hour.

    >>> work = WorkTime(lambda *period: [period], datetime(2026, 3, 2))
    >>> print(done_at(work, datetime(2026, 3, 2, 9), place=3, pace=2))
    2026-03-02 10:30:00

    Where nothing was done in the last days, nothing will be:

    >>> done_at(work, datetime(2026, 3, 2, 9), place=1, pace=0) is None
    True
    """
    if not pace:
        return None
    return work.add(now, timedelta(seconds=round(3600 * place / pace)))
