"""Finding records that mean the same person or company.

How it works: each record is brought into one form (:func:`prepare`) and gets a few
keys (:func:`keys_of`), such as its mail address, or the sound of a name with its
postcode. Only records that share a key are compared (:func:`candidates`), and a key
that many share is split, so the work grows with the number of records, not with its
square. Comparing (:func:`compare`) adds up what speaks for and against one person, each
field by its weight: the logarithm of how much likelier that agreement is between two
records of one than of two. The sum, as a probability, is the score.

Nothing here knows where the records come from.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import combinations, pairwise
from math import exp, log
from typing import NamedTuple

from anyascii import anyascii
from rapidfuzz.distance import OSA

SURE = 0.95
LIKELY = 0.75

# A block with more records is split, at last into neighbours in order of the name.
MOST_IN_BLOCK = 40
NEIGHBOURS = 5
# Longer texts are no names; comparing them would only cost.
LONGEST = 120


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


LEGAL_FORMS = _words(
    "gmbh mbh ohg gbr slu sll sarl sasu srl srls ltd limited llc llp inc corp plc"
    " gmbhco ooo oao zao pao oaoo kft doo sro zrt eood eirl sprl bvba aps"
)
# These are also words or names, so they go from names of companies only.
SHORT_LEGAL_FORMS = _words(
    "ag kg se ug ev co sa sl sc spa sas bv nv as ab oy ip ao sp zoo and und y i"
)
SHARED_MAILBOXES = _words(
    "info office sales mail email contact kontakt kontakte service support admin"
    " hello hallo hola buchhaltung accounting einkauf zentrale post reception pedidos"
    " ventas administracion compras zakaz buh noreply"
)
_FOLDS = (
    ("tsch", "ch"), ("shch", "sh"), ("sch", "sh"), ("kh", "h"), ("ck", "k"),
    ("ph", "f"), ("ts", "c"), ("tz", "c"), ("cz", "ch"), ("w", "v"), ("x", "ks"),
    ("y", "i"), ("j", "i"), ("ae", "a"), ("oe", "o"), ("ue", "u"), ("ii", "i"),
    ("iia", "ia"),
)  # fmt: skip
_NO_DIGITS = re.compile(r"\D+")
_SOUNDS = str.maketrans("bpdtgkqcvfzsaeiouh", "ppttkkkkffss" + "a" * 6)

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


class Record(NamedTuple):
    """What is compared. Empty text is unknown, and speaks neither for nor against.

    :param phones: in international form (E.164)
    :param vat: a number that only one has: of taxes, a register, an insurance
    :param birth: as eight digits, year first
    :param company: the own company that it belongs to; records of two never match
    :param family: id of the commercial entity, which its people share
    :param parent: id of the record above it
    """

    id: int
    name: str = ""
    email: str = ""
    phones: tuple[str, ...] = ()
    vat: str = ""
    street: str = ""
    zip: str = ""
    city: str = ""
    birth: str = ""
    is_company: bool = False
    company: int = 0
    family: int = 0
    parent: int = 0


class Prepared(NamedTuple):
    """A record in the form in which it is compared."""

    id: int
    name: str
    ordered: str
    words: frozenset[str]
    parts: tuple[str, ...]
    email: str
    local: str
    phones: tuple[str, ...]
    vat: str
    street: str
    zip: str
    city: str
    birth: str
    is_company: bool
    company: int
    family: int
    parent: int
    keys: tuple[str, ...]


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


class Source(NamedTuple):
    """Declares which records of a model are compared, and which fields hold what.

    :param domain: which records take part
    :param watched: the fields that people write and whose change is a reason to look
        again
    :param user: the employee who cares for the record

    The others are fields of the model, stored, or empty.
    """

    model: str
    domain: tuple
    watched: tuple[str, ...]
    name: str
    email: str = ""
    phone: str = ""
    vat: str = ""
    street: str = ""
    zip: str = ""
    city: str = ""
    is_company: str = ""
    company: str = ""
    family: str = ""
    parent: str = ""
    user: str = ""

    def watched_by(self, names: Iterable[str]) -> bool:
        """Tell whether any of these fields is watched."""
        return not set(self.watched).isdisjoint(names)

    def fields(self) -> dict[str, str]:
        """The fields of the model, by what of a record they hold."""
        names = self._fields[3:-1]
        return {name: getattr(self, name) for name in names if getattr(self, name)}


def record_of(id_: int, values: Mapping[str, object]) -> Record:
    """Make a record of the values that the fields of a source have.

    >>> record_of(7, {"name": "Anna", "phone": "+4930901821", "company": None})[:4]
    (7, 'Anna', '', ('+4930901821',))
    """
    given = {name: value for name, value in values.items() if value}
    phone = given.pop("phone", "")
    return Record(id=id_, phones=(phone,) if phone else (), **given)


# One form


@lru_cache(maxsize=1 << 12)
def plain(text: str) -> str:
    """Give a text in small latin letters, spellings of one sound alike.

    >>> plain("Пётр Иванов"), plain("Petr Ivanov")
    ('petr ivanov', 'petr ivanov')
    >>> plain("Юлия Щербакова") == plain("Julia Scherbakowa")
    True
    >>> plain("Müller & Söhne"), plain("Mueller Soehne")
    ('muller sohne', 'muller sohne')
    >>> plain("S.L."), plain("O'Brien"), plain("😀" * 9999)[:9]
    ('sl', 'obrien', 'grinning ')
    """
    text = anyascii(text[:LONGEST]).casefold()[:LONGEST]
    text = re.sub(r"\b([a-z])\.(?=[a-z]\b)", r"\1", text)
    text = re.sub(r"['`]", "", text)
    for old, new in _FOLDS:
        if old in text:
            text = text.replace(old, new)
    return " ".join(re.findall(r"[a-z0-9]+", text))


_LEGAL = frozenset(map(plain, LEGAL_FORMS))
_SHORT_LEGAL = frozenset(map(plain, SHORT_LEGAL_FORMS))


def words_of(name: str, is_company: bool = False) -> list[str]:
    """Give the words of a name without the legal form.

    >>> words_of("ООО «Талисман Трейд»"), words_of("Talisman Trade Ltd.")
    (['talisman', 'treid'], ['talisman', 'trade'])
    >>> words_of("Olivar del Sur S.L.", is_company=True)
    ['olivar', 'del', 'sur']
    >>> words_of("Novum Sp. z o.o.", is_company=True), words_of("GmbH")
    (['novum'], ['gmbh'])
    >>> words_of("Ana Sá")
    ['ana', 'sa']
    """
    found = plain(name)
    words = re.sub(r"\bsp z oo\b", "", found).split() if is_company else found.split()
    forms = _LEGAL | _SHORT_LEGAL if is_company else _LEGAL
    return [word for word in words if word not in forms] or words


@lru_cache(maxsize=1 << 16)
def sound(word: str) -> str:
    """Give a short code that misspellings of a word mostly share.

    >>> sound("veber"), sound("vebber"), sound("berg"), sound("berk")
    ('fpr', 'fpr', 'prk', 'prk')
    >>> sound("anna") == sound("ana"), sound("treid") == sound("trade")
    (True, True)
    """
    code = word.translate(_SOUNDS)
    first, rest = code[:1], code[1:].replace("a", "")
    return re.sub(r"(.)\1+", r"\1", first + rest)[:6]


def prepare(record: Record) -> Prepared:
    """Bring a record into the form in which it is compared."""
    words = words_of(record.name, record.is_company)
    vat = re.sub(r"[^A-Z0-9]", "", anyascii(record.vat[:LONGEST]).upper())
    email = record.email[:LONGEST].strip().casefold()
    prepared = Prepared(
        id=record.id,
        name=" ".join(words),
        ordered=" ".join(sorted(words)),
        words=frozenset(words),
        parts=tuple(words),
        email=email,
        local=email.partition("@")[0],
        phones=record.phones,
        vat=re.sub(r"^[A-Z]{2}(?=.{5})", "", vat),
        street=plain(record.street),
        zip=plain(record.zip),
        city=plain(record.city),
        birth=record.birth,
        is_company=record.is_company,
        company=record.company,
        family=record.family,
        parent=record.parent,
        keys=(),
    )
    return prepared._replace(keys=tuple(keys_of(prepared)))


# Blocks


def keys_of(record: Prepared) -> list[str]:
    """Give the keys of which two records of one person mostly share at least one.

    >>> anna = Record(1, "Anna Berg", "anna.berg@x.example.com", ("+4930901821",))
    >>> prepare(anna).keys
    ('n:an.prk', 'e:anna.berg@x.example.com', 'l:anna.berg', 'p:930901821')
    >>> prepare(Record(2, "Berk Ana", zip="10999")).keys
    ('n:an.prk', 'z:prk.10999', 'z:an.10999')
    >>> prepare(Record(3)).keys
    ()
    """
    return list(dict.fromkeys([*_name_keys(record), *_other_keys(record)]))


def _is_personal(local: str) -> bool:
    """Tell whether the part of an address before the @ names a person."""
    return len(local) > 4 and local not in SHARED_MAILBOXES


def _name_keys(record: Prepared) -> Iterator[str]:
    words = sorted(record.words, key=lambda word: (-len(word), word))[:3]
    codes = [sound(word) for word in words]
    if len(codes) == 1:
        yield f"n:{codes[0]}"
    for pair in combinations(codes, 2):
        yield f"n:{'.'.join(sorted(pair))}"
    if place := record.zip or sound(record.city.replace(" ", "")):
        for code in codes:
            yield f"z:{code}.{place}"


def _other_keys(record: Prepared) -> Iterator[str]:
    if record.email:
        yield f"e:{record.email}"
        if _is_personal(record.local):
            yield f"l:{record.local}"
    for phone in record.phones:
        yield f"p:{phone[-9:]}"
    if record.vat:
        yield f"v:{record.vat}"
    if record.birth:
        yield f"b:{record.birth}"
    number = re.search(r"\d+", record.street)
    longest = max(re.findall(r"[a-z]+", record.street), key=len, default="")
    if number and longest:
        yield f"s:{number[0]}.{sound(longest)}.{record.zip[:2]}"


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


# Comparing


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
    same_person = a.local == b.local and _is_personal(a.local)
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
