"""Which tickets of an agent are reviewed: few, of every sort, the same each time."""

import random
from collections import defaultdict
from collections.abc import Hashable, Iterable
from typing import NamedTuple


class ReviewSource(NamedTuple):
    """A kind of finished work of which samples are reviewed.

    :param field: the many2one of ``crm.scorecard.review`` that holds the work
    :param user: field of the work with the employee who did it
    :param date: field of the work that tells when it was finished
    :param domain: which records are finished work
    :param strata: fields of the work by which the samples are spread
    """

    field: str
    user: str
    date: str
    domain: tuple = ()
    strata: tuple[str, ...] = ()


def stratified(
    candidates: Iterable[tuple[int, Hashable]], count: int, seed: str
) -> list[int]:
    """Choose some candidates at random, spread over their strata as these are big.

    The same candidates and seed give the same choice, in whatever order they come.

    :param candidates: pairs of an id and its stratum

    >>> calls = [(id_, "call") for id_ in range(90)]
    >>> mails = [(id_, "mail") for id_ in range(100, 110)]
    >>> chosen = stratified(calls + mails, 10, "7/2026-03")
    >>> sum(id_ >= 100 for id_ in chosen), len(set(chosen))
    (1, 10)
    >>> chosen == stratified(reversed(calls + mails), 10, "7/2026-03")
    True
    >>> chosen == stratified(calls + mails, 10, "8/2026-03")
    False
    >>> sorted(stratified([(1, "a"), (2, "b")], 5, "x")), stratified([], 5, "x")
    ([1, 2], [])
    """
    dice = random.Random(seed)
    strata = defaultdict(list)
    for id_, stratum in sorted(candidates, key=lambda one: one[0]):
        strata[stratum].append(id_)
    total = sum(map(len, strata.values()))
    shares = _shares({key: len(ids) for key, ids in strata.items()}, min(count, total))
    return [
        id_
        for key in sorted(strata, key=repr)
        for id_ in dice.sample(strata[key], shares[key])
    ]


def _shares(sizes: dict[Hashable, int], count: int) -> dict[Hashable, int]:
    """Share a count out by size; what is left goes to the largest remainders.

    >>> _shares({"a": 90, "b": 10}, 3), _shares({"a": 5, "b": 5}, 3)
    ({'a': 3, 'b': 0}, {'a': 2, 'b': 1})
    """
    total = sum(sizes.values())
    if not total:
        return {}
    exact = {key: count * size / total for key, size in sizes.items()}
    shares = {key: int(value) for key, value in exact.items()}
    rest = sorted(exact, key=lambda key: (shares[key] - exact[key], repr(key)))
    for key in rest[: count - sum(shares.values())]:
        shares[key] += 1
    return shares


def percent(scores: Iterable[tuple[int, int, int]]) -> float:
    """Give the result of a review: points of the most possible, weighted.

    :param scores: for each criterion its points, the most points, and its weight

    >>> percent([(5, 5, 1), (0, 5, 1)]), percent([(4, 5, 3), (0, 2, 1)])
    (50.0, 60.0)
    >>> percent([])
    0.0
    """
    scores = list(scores)
    weights = sum(weight for _points, _most, weight in scores)
    if not weights:
        return 0.0
    reached = sum(points / most * weight for points, most, weight in scores)
    return round(reached * 100 / weights, 1)
