"""Which limits a document passes, and who decides about it then."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

# Of these the lower value is the worse one.
FLOORS = {"margin"}
# Below what people see on their screens.
BLUR = 0.005


class Limit(NamedTuple):
    """How far the members of a group may go.

    :param group: 0 for everybody
    :param value_class: only for customers of this class; empty: of any
    """

    id: int
    kind: str
    group: int
    value_class: str
    value: float


class Breach(NamedTuple):
    """A limit that is passed.

    :param allowed: how far one may go
    :param limit: id of the limit that says who decides
    """

    kind: str
    value: float
    allowed: float
    limit: int


def is_worse(kind: str, value: float, than: float) -> bool:
    """Tell whether a value is a greater concession than another.

    >>> is_worse("discount", 12, 10), is_worse("margin", 12, 10)
    (True, False)
    >>> is_worse("discount", 10.001, 10)
    False
    """
    return value < than - BLUR if kind in FLOORS else value > than + BLUR


def fitting(limits: Iterable[Limit], kind: str, value_class: str) -> list[Limit]:
    """Give the limits for a class of customers, the narrowest first. What is said of
    the class replaces what is said of all customers to the same group; of two that
    say the same thing the stricter counts.

    >>> rows = [(1, "discount", 7, "", 10), (2, "discount", 7, "c", 5),
    ...         (3, "discount", 8, "", 20), (4, "margin", 7, "", 15)]
    >>> limits = [Limit(*row) for row in rows]
    >>> [limit.id for limit in fitting(limits, "discount", "a")]
    [1, 3]
    >>> [limit.id for limit in fitting(limits, "discount", "c")]
    [2, 3]
    """
    chosen: dict[int, Limit] = {}
    for limit in limits:
        if limit.kind != kind or limit.value_class not in ("", value_class):
            continue
        other = chosen.get(limit.group)
        if other is None or (
            not is_worse(kind, limit.value, other.value)
            if other.value_class == limit.value_class
            else not other.value_class
        ):
            chosen[limit.group] = limit
    return sorted(
        chosen.values(), key=lambda limit: limit.value, reverse=kind in FLOORS
    )


def breach(
    limits: Iterable[Limit],
    kind: str,
    value: float,
    groups: Collection[int],
    value_class: str,
) -> Breach | None:
    """Tell the limit that members of some groups pass with a value, if they do.

    The widest limit of their groups is theirs. The widest of all limits that the value
    passes says who decides: what is beyond the leader too goes to the leader's leader.

    >>> rows = [(1, "discount", 7, "", 10), (3, "discount", 8, "", 20)]
    >>> limits = [Limit(*row) for row in rows]
    >>> breach(limits, "discount", 15, {7}, "")
    Breach(kind='discount', value=15, allowed=10, limit=1)
    >>> breach(limits, "discount", 25, {7}, "").limit
    3
    >>> breach(limits, "discount", 15, {7, 8}, "")
    >>> breach(limits, "discount", 15, {9}, "")
    """
    ladder = fitting(limits, kind, value_class)
    own = [limit for limit in ladder if limit.group in {0, *groups}]
    if not own or not is_worse(kind, value, own[-1].value):
        return None
    passed = [limit for limit in ladder if is_worse(kind, value, limit.value)]
    return Breach(kind, value, own[-1].value, passed[-1].id)
