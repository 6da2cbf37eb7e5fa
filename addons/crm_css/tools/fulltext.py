"""Words, as they are put into the full text index and looked for in it.

PostgreSQL stems the words. Case and accents are dealt with here, so that the result
depends neither on the locale of the database nor on an extension that may be missing.
"""

import re
import unicodedata

from anyascii import anyascii

# The configurations of PostgreSQL by language; others are searched by whole words.
CONFIGS = {
    "de": "german",
    "en": "english",
    "es": "spanish",
    "fr": "french",
    "it": "italian",
    "nl": "dutch",
    "pt": "portuguese",
    "ru": "russian",
}
SIMPLE = "simple"
# A vector holds one megabyte at most; this much of a body is found.
LONGEST_TEXT = 200_000
# The rest of a longer question is not looked at, so that no question is expensive.
LONGEST_QUESTION = 1_000
LONGEST_WORD = 40
WORD = re.compile(r"[^\W_]+")
LATIN_EXTRA = {"ß": "ss", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "ё": "е"}


def config_of(lang: str | None) -> str:
    """Give the configuration for a language code.

    >>> config_of("es_MX"), config_of("ru_RU"), config_of("lv_LV"), config_of(None)
    ('spanish', 'russian', 'simple', 'simple')
    """
    return CONFIGS.get((lang or "").partition("_")[0], SIMPLE)


def plain(text: str) -> str:
    """Bring a text into one case and one spelling of each letter."""
    return unicodedata.normalize("NFC", text or "").lower()


def without_accents(text: str) -> str:
    """Write a lower-case text the way people type it in a hurry.

    >>> without_accents("café instalación straße"), without_accents("счётчик йод")
    ('cafe instalacion strasse', 'счетчик йод')
    """
    return "".join(_bare(letter) for letter in text)


def _bare(letter: str) -> str:
    if letter in LATIN_EXTRA:
        return LATIN_EXTRA[letter]
    base = unicodedata.normalize("NFD", letter)[:1]
    return base if base.isascii() else letter


def indexable(text: str) -> str:
    """Give a text for the index: with each accented word also without its accents.

    >>> indexable("Café sin espuma")
    'café sin espuma cafe'
    """
    text = plain(text)[:LONGEST_TEXT]
    bare = {word: without_accents(word) for word in WORD.findall(text)}
    extra = [other for word, other in bare.items() if word != other]
    return " ".join([text, *extra])


def words(text: str, limit: int = 32) -> list[str]:
    """Give the different words of a question. They hold letters and digits only, so
    nothing in them is an operator of the search.

    >>> words("Grinder's (E-04) & !NOT | <-> it:* grinder")
    ['grinder', 's', 'e', '04', 'not', 'it']
    >>> words("%s' OR 1=1 --" * 10_000, limit=3)
    ['s', 'or', '1']
    """
    found = WORD.findall(plain((text or "")[:LONGEST_QUESTION]))
    short = (word for word in found if len(word) <= LONGEST_WORD)
    return list(dict.fromkeys(short))[:limit]


def spellings(word: str) -> list[str]:
    """Give a word as typed, and without accents.

    >>> spellings("café"), spellings("grinder")
    (['café', 'cafe'], ['grinder'])
    """
    return list(dict.fromkeys([word, without_accents(word)]))


def latin(text: str) -> str:
    """Write a text in plain Latin letters, in which trigrams work in any locale, and
    in which a Russian word typed in Latin is found too.

    >>> latin("Кофемолка «Титан»"), latin("Café")
    ('kofemolka titan', 'cafe')
    """
    return " ".join(WORD.findall(anyascii(text or "").lower()))


def slug(text: str, longest: int = 60) -> str:
    """Give a title as a part of an address.

    >>> slug("Кофемолка греется: что делать?"), slug("Clean the grinder!"), slug("☕")
    ('kofemolka-greetsya-chto-delat', 'clean-the-grinder', 'coffee')
    """
    return re.sub(r"[^a-z0-9]+", "-", anyascii(text or "").lower())[:longest].strip("-")


def clean_terms(text: str, longest: int = 100) -> str:
    """Give a question in the form in which equal questions are counted together.

    >>> clean_terms("  Milk   FROTH? ")
    'milk froth?'
    """
    return " ".join(plain(text).split())[:longest].strip()
