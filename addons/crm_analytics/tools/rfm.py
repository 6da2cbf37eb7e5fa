"""The named groups of RFM, and how scores are read.

A customer has three scores from 1 to 5: recency (5: bought most recently), frequency
and money (5: most). The groups go by recency and by the mean of the other two; their
names are those in use since the direct-mail literature of the nineties (Hughes,
Strategic Database Marketing, 1994), the borders are ours and cover each pair once.
"""

from itertools import pairwise

SCORES = range(1, 6)
# By recency from 5 down to 1; of each five groups for frequency and money 1 to 5.
GRID = {
    5: ("new", "potential", "potential", "champion", "champion"),
    4: ("promising", "potential", "potential", "loyal", "loyal"),
    3: ("sleepy", "attention", "attention", "loyal", "loyal"),
    2: ("hibernating", "hibernating", "risk", "risk", "keep"),
    1: ("lost", "lost", "risk", "risk", "keep"),
}
LIMITS = 4


def group(recency: int, frequency: int, money: int) -> str:
    """Name the group of three scores.

    >>> group(5, 5, 5), group(1, 1, 1), group(1, 5, 5), group(4, 1, 2)
    ('champion', 'lost', 'keep', 'potential')
    """
    return GRID[recency][(frequency + money + 1) // 2 - 1]


def level(score: int) -> int:
    """Give low, middle or high for the 27 cells.

    >>> [level(score) for score in SCORES]
    [1, 1, 2, 3, 3]
    """
    return 1 if score < 3 else 2 if score == 3 else 3


def parse_limits(text: str) -> list[float]:
    """Read four limits that lie apart, such as ``30, 90, 180, 365``.

    :raises ValueError: if there are not four rising numbers

    >>> parse_limits("30; 90 180,365")
    [30.0, 90.0, 180.0, 365.0]
    >>> parse_limits("3, 2, 1, 0")
    Traceback (most recent call last):
    ValueError: 3, 2, 1, 0
    """
    try:
        limits = [
            float(part) for part in text.replace(";", " ").replace(",", " ").split()
        ]
    except ValueError:
        limits = []
    if len(limits) != LIMITS or any(not a < b for a, b in pairwise(limits)):
        raise ValueError(text)
    return limits
