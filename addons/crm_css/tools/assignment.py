"""Which team a ticket goes to, and which member of it: fit first, then load."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

# How much of somebody's day a ticket takes, by severity.
WEIGHTS = {"0": 1, "1": 2, "2": 3, "3": 5}
# What waits for the customer or a supplier is looked at now and then only.
PARKED = 1


class Request(NamedTuple):
    """What a ticket asks for. Paths are ids from the top down to the nearest."""

    company: int
    territories: tuple[int, ...] = ()
    products: tuple[int, ...] = ()
    categories: tuple[int, ...] = ()
    type: int = 0
    lang: str = ""
    skills: frozenset[int] = frozenset()
    weight: int = 1


class Criteria(NamedTuple):
    """What a team takes; what is empty is not asked for."""

    team: int
    sequence: int = 10
    company: int = 0
    territories: frozenset[int] = frozenset()
    products: frozenset[int] = frozenset()
    categories: frozenset[int] = frozenset()
    types: frozenset[int] = frozenset()
    langs: frozenset[str] = frozenset()
    skills: frozenset[int] = frozenset()


class Route(NamedTuple):
    """A team for a ticket, with the criteria that speak for it."""

    team: int
    fits: tuple[str, ...]


@dataclass
class Member:
    """Somebody who is there, with what is on the desk already.

    :param turn: when it was this one's turn last; the lowest is the next
    """

    user: int
    load: int = 0
    capacity: int = 0
    turn: int = 0
    companies: frozenset[int] = frozenset()
    territories: frozenset[int] = frozenset()
    langs: frozenset[str] = frozenset()
    skills: frozenset[int] = frozenset()


class Fit(NamedTuple):
    """How well somebody suits a ticket; the greater, the better."""

    skills: int
    lang: bool
    territory: bool


def route(request: Request, teams: Iterable[Criteria]) -> Route | None:
    """Give the team that fits a ticket in most ways; of equals the one with the nearest
    territory, then the first by sequence. None: no team takes it.

    >>> berlin = Criteria(1, territories=frozenset([5]), langs=frozenset(["de_DE"]))
    >>> germany, rest = Criteria(2, territories=frozenset([4])), Criteria(3)
    >>> teams = [rest, germany, berlin]
    >>> route(Request(1, territories=(4, 5), lang="de_DE"), teams)
    Route(team=1, fits=('territory', 'lang'))
    >>> route(Request(1, territories=(4, 5), lang="es_ES"), teams).team
    2
    >>> route(Request(1), teams), route(Request(1), [berlin])
    (Route(team=3, fits=()), None)
    """
    best = None
    for criteria in teams:
        fits = _fits(request, criteria)
        if fits is not None:
            near = _depth(request.territories, criteria.territories)
            key = (-len(fits), -near, criteria.sequence, criteria.team)
            best = min(best or (key, fits), (key, fits))
    return best and Route(best[0][-1], best[1])


def _fits(request: Request, criteria: Criteria) -> tuple[str, ...] | None:
    if criteria.company not in (0, request.company):
        return None
    asked = {
        "territory": (criteria.territories, request.territories),
        "product": (criteria.products, request.products),
        "category": (criteria.categories, request.categories),
        "type": (criteria.types, {request.type}),
        "skill": (criteria.skills, request.skills),
        "lang": (criteria.langs, {request.lang}),
    }
    asked = {name: pair for name, pair in asked.items() if pair[0]}
    if any(wanted.isdisjoint(given) for wanted, given in asked.values()):
        return None
    return tuple(asked)


def _depth(path: tuple[int, ...], wanted: frozenset[int]) -> int:
    return max((i for i, id_ in enumerate(path, 1) if id_ in wanted), default=0)


def choose(
    request: Request, members: Iterable[Member], capacity: int, by_fit: bool
) -> tuple[Member, Fit] | None:
    """Give who takes a ticket: who fits best, where that is asked for, then who has the
    least on the desk for his capacity, then who waited longest. None: all are full.

    >>> old, new = Member(1, load=9, turn=4), Member(2, load=4, turn=5)
    >>> choose(Request(1), [old, new], 10, by_fit=True)[0].user
    2
    >>> pro = Member(3, load=8, skills=frozenset([7]))
    >>> asked = Request(1, skills=frozenset([7]))
    >>> choose(asked, [old, new, pro], 10, by_fit=True)[0].user
    3
    >>> choose(asked, [old, new, pro], 10, by_fit=False)[0].user
    2
    >>> choose(Request(1), [old, Member(4, load=9, turn=1)], 10, by_fit=True)[0].user
    4
    >>> choose(Request(1, weight=5), [old, Member(5, load=9, capacity=9)], 10, True)
    """
    free = [
        member
        for member in members
        if member.load + request.weight <= (member.capacity or capacity)
        and (not member.companies or request.company in member.companies)
    ]
    if not free:
        return None
    fits = {member.user: fit(request, member) for member in free}

    def rank(member: Member):
        load = member.load / (member.capacity or capacity)
        wanted = tuple(-int(value) for value in fits[member.user]) if by_fit else ()
        return wanted, load, member.turn, member.user

    best = min(free, key=rank)
    return best, fits[best.user]


def fit(request: Request, member: Member) -> Fit:
    return Fit(
        len(request.skills & member.skills),
        request.lang in member.langs,
        not member.territories.isdisjoint(request.territories),
    )
