"""How unevenly turnover is spread over customers.

The curve is that of Lorenz (1905, "Methods of measuring the concentration of wealth"),
the coefficient that of Gini (1912), here for whole populations.
"""

import numpy as np


def lorenz(values: np.ndarray, points: int = 100) -> list[float]:
    """Give how much of all, in percent, the poorest so many percent have together.

    :param values: sorted upward, none below zero

    >>> lorenz(np.array([1.0, 1, 1, 1]), 4)
    [0.0, 25.0, 50.0, 75.0, 100.0]
    >>> lorenz(np.array([0.0, 0, 0, 8]), 4)
    [0.0, 0.0, 0.0, 0.0, 100.0]
    >>> lorenz(np.array([]))
    []
    """
    total = values.sum()
    if not total:
        return []
    shares = np.concatenate([[0.0], np.cumsum(values)]) / total * 100
    at = np.linspace(0, len(values), points + 1)
    told = np.interp(at, np.arange(len(values) + 1), shares)
    return [round(float(share), 2) for share in told]


def gini(values: np.ndarray) -> float | None:
    """Give 0 where all have the same, and nearly 1 where one has all.

    :param values: sorted upward, none below zero

    >>> gini(np.array([5.0, 5, 5, 5])), gini(np.array([0.0, 0, 0, 8]))
    (0.0, 0.75)
    >>> gini(np.array([1.0, 3]))
    0.25
    >>> gini(np.array([]))
    """
    count, total = len(values), values.sum()
    if not total:
        return None
    ranks = np.arange(1, count + 1)
    uneven = 2 * float((ranks * values).sum()) / (count * float(total))
    return round(uneven - (count + 1) / count, 4)


def top_share(values: np.ndarray, percent: float) -> tuple[int, float]:
    """Give how many customers the largest so many percent are, one at least, and what
    share of all they have, in percent.

    :param values: sorted upward, none below zero

    >>> top_share(np.array([1.0, 1, 1, 1, 6]), 20)
    (1, 60.0)
    >>> top_share(np.array([]), 10)
    (0, 0.0)
    """
    total = values.sum()
    if not total:
        return 0, 0.0
    count = max(round(len(values) * percent / 100), 1)
    return count, round(100 * float(values[-count:].sum() / total), 1)
