"""Records of people and companies, brought into one form, with their keys.

Two spellings of one name are alike in that form (:func:`prepare`); two records of one
person mostly share one of the keys (:func:`keys_of`), such as the mail address, or the
sound of a name with its postcode.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

from anyascii import anyascii

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
_SOUNDS = str.maketrans("bpdtgkqcvfzsaeiouh", "ppttkkkkffss" + "a" * 6)


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


def is_personal(local: str) -> bool:
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
        if is_personal(record.local):
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
