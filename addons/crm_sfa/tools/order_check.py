"""How unusual a figure of an order is, against the customer's own orders before."""

from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

# By this the median deviation of normally spread figures reads as their deviation.
NORMAL = 1.4826
# Where all orders before are alike their spread is nothing, and any other figure would
# be infinitely far away: so it is at least this share of the usual, or this much.
LEAST_SHARE = {"quantity": 0.25, "price": 0.03, "discount": 0.0, "size": 0.25}
LEAST = {"discount": 1.0}
# Less than usual is nobody's concern here.
UPWARD = {"discount", "size"}


class Usual(NamedTuple):
    """What a figure usually is, and how many times the usual spread it is away."""

    usual: float
    times: float


def compare(kind: str, value: float, past: Sequence[float]) -> Usual:
    """Compare a figure with those before, by median and median deviation, so that one
    odd order before does not spoil the comparison.

    >>> compare("quantity", 12, [2, 3, 2, 2, 3])
    Usual(usual=2, times=20.0)
    >>> compare("quantity", 12, [2, 3, 2, 2, 300]).times == 20
    True
    >>> compare("quantity", 0.5, [2, 3, 2, 2, 3]).times
    3.0
    >>> compare("discount", 0, [10, 10, 10]).times
    0.0
    >>> compare("discount", 5, [0, 0, 0]).times
    5.0
    >>> compare("price", 0, [0, 0, 0]).times
    0.0
    """
    usual = median(past)
    spread = NORMAL * median(abs(one - usual) for one in past)
    spread = max(spread, LEAST_SHARE[kind] * abs(usual), LEAST.get(kind, 0.0))
    away = value - usual if kind in UPWARD else abs(value - usual)
    if away <= 0:
        return Usual(usual, 0.0)
    return Usual(usual, away / spread if spread else float("inf"))


def is_unusual(
    kind: str, value: float, past: Sequence[float], times: float, least: int
) -> Usual | None:
    """Give what is usual where the figure is too far from it, else None.

    :param times: how many times the usual spread is too far
    :param least: with fewer orders before, nothing is usual yet

    >>> is_unusual("size", 900, [100, 110, 90], times=4, least=3)
    Usual(usual=100, times=32.0)
    >>> is_unusual("size", 900, [100, 110], times=4, least=3)
    >>> is_unusual("size", 120, [100, 110, 90], times=4, least=3)
    """
    if len(past) < least:
        return None
    found = compare(kind, value, past)
    return found if found.times > times else None
