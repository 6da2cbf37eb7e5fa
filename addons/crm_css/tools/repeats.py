"""When something happens too often."""

from collections.abc import Iterable
from datetime import date, timedelta


def repetitions(
    events: Iterable[tuple[date, int]], count: int, days: int
) -> list[list[int]]:
    """Find each time that something happened so many times within so many days.

    No event counts twice: after a repetition the counting begins anew.

    :param events: pairs of a day and an id
    :return: the ids of each repetition, the event that completed it last

    >>> first, second, far = date(2026, 3, 2), date(2026, 3, 9), date(2026, 9, 1)
    >>> repetitions([(first, 1), (second, 2)], 2, 30)
    [[1, 2]]
    >>> repetitions([(first, 1), (far, 2)], 2, 30)
    []
    >>> repetitions([(second, 3), (first, 1), (first, 2), (second, 4)], 2, 30)
    [[1, 2], [3, 4]]
    >>> repetitions([(first, 1), (far, 2), (far, 3)], 2, 30)
    [[2, 3]]
    """
    found, window = [], []
    for day, id_ in sorted(events):
        window = [one for one in window if one[0] > day - timedelta(days=days)]
        window.append((day, id_))
        if len(window) >= count:
            found.append([one for _day, one in window])
            window = []
    return found
