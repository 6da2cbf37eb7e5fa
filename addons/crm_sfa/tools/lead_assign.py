"""Who gets the next lead: fit first, then whose turn it is by weight."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

# What a criterion that fits speaks for somebody, and one that does not, against.
WEIGHTS = {"territory": 4, "language": 3, "product": 2, "trade": 2}


class Asked(NamedTuple):
    """What a lead asks for. Paths are ids from the top down to the nearest."""

    territories: tuple[int, ...] = ()
    products: tuple[int, ...] = ()
    trade: int = 0
    language: str = ""


@dataclass
class Seller:
    """Somebody who may get leads of a team; or a team, which may get leads of nobody.

    :param room: how many more he may get
    :param wanted: what was his by weight, of all leads that he could have got
    :param got: how many of them he got; both since the beginning of the count
    """

    user: int
    team: int = 0
    weight: float = 1.0
    room: int = 0
    wanted: float = 0.0
    got: int = 0
    territories: frozenset[int] = frozenset()
    products: frozenset[int] = frozenset()
    trades: frozenset[int] = frozenset()
    languages: frozenset[str] = frozenset()

    @property
    def due(self) -> float:
        """How many leads he is behind what is his; below zero: ahead of it."""
        return self.wanted - self.got


class Choice(NamedTuple):
    """Who gets it, what of him fits, and among how many it went by turn."""

    seller: Seller
    fits: tuple[str, ...]
    equals: int


def fits(asked: Asked, seller: Seller) -> dict[str, bool]:
    """Tell for each criterion that both name whether the seller meets it.

    >>> berlin = Seller(1, territories=frozenset([5]), languages=frozenset(["de_DE"]))
    >>> fits(Asked(territories=(4, 5), language="es_ES", trade=3), berlin)
    {'territory': True, 'language': False}
    """
    pairs = {
        "territory": (seller.territories, asked.territories),
        "language": (seller.languages, (asked.language,) if asked.language else ()),
        "product": (seller.products, asked.products),
        "trade": (seller.trades, (asked.trade,) if asked.trade else ()),
    }
    return {
        name: not known.isdisjoint(wanted)
        for name, (known, wanted) in pairs.items()
        if known and wanted
    }


def score(asked: Asked, seller: Seller) -> int:
    """Add up what speaks for a seller.

    >>> knows = Seller(1, territories=frozenset([5]), trades=frozenset([8]))
    >>> score(Asked(territories=(5,), trade=8), knows), score(Asked(trade=9), knows)
    (6, -2)
    """
    met = fits(asked, seller).items()
    return sum(WEIGHTS[name] if fit else -WEIGHTS[name] for name, fit in met)


def equals(asked: Asked, sellers: Iterable[Seller]) -> list[Seller]:
    """Give the sellers with room who fit best, and all equally well.

    >>> full, none = Seller(1, room=0), Seller(2, room=5, weight=0)
    >>> spain = Seller(3, room=5, territories=frozenset([7]))
    >>> rest = Seller(4, room=5)
    >>> [s.user for s in equals(Asked(territories=(7,)), [full, none, spain, rest])]
    [3]
    >>> [s.user for s in equals(Asked(territories=(8,)), [full, none, spain, rest])]
    [4]
    """
    scores = {
        id(seller): score(asked, seller)
        for seller in sellers
        if seller.room > 0 and seller.weight > 0
    }
    best = max(scores.values(), default=0)
    return [seller for seller in sellers if scores.get(id(seller)) == best]


def take_turn(candidates: list[Seller]) -> Seller:
    """Give the next of some equals, and count it: each is credited with his part of
    the lead by weight, and whose credit is the highest gets it.

    Two to one, over any stretch of time:

    >>> big, small = Seller(1, weight=2, room=99), Seller(2, weight=1, room=99)
    >>> [take_turn([big, small]).user for _lead in range(6)]
    [1, 2, 1, 1, 2, 1]

    Who was away for a while is not drowned afterwards, for nothing was his meanwhile:

    >>> [take_turn([big]).user for _lead in range(5)]
    [1, 1, 1, 1, 1]
    >>> [take_turn([big, small]).user for _lead in range(6)].count(2)
    2
    """
    total = sum(seller.weight for seller in candidates)
    for seller in candidates:
        seller.wanted += seller.weight / total
    # Credits are sums of thirds and the like: noise must not decide.
    chosen = max(candidates, key=lambda s: (round(s.due, 6), s.weight, -s.user))
    chosen.got += 1
    chosen.room -= 1
    return chosen


class HandOut:
    """Hands out leads to sellers, one after the other.

    Leads that ask for the same among the same sellers are compared with them once.

    >>> run = HandOut()
    >>> north = Seller(1, room=2, territories=frozenset([5]))
    >>> other = Seller(2, room=1)
    >>> asked = Asked(territories=(5,))
    >>> [run.choose(asked, (north, other)) and run.last.fits for _lead in range(4)]
    [('territory',), ('territory',), (), None]
    >>> (north.got, other.got)
    (2, 1)
    """

    def __init__(self):
        self._equals: dict[tuple, list[Seller]] = {}
        self.last: Choice | None = None

    def choose(self, asked: Asked, sellers: tuple[Seller, ...]) -> Choice | None:
        """Give who gets it; None: nobody has room."""
        key = asked, tuple(map(id, sellers))
        known = self._equals.get(key)
        if known is None or not all(seller.room > 0 for seller in known):
            known = self._equals[key] = equals(asked, sellers)
        self.last = None
        if known:
            count = len(known)
            seller = take_turn(known)
            met = fits(asked, seller).items()
            names = tuple(name for name, fit in met if fit)
            self.last = Choice(seller, names, count)
        return self.last
