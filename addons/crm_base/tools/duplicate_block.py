"""Which records are worth comparing: those that share a key.

A key that many share is split, so the work grows with the number of records, not with
its square.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import combinations

from .duplicate_record import Prepared

# A block with more records is split, at last into neighbours in order of the name.
MOST_IN_BLOCK = 40
NEIGHBOURS = 5


def blocks_of(records: Iterable[Prepared]) -> dict[str, list[int]]:
    """Map each key to the ids of the records that have it."""
    blocks = defaultdict(list)
    for record in records:
        for key in record.keys:
            blocks[key].append(record.id)
    return blocks


def candidates(
    blocks: Mapping[str, Collection[int]],
    records: Mapping[int, Prepared],
    changed: frozenset[int] | set[int] | None = None,
) -> set[tuple[int, int]]:
    """Give the pairs that are worth comparing, the smaller id first.

    :param blocks: ids by key
    :param changed: only pairs with one of these

    >>> from .duplicate_record import Record, prepare
    >>> same = {i: prepare(Record(i, "Juan García")) for i in range(5000)}
    >>> pairs = candidates(blocks_of(same.values()), same)
    >>> len(pairs) < 5000 * NEIGHBOURS
    True
    >>> len(candidates(blocks_of(same.values()), same, {7})) < 2 * NEIGHBOURS
    True
    """
    pairs = set()
    for ids in blocks.values():
        if len(ids) > 1:
            known = sorted(i for i in ids if i in records)
            for few in _split(known, records, changed):
                pairs.update(few)
    return pairs


def _split(
    ids: list[int],
    records: Mapping[int, Prepared],
    changed: frozenset[int] | set[int] | None,
    level: int = 0,
) -> Iterator[Iterable[tuple[int, int]]]:
    """Give the pairs of a block, after splitting it by further keys where it is big."""
    if changed is not None and changed.isdisjoint(ids):
        return
    if len(ids) <= MOST_IN_BLOCK:
        yield _pairs(ids, changed)
    elif level < len(_FURTHER):
        parts = defaultdict(list)
        for i in ids:
            parts[_FURTHER[level](records[i])].append(i)
        for part in parts.values():
            yield from _split(part, records, changed, level + 1)
    else:
        pairs = _neighbours(ids, records)
        yield (p for p in pairs if changed is None or not changed.isdisjoint(p))


def _pairs(
    ids: list[int], changed: frozenset[int] | set[int] | None
) -> Iterable[tuple[int, int]]:
    """Give the pairs of some ids, those only that one of the changed is in."""
    if changed is None:
        return combinations(ids, 2)
    return (
        (first, second) if first < second else (second, first)
        for first in changed.intersection(ids)
        for second in ids
        if first != second
    )


_FURTHER: tuple[Callable[[Prepared], str], ...] = (
    lambda record: record.ordered,
    lambda record: record.zip or record.city,
    lambda record: record.email.rpartition("@")[2],
)


def _neighbours(
    ids: list[int], records: Mapping[int, Prepared]
) -> Iterator[tuple[int, int]]:
    """Pairs that stand close to each other in order of what else is known."""

    def rank(i: int) -> tuple:
        record = records[i]
        return record.street, record.email, record.phones, record.birth, i

    ordered = sorted(ids, key=rank)
    for place, first in enumerate(ordered):
        for second in ordered[place + 1 : place + NEIGHBOURS]:
            yield (first, second) if first < second else (second, first)
