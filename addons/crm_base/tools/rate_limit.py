"""How often a visitor may do something."""

import time
from collections.abc import Hashable


class RateLimit:
    """So many times within so many seconds, for each visitor.

    It is kept in the memory of one server process and nowhere else: no address of a
    visitor is stored. With several processes the limit is that many times higher, which
    still stops a machine.

    >>> limit = RateLimit(times=2, seconds=60)
    >>> [limit.allows("a", now) for now in (0, 1, 2, 59)]
    [True, True, False, False]
    >>> limit.allows("b", 3), limit.allows("a", 61)
    (True, True)

    Its memory is bounded: who came first is forgotten first.

    >>> small = RateLimit(times=1, seconds=60, visitors=2)
    >>> [small.allows(name, 0) for name in "abc"], len(small._seen)
    ([True, True, True], 2)
    """

    def __init__(self, times: int, seconds: int, visitors: int = 10_000):
        self.times, self.seconds, self.visitors = times, seconds, visitors
        self._seen: dict[Hashable, tuple[float, int]] = {}

    def allows(self, visitor: Hashable, now: float | None = None) -> bool:
        now = time.monotonic() if now is None else now
        start, count = self._seen.pop(visitor, (now, 0))
        if now - start >= self.seconds:
            start, count = now, 0
        self._seen[visitor] = (start, count + 1)
        while len(self._seen) > self.visitors:
            self._seen.pop(next(iter(self._seen)), None)
        return count < self.times
