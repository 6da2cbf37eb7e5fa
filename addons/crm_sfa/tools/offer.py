"""What rules propose to a customer, and why."""

from calendar import monthrange
from datetime import date
from typing import Any, NamedTuple


class Condition(NamedTuple):
    """One thing that a rule asks of a customer.

    :param text: translated; it tells what is asked, never what the customer has
    """

    text: str
    holds: bool


class Check(NamedTuple):
    """A rule with its conditions, for one customer."""

    rule: Any
    conditions: list[Condition]

    @property
    def holds(self) -> bool:
        """
        >>> Check(None, [Condition("Class A", True)]).holds, Check(None, []).holds
        (True, True)
        >>> Check(None, [Condition("a", True), Condition("b", False)]).holds
        False
        """
        return all(condition.holds for condition in self.conditions)

    @property
    def missing(self) -> list[str]:
        return [condition.text for condition in self.conditions if not condition.holds]


class Chosen(NamedTuple):
    """What the first rule that holds says of one thing.

    :param value: record or number
    :param others: rules that hold too and say something else
    """

    value: Any
    rule: Any
    others: list[Any]


def choose(checks: list[Check], name: str) -> Chosen | None:
    """Give what the rules say of one of their fields: the first that holds wins.

    >>> one, two, three = {"n": 0, "id": 1}, {"n": 5, "id": 2}, {"n": 7, "id": 3}
    >>> checks = [Check(rule, []) for rule in (one, two, three, two)]
    >>> chosen = choose(checks, "n")
    >>> chosen.value, chosen.rule["id"], [rule["id"] for rule in chosen.others]
    (5, 2, [3])
    >>> choose(checks[:1], "n")
    """
    saying = [check.rule for check in checks if check.holds and check.rule[name]]
    if not saying:
        return None
    first = saying[0]
    others = [rule for rule in saying[1:] if rule[name] != first[name]]
    return Chosen(first[name], first, others)


class Usual(NamedTuple):
    """What a customer buys regularly.

    :param quantity: of a usual order, in the unit of measure that is usual
    :param orders: in how many orders it stood
    """

    product: int
    uom: int
    quantity: float
    orders: int


def is_day(month: int, day: int) -> bool:
    """Tell whether some year has this day.

    >>> is_day(2, 29), is_day(2, 30), is_day(13, 1)
    (True, False, False)
    """
    return 1 <= month <= 12 and 1 <= day <= monthrange(2000, month)[1]


def in_season(day: date, start: tuple[int, int], stop: tuple[int, int]) -> bool:
    """Tell whether a day lies in a season, also in one around the turn of the year.

    :param start: month and day, as ``stop``, which is the last day

    >>> in_season(date(2026, 6, 30), (4, 1), (6, 30))
    True
    >>> in_season(date(2026, 1, 5), (11, 15), (1, 10))
    True
    >>> in_season(date(2026, 7, 1), (11, 15), (1, 10))
    False
    """
    today = (day.month, day.day)
    if start <= stop:
        return start <= today <= stop
    return today >= start or today <= stop
