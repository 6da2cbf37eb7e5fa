"""How well a model of orders foretold what came: against the orders themselves, and
against the guess that each goes on as before."""

from typing import NamedTuple

import numpy as np

from .lifetime import Array, History


class Group(NamedTuple):
    """Customers who came back as often: how many they are, and the mean orders of each
    afterwards, real and expected."""

    repeats: int
    customers: int
    real: float
    expected: float


def groups(repeats: Array, real: Array, expected: Array, most: int = 7) -> list[Group]:
    """Compare by how often customers came back; the last group takes all above it.

    >>> repeats, real = np.array([0, 0, 9]), np.array([0, 1, 4])
    >>> none, many = groups(repeats, real, np.array([0.5, 0.1, 3]))
    >>> none
    Group(repeats=0, customers=2, real=0.5, expected=0.3)
    >>> many
    Group(repeats=7, customers=1, real=4.0, expected=3.0)
    """
    of = np.minimum(repeats, most)
    return [
        Group(
            number,
            int((of == number).sum()),
            float(real[of == number].mean()),
            float(expected[of == number].mean()),
        )
        for number in range(most + 1)
        if (of == number).any()
    ]


def mean_error(real: Array, expected: Array) -> float:
    """Give the mean absolute error.

    >>> mean_error(np.array([1, 3]), np.array([2, 3]))
    0.5
    """
    return float(np.abs(real - expected).mean()) if len(real) else 0.0


def naive_orders(past: History, weeks: float) -> Array:
    """Expect that each goes on as often as he came back so far.

    >>> naive_orders(History(np.array([2, 0]), np.array([3, 0]), np.array([10, 0])), 5)
    array([1., 0.])
    """
    return past.repeats / np.maximum(past.age, 1 / 7) * weeks
