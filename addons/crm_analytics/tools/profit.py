"""The arithmetic of a customer's profit: the steps of its waterfall, the unusual."""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

INCOME, COST = "income", "cost"


class Source(NamedTuple):
    """A part of the profit, declared once.

    :param side: of the net income, or of the costs
    :param sign: 1 for what adds to the profit, -1 for what takes from it
    :param sequence: its place in the waterfall
    :param model: of the documents that it sums up
    :param domain: gives for a customer's profit the domain of these documents
    """

    side: str
    sign: int
    sequence: int
    model: str
    domain: Callable


class Unusual(NamedTuple):
    """A cost that takes more of a customer's income than of others'.

    :param share: of this customer's income, 1 for all of it
    :param usual: that of the median customer
    """

    source: str
    share: float
    usual: float


def steps(amounts: Sequence[float]) -> list[tuple[float, float]]:
    """Give where each bar of a waterfall starts and ends: where the one before ended.

    >>> steps([1000, -100, 50])
    [(0.0, 1000.0), (1000.0, 900.0), (900.0, 950.0)]
    >>> steps([])
    []
    >>> steps([0.1, 0.2])[-1]
    (0.1, 0.3)
    """
    ends = [0.0]
    for amount in amounts:
        ends.append(round(ends[-1] + amount, 6))
    return list(pairwise(ends))


def shares(amounts: Mapping[str, float], gross: float) -> dict[str, float]:
    """Give which share of the gross income each cost, discount or refund took.

    >>> shares({"income": 200, "goods": -120, "service": -20}, 200)
    {'goods': 0.6, 'service': 0.1}

    Without income there are no shares of it:

    >>> shares({"service": -20}, 0)
    {}
    """
    if gross <= 0:
        return {}
    return {name: -amount / gross for name, amount in amounts.items() if amount < 0}


def unusual(
    own: Mapping[str, float],
    usual: Mapping[str, float],
    least: float = 0.02,
    most: int = 3,
) -> list[Unusual]:
    """Give the costs that take more than they usually do, the largest excess first.

    :param least: a smaller excess is not worth a word

    >>> usual = {"goods": 0.55, "service": 0.06}
    >>> for one in unusual({"goods": 0.56, "service": 0.38, "visits": 0.1}, usual):
    ...     print(one.source, one.share, one.usual)
    service 0.38 0.06
    visits 0.1 0.0
    >>> unusual({}, usual)
    []
    """
    found = [Unusual(name, part, usual.get(name, 0.0)) for name, part in own.items()]
    found = [one for one in found if one.share - one.usual >= least]
    return sorted(found, key=lambda one: (one.usual - one.share, one.source))[:most]


def heaviest(amounts: Mapping[str, float], most: int = 2) -> list[str]:
    """Name what took most, for a customer who brought nothing.

    >>> heaviest({"visits": -80, "service": -150, "income": 0, "campaigns": -1})
    ['service', 'visits']
    """
    costs = [(amount, name) for name, amount in amounts.items() if amount < 0]
    return [name for _amount, name in sorted(costs)[:most]]


def percent(part: float) -> str:
    """Write a share, with a decimal only where it is small.

    >>> percent(0.384), percent(0.0061), percent(0), percent(12.5)
    ('38 %', '0.6 %', '0 %', '1250 %')
    """
    value = 100 * part
    small = 0 < abs(value) < 1
    return f"{value:.1f} %" if small else f"{value:.0f} %"
