"""The steps of the funnel, how many go on from one to the next, and what leaks."""

from collections.abc import Iterable
from typing import NamedTuple

# Less than half a member is no leak.
MIN_LEAK = 0.5
# A quarter with fewer members at a step is no example: one sale would make it best.
MIN_MEMBERS = 10


class Step(NamedTuple):
    """A step of the way from the first touch to the next order.

    :param base: the step that a member has to have reached before
    :param is_goal: whether more of it is better, so that a difference is a leak
    """

    key: str
    base: str | None
    is_goal: bool = True


STEPS = (
    Step("lead", None),
    Step("opportunity", "lead"),
    Step("quotation", "opportunity"),
    Step("order", "quotation"),
    Step("delivery", "order"),
    Step("invoice", "order"),
    Step("service", "order", is_goal=False),
    Step("repeat", "order"),
)


def conversion(counts: dict[str, int], step: Step) -> float | None:
    """Give the part of the members of the step before that reached a step.

    >>> conversion({"lead": 8, "opportunity": 2}, STEPS[1])
    0.25
    >>> conversion({"lead": 0, "opportunity": 0}, STEPS[1]) is None
    True
    >>> conversion({"lead": 8}, STEPS[0]) is None
    True
    """
    if not step.base or not counts[step.base]:
        return None
    return counts[step.key] / counts[step.base]


def best(quarters: Iterable[tuple], step: Step) -> tuple | None:
    """Give the quarter with the best conversion at a step, the latest of equals.

    :param quarters: of each its name and the counts by step, in the order of time
    :return: the name and the conversion; None if no quarter has enough members

    >>> many, few = {"lead": 10, "opportunity": 5}, {"lead": 9, "opportunity": 9}
    >>> best([("Q1", many), ("Q2", few), ("Q3", many)], STEPS[1])
    ('Q3', 0.5)
    >>> best([("Q2", few)], STEPS[1]) is None
    True
    """
    found = None
    for name, counts in quarters:
        if not step.base or counts[step.base] < MIN_MEMBERS:
            continue
        reached = conversion(counts, step)
        if found is None or reached >= found[1]:
            found = name, reached
    return found


def leak(counts: dict, money: dict, step: Step, example: float | None) -> dict | None:
    """Tell how many fewer reached a step than would have in the best quarter.

    Each of them is worth what a member who reached the step brought on average: later
    orders for the step of the next order, and else the orders of the funnel.

    :param example: the conversion of the best quarter
    :return: ``count``, and ``money``, which is None if nobody brought any

    >>> counts = {"lead": 100, "opportunity": 20}
    >>> leak(counts, {"order": 4000.0}, STEPS[1], 0.25)
    {'count': 5.0, 'money': 1000.0}
    >>> leak(counts, {"order": 4000.0}, STEPS[1], 0.2) is None
    True
    >>> leak(counts, {"order": 4000.0}, STEPS[1], 0.204) is None
    True
    >>> leak({"lead": 10, "opportunity": 0}, {"order": 0.0}, STEPS[1], 0.5)
    {'count': 5.0, 'money': None}
    >>> leak({"order": 10, "service": 1}, {}, STEPS[6], 0.5) is None
    True
    """
    reached = conversion(counts, step)
    if not step.is_goal or example is None or reached is None or reached >= example:
        return None
    count = (example - reached) * counts[step.base]
    if count < MIN_LEAK:
        return None
    brought = money["repeat" if step.key == "repeat" else "order"]
    worth = brought / counts[step.key] if brought and counts[step.key] else None
    lost = None if worth is None else round(count * worth, 2)
    return {"count": round(count, 1), "money": lost}
