"""How an addon declares what may entitle a customer to help."""

from collections.abc import Callable
from typing import Any, NamedTuple


class Cover(NamedTuple):
    """What one source says of one ticket.

    :param covers: the customer has a right to this help
    :param text: one translated sentence
    :param mood: how it is shown: success, warning or danger
    """

    covers: bool
    text: str
    mood: str = "success"


class Source(NamedTuple):
    """Something that may cover a ticket: a contract, a warranty.

    :param key: unique among the sources
    :param cover: gives for some tickets the covers that are worth telling, by ticket id
    """

    key: str
    cover: Callable[[Any], dict[int, Cover]]


def best_mood(covers: list[Cover]) -> str:
    """Give the mood of several covers: help is free where one source covers it.

    >>> best_mood([Cover(False, "", "danger"), Cover(True, "", "success")])
    'success'
    >>> best_mood([])
    'warning'
    """
    if not covers:
        return "warning"
    order = ("success", "warning", "danger")
    telling = [one for one in covers if one.covers] or covers
    return min((one.mood for one in telling), key=order.index)
