"""Finding records that mean the same person or company.

How it works: each record is brought into one form and gets a few keys
(``duplicate_record``). Only records that share a key are compared
(``duplicate_block``). Comparing (:func:`compare`) adds up what speaks for and against
one person, each field by its weight: the logarithm of how much likelier that agreement
is between two records of one than of two. The sum, as a probability, is the score.

Nothing here knows where the records come from.
"""

import re
from collections.abc import Iterable, Mapping
from itertools import pairwise
from math import exp, log
from typing import NamedTuple

from rapidfuzz.distance import OSA

from .duplicate_block import blocks_of, candidates
from .duplicate_record import Prepared, Record, is_personal, prepare, sound

SURE = 0.95
LIKELY = 0.75

_NO_DIGITS = re.compile(r"\D+")

# Similarity and weight, with straight lines between them.
_NAME = (
    (0, -8.5),
    (0.49, -7.5),
    (0.5, -5),
    (0.6, -3),
    (0.7, 0),
    (0.8, 2.5),
    (0.9, 4),
    (1, 5),
)
_ADDRESS = ((0, -1.5), (0.4, -1), (0.6, 0), (0.8, 2), (0.9, 3), (1, 4))
_EMAIL = ((0, -0.7), (0.7, -0.5), (0.8, 1), (0.88, 2), (0.99, 3), (1, 5))
_PHONE = ((0, -0.7), (0.85, -0.5), (0.9, 2), (0.99, 2), (1, 4))
_VAT = ((0, -3), (0.7, -2.5), (0.8, 3), (0.99, 4), (1, 9))
_BIRTH = ((0, -2), (0.7, -1.2), (0.85, 1.5), (0.99, 2.5), (1, 5))
# Of the pairs that share a key, one in about a hundred and fifty is one.
_PRIOR = -5.0
# The sum of weights that is likely.
_LEAST = log(LIKELY / (1 - LIKELY))
_ALIKE = 0.85
# Below it two names are those of two people.
_UNLIKE = 0.6
# Below it nothing is sure, but by a number that is a person's own.
_ALMOST = 0.8
_PERSONAL = frozenset({"vat", "birth"})
# What a household or an office shares, and what it proves of two names at most.
_HOUSEHOLD = frozenset({"email", "phone", "address"})
_HOUSEHOLD_MOST = 4.0
_FAMILY_BONUS = 4.0


class Evidence(NamedTuple):
    """How alike one field of two records is, and what that speaks for or against."""

    field: str
    similarity: float
    weight: float


class Match(NamedTuple):
    first: int
    second: int
    score: float
    evidence: tuple[Evidence, ...]


def _table(points: tuple[tuple[float, float], ...]) -> tuple[float, ...]:
    """Give the weights at 0, 1, ... 100 % on the lines between some points."""

    def at(x: float) -> float:
        for (x0, y0), (x1, y1) in pairwise(points):
            if x <= x1:
                return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
        return points[-1][1]

    return tuple(at(percent / 100) for percent in range(101))


_NAME_WEIGHTS = _table(_NAME)
_ADDRESS_WEIGHTS = _table(_ADDRESS)
_EMAIL_WEIGHTS = _table(_EMAIL)
_PHONE_WEIGHTS = _table(_PHONE)
_VAT_WEIGHTS = _table(_VAT)
_BIRTH_WEIGHTS = _table(_BIRTH)

_similarity = OSA.normalized_similarity


def name_similarity(a: Prepared, b: Prepared) -> float:
    """Tell how alike two names are. What differs counts, not only how much is equal:
    brother and sister share most letters of their names.

    >>> def alike(first, second):
    ...     a, b = (prepare(Record(0, name)) for name in (first, second))
    ...     return round(name_similarity(a, b), 2)
    >>> alike("Anna Berg", "BERG, Anna"), alike("Anna Berg", "Ana Berg")
    (1.0, 0.89)
    >>> alike("Anna Berg", "Jonas Berg"), alike("A. Berg", "Anna Berg")
    (0.5, 0.85)
    >>> alike("Nordlicht", "Nordlicht Kaffee"), alike("Shop 12", "Shop 13")
    (0.85, 0.5)
    >>> alike("Талисман Трейд", "Talisman Trade"), alike("Mc Gill", "McGill")
    (0.93, 1.0)
    """
    if a.ordered == b.ordered:
        return 1.0
    if len(a.parts) == 2 == len(b.parts):
        rests = _two_rests(a.parts, b.parts)
        if not rests:
            return _two_by_two(a, b)
    else:
        shared = a.words & b.words
        if not shared:
            return _other_words(a, b)
        rests = [
            "".join([word for word in one.parts if word not in shared])
            for one in (a, b)
        ]
        if not all(rests):
            return _ALIKE if max(map(len, shared)) > 3 else 0.7
    left, right = rests
    rest = _rest_similarity(left, right)
    if rest == 0:
        return 0.5
    if rest >= _ALIKE and min(len(left), len(right)) == 1:
        return rest
    return 1 - (1 - rest) * max(len(left), len(right)) / max(len(a.name), len(b.name))


def _two_rests(a: tuple[str, ...], b: tuple[str, ...]) -> tuple[str, str] | None:
    """Give what two names of two words do not share, None if they share nothing.

    Most names have two words, and this is done a million times: no sets.
    """
    if a[0] == b[0]:
        return a[1], b[1]
    if a[1] == b[1]:
        return a[0], b[0]
    if a[0] == b[1]:
        return a[1], b[0]
    if a[1] == b[0]:
        return a[0], b[1]
    return None


def _rest_similarity(left: str, right: str) -> float:
    """Tell how alike is what two names do not have in common; 0 for two people."""
    if left.startswith(right) or right.startswith(left):
        return _ALIKE
    rest = _similarity(left, right)
    if rest < 0.65:
        # Few misspellings are further away, and they begin and end alike.
        same = rest > 0.3 and sound(left) == sound(right)
        return 0.8 if same and len(sound(left).strip("a")) > 2 else 0.0
    if (left.isalpha() and right.isalpha()) or _numbers(left) == _numbers(right):
        return rest
    return 0.0


def _other_words(a: Prepared, b: Prepared) -> float:
    """Tell how alike names without a word in common are."""
    natural = _similarity(a.name.replace(" ", ""), b.name.replace(" ", ""))
    if natural > 0.9:
        return natural
    if len(a.words) == 1 or len(b.words) == 1:
        best = max(_similarity(x, y) for x in a.words for y in b.words)
        return max(natural, best * _ALIKE if best > 0.8 else 0)
    return max(natural, _similarity(a.ordered, b.ordered))


def _two_by_two(a: Prepared, b: Prepared) -> float:
    """Tell how alike two names of two words are, in the order that fits better."""
    best = 0.0
    first, second = a.parts
    for other, another in (b.parts, b.parts[::-1]):
        one = _word_similarity(first, other)
        two = _word_similarity(second, another)
        if one >= _UNLIKE and two >= _UNLIKE:
            best = max(best, (one + two) / 2)
        elif one > 0.7 or two > 0.7:  # brother and sister, one of them mistyped
            best = max(best, 0.5)
    if best < _UNLIKE:
        # A space in the wrong place.
        whole = _similarity(a.name.replace(" ", ""), b.name.replace(" ", ""))
        return whole if whole > 0.9 else best
    return best


def _word_similarity(first: str, second: str) -> float:
    if first[0] == second[0] and 1 in (len(first), len(second)):
        return _ALIKE
    return _similarity(first, second)


def _numbers(text: str) -> str:
    return _NO_DIGITS.sub("", text)


def may_match(a: Prepared, b: Prepared) -> bool:
    """Rule out records of two companies, and a company with its own people."""
    if a.company and b.company and a.company != b.company:
        return False
    if (a.parent and a.parent == b.id) or (b.parent and b.parent == a.id):
        return False
    return not (a.family and a.family == b.family and a.family in (a.id, b.id))


def compare(a: Prepared, b: Prepared, sharing: Mapping[str, int]) -> Match | None:
    """Compare two records; give None if it is not likely that they are one.

    :param sharing: how many have a key; what many share proves less

    >>> anna = prepare(Record(1, "Anna Berg", phones=("+4930901821",)))
    >>> again = prepare(Record(2, "Berg, Ana", phones=("+4930901821",)))
    >>> match = compare(anna, again, {})
    >>> match.score >= LIKELY, [evidence.field for evidence in match.evidence]
    (True, ['name', 'phone'])
    >>> twin = prepare(Record(3, "Jonas Berg", phones=("+4930901821",)))
    >>> compare(anna, twin, {}) is None
    True
    """
    related = a.company != b.company or a.family == b.family or a.parent or b.parent
    if related and not may_match(a, b):
        return None
    evidence = []
    alike = name_similarity(a, b) if a.words and b.words else None
    if alike is not None:
        if alike < _UNLIKE and not (a.vat and b.vat) and not (a.birth and b.birth):
            return None  # whatever else they share, a household does
        weight = _NAME_WEIGHTS[int(alike * 100)]
        if alike == 1:
            weight += _rarity(a, sharing)
        evidence.append(("name", alike, weight))
    colleagues = a.family == b.family and a.family != 0
    if colleagues and (alike or 0) >= _ALIKE:
        evidence.append(("family", 1.0, _FAMILY_BONUS))
    if a.birth and b.birth:
        evidence.append(_number("birth", a.birth, b.birth, _BIRTH_WEIGHTS))
    # What a company's people share tells nothing of two of them.
    if not colleagues and not _compare_places(a, b, sharing, evidence):
        return None
    if a.email and b.email and not (colleagues and (alike or 0) < 0.7):
        evidence.append(_email(a, b, sharing))
    score = _score(evidence, alike, a.is_company == b.is_company)
    if score < LIKELY:
        return None
    return Match(a.id, b.id, score, tuple(Evidence(*part) for part in evidence))


def _compare_places(
    a: Prepared, b: Prepared, sharing: Mapping[str, int], evidence: list[tuple]
) -> bool:
    """Compare telephone, number of taxes and address, where both have them; tell
    whether there is any hope left."""
    if a.phones and b.phones:
        evidence.append(_phone(a, b, sharing))
    if a.vat and b.vat:
        evidence.append(_number("vat", a.vat, b.vat, _VAT_WEIGHTS))
    if (a.zip and b.zip) or (a.city and b.city) or (a.street and b.street):
        evidence.append(_address(a, b))
    most = 0 if not (a.email and b.email) else 5 if a.email == b.email else 3
    return _PRIOR + sum([part[2] for part in evidence]) + most >= _LEAST


def _score(evidence: list[tuple], alike: float | None, same_kind: bool) -> float:
    total = _PRIOR if same_kind else _PRIOR - 1.5
    household = 0.0
    is_number = False
    for field, similarity, weight in evidence:
        if field in _HOUSEHOLD:
            household += weight
        else:
            total += weight
            is_number = is_number or (similarity == 1 and field in _PERSONAL)
    if alike is not None and alike < _UNLIKE:
        household = min(household, _HOUSEHOLD_MOST)
    score = 1 / (1 + exp(-total - household))
    if alike is not None and alike < _ALMOST and not is_number:
        return min(score, SURE - 0.01)
    return score


def _rarity(record: Prepared, sharing: Mapping[str, int]) -> float:
    """A company's name is its own mostly; of people many are called the same."""
    named = sharing.get(record.keys[0], 2)  # the first key is one of the name
    bonus = 2.0 if record.is_company else 1.0 if len(record.words) > 1 else 0.0
    return max(bonus - log(max(named, 2) / 2), -3.0)


def _number(
    field: str, first: str, second: str, weights: tuple[float, ...]
) -> tuple[str, float, float]:
    similarity = 1.0 if first == second else _similarity(first, second)
    return field, similarity, weights[int(similarity * 100)]


def _email(a: Prepared, b: Prepared, sharing: Mapping[str, int]) -> tuple:
    if a.email == b.email:
        return "email", 1.0, _shared(5.0, f"e:{a.email}", sharing)
    same_person = a.local == b.local and is_personal(a.local)
    if not same_person and _similarity(a.email, b.email, score_cutoff=0.8) == 0:
        return "email", 0.0, _EMAIL_WEIGHTS[0]
    similarity = _mail_similarity(a, b, same_person)
    return "email", similarity, _EMAIL_WEIGHTS[int(similarity * 100)]


def _mail_similarity(a: Prepared, b: Prepared, same_person: bool) -> float:
    """Tell how alike two addresses are: as alike as their less alike part."""
    domain, other = a.email.rpartition("@")[2], b.email.rpartition("@")[2]
    similarity = min(_similarity(a.local, b.local), _similarity(domain, other))
    if _numbers(a.email) != _numbers(b.email):
        return min(similarity, 0.5)
    if a.local != b.local and domain != other:
        return min(similarity, 0.7)
    return max(similarity, 0.8) if same_person else similarity


def _phone(a: Prepared, b: Prepared, sharing: Mapping[str, int]) -> tuple:
    for phone in a.phones:
        if phone in b.phones:
            return "phone", 1.0, _shared(4.0, f"p:{phone[-9:]}", sharing)
    similarity = max(
        [
            _similarity(first, second, score_cutoff=0.85)
            for first in a.phones
            for second in b.phones
        ]
    )
    return "phone", similarity, _PHONE_WEIGHTS[int(similarity * 100)]


def _shared(weight: float, key: str, sharing: Mapping[str, int]) -> float:
    """What two have is proof; what ten have is the number of a switchboard."""
    return max(0.5, weight - log(max(sharing.get(key, 2) - 1, 1)))


def _address(a: Prepared, b: Prepared) -> tuple:
    total = known = 0.0
    if a.street and b.street:
        known = 0.6
        total = 0.6 if a.street == b.street else 0.6 * _similarity(a.street, b.street)
    if a.zip and b.zip:
        known += 0.25
        total += 0.25 if a.zip == b.zip else 0.25 * _similarity(a.zip, b.zip)
    if a.city and b.city:
        known += 0.15
        total += 0.15 if a.city == b.city else 0.15 * _similarity(a.city, b.city)
    similarity = min(total / known, 1.0)
    return "address", similarity, known * _ADDRESS_WEIGHTS[int(similarity * 100 + 1e-9)]


def find(records: Iterable[Record]) -> list[Match]:
    """Find the records that are one another's doubles, most alike first.

    >>> people = [
    ...     Record(1, "Пётр Иванов", "p.ivanov@talisman.example.com"),
    ...     Record(2, "Ivanov Petr", "p.ivanov@talisman.example.com"),
    ...     Record(3, "Lucía Fernández", "lucia@olivar.example.com"),
    ... ]
    >>> [(match.first, match.second, match.score > SURE) for match in find(people)]
    [(1, 2, True)]
    """
    prepared = {record.id: prepare(record) for record in records}
    blocks = blocks_of(prepared.values())
    sharing = {key: len(ids) for key, ids in blocks.items()}
    found = (
        compare(prepared[first], prepared[second], sharing)
        for first, second in candidates(blocks, prepared)
    )
    return sorted(filter(None, found), key=lambda match: -match.score)
