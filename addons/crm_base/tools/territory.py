"""Which territory an address belongs to."""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

_COUNTRY = re.compile(r"[A-Z]{1,3}-(?=\d)")
_BRITISH = re.compile(r"([A-Z]{1,2}\d[A-Z\d]?)(\d[A-Z]{2})")
_LETTERED = re.compile(r"([A-Z]+)[\W_]*(\d+)(.*)")
_SIGNS = re.compile(r"[\W_]+")


def zip_key(code: str) -> str:
    """Bring a postal code into a form whose order as text is the order of the codes.

    Case, blanks, dashes and the sign of the country do not matter. The first number
    of a code that begins with letters is filled up with zeros, so that SW2 stands
    before SW10, and N1 is not the beginning of N12.

    >>> zip_key("D-10 115") == zip_key("10115")
    True
    >>> zip_key("00-950"), zip_key("08001")
    ('00950', '08001')
    >>> zip_key("sw1a 1aa") == zip_key("SW1A1AA")
    True
    >>> zip_key("SW2") < zip_key("SW10")
    True
    >>> zip_key("N12 1AB").startswith(zip_key("N1"))
    False
    """
    code = _COUNTRY.sub("", code.strip().upper(), count=1)
    if british := _BRITISH.fullmatch(_SIGNS.sub("", code)):
        code = " ".join(british.groups())  # N12AB is N1 2AB, not N12 AB
    if lettered := _LETTERED.fullmatch(code):
        letters, number, rest = lettered.groups()
        code = letters + number.zfill(4) + rest
    return _SIGNS.sub("", code)


def in_range(code: str, low: str, high: str) -> bool:
    """Tell whether a code lies between two, each compared by its own length: the
    beginning of a code stands for all codes that begin so. A code that is shorter
    than the first one is incomplete, and lies nowhere. All three are keys.

    >>> [in_range(code, "10115", "14199") for code in ("10115", "12059", "14200")]
    [True, True, False]
    >>> [in_range(code, "10", "14") for code in ("10115", "14199", "15000")]
    [True, True, False]
    >>> in_range("", "10", "14")
    False
    """
    complete = code and len(code) >= len(low)
    return bool(complete) and code[: len(low)] >= low and code[: len(high)] <= high


class Address(NamedTuple):
    """What the rules look at; ids, and the postal code as it was typed."""

    company: int | None = None
    country: int | None = None
    state: int | None = None
    zip: str = ""
    trade: int | None = None


class Rule(NamedTuple):
    """One way into a territory. A condition that is empty holds for everybody.

    :param territory: id of the territory
    :param path: ids of the territories above it and its own, from the top
    :param low: key of the first postal code
    :param high: key of the last one
    """

    id: int
    territory: int
    path: tuple[int, ...] = ()
    sequence: int = 10
    company: int | None = None
    country: int | None = None
    states: frozenset[int] = frozenset()
    low: str = ""
    high: str = ""
    trades: frozenset[int] = frozenset()

    @property
    def precision(self) -> tuple[bool, ...]:
        """What the rule asks for, the closest condition first."""
        return bool(self.low), bool(self.states), bool(self.country), bool(self.trades)

    @property
    def rank(self) -> tuple:
        """Rules in this order: the first that holds wins. A postal code is closer
        than a state, a state than a country, a country than a trade; a deeper
        territory than a higher one; then the order of the list, then the older."""
        closest = tuple(not asked for asked in self.precision)
        return *closest, -len(self.path), self.sequence, self.id

    def holds(self, address: Address, key: str) -> bool:
        """Tell whether an address, its postal code as a key, fulfils the rule."""
        return (
            self.company in (None, address.company)
            and self.country in (None, address.country)
            and (not self.states or address.state in self.states)
            and (not self.low or in_range(key, self.low, self.high))
            and (not self.trades or address.trade in self.trades)
        )


class Matcher:
    """Finds the territory of an address among all rules.

    >>> berlin = Rule(1, 7, country=5, low="10", high="14")
    >>> germany = Rule(2, 8, country=5)
    >>> matcher = Matcher([germany, berlin])
    >>> matcher.find(Address(country=5, zip="10999"))
    7
    >>> matcher.find(Address(country=5, zip="80331"))
    8
    >>> matcher.find(Address(country=6, zip="10999")) is None
    True
    """

    def __init__(self, rules: Iterable[Rule]):
        by_country = defaultdict(list)
        for rule in sorted(rules, key=lambda rule: rule.rank):
            by_country[rule.country].append(rule)
        everywhere = by_country.pop(None, [])
        self._elsewhere = everywhere
        self._by_country = {
            country: sorted([*found, *everywhere], key=lambda rule: rule.rank)
            for country, found in by_country.items()
        }

    def find(self, address: Address) -> int | None:
        """Give the id of the territory of the first rule that holds."""
        key = zip_key(address.zip or "")
        rules = self._by_country.get(address.country, self._elsewhere)
        return next((r.territory for r in rules if r.holds(address, key)), None)


def overlap(one: Rule, two: Rule) -> bool:
    """Tell whether some address fulfils both rules and neither is closer to it, so
    that only the order of the list decides between two territories.

    >>> north = Rule(1, 7, (7,), country=5, low="10", high="19")
    >>> overlap(north, Rule(2, 8, (8,), country=5, low="15", high="25"))
    True
    >>> overlap(north, Rule(2, 8, (8,), country=5, low="20", high="25"))
    False
    >>> overlap(north, Rule(2, 8, (7, 8), country=5, low="15", high="25"))
    False
    """
    related = one.territory in two.path or two.territory in one.path
    return (
        not related
        and one.territory != two.territory
        and one.precision == two.precision
        and (one.company == two.company or not one.company or not two.company)
        and one.country == two.country
        and (not one.states or bool(one.states & two.states))
        and (not one.trades or bool(one.trades & two.trades))
        and (not one.low or _ranges_meet(one, two))
    )


def _ranges_meet(one: Rule, two: Rule) -> bool:
    return _not_behind(one.low, two.high) and _not_behind(two.low, one.high)


def _not_behind(low: str, high: str) -> bool:
    return low[: len(high)] <= high
