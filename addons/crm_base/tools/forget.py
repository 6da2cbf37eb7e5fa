"""How an addon declares what becomes of its records when a person is forgotten."""

import re
from collections.abc import Iterable
from html import escape
from typing import Any, NamedTuple
from urllib.parse import quote

from odoo.fields import Domain

# A name of one word, or a short one, is shared by too many people and words.
SHORTEST_NAME = 6

# In the words of PostgreSQL's patterns.
WORD_BEGINS = "(?<![[:alnum:]_])"
MAIL_BEGINS = "(?<![[:alnum:]_.+-])"
WORD_ENDS = "(?![[:alnum:]_])"
BLANK = r"(?:\s|\u00a0|&nbsp;)+"


class Part(NamedTuple):
    """What becomes of some records of one model.

    :param model: their model
    :param domain: which records; it is evaluated without access rules, archived too
    :param mentioned: text fields; where given, only records count in which one of them
        holds the person's name, mail or phone
    :param clear: fields with the value that each gets, in the form of its column; SQL
        is allowed, and None empties
    :param scrub: text fields in which the person's name, mail and phone are replaced
    :param delete: the records are deleted
    :param kept_in: text fields in which the person may still stand afterwards
    :param reason: why something is kept, for people
    """

    model: str
    domain: Domain = Domain.TRUE
    mentioned: tuple[str, ...] = ()
    clear: dict[str, Any] = {}
    scrub: tuple[str, ...] = ()
    delete: bool = False
    kept_in: tuple[str, ...] = ()
    reason: str = ""

    @property
    def done(self) -> str:
        """What is done: delete, clear, scrub or keep."""
        if self.delete:
            return "delete"
        if self.clear:
            return "clear"
        return "scrub" if self.scrub else "keep"


def scrub(model: str, *names: str) -> Part:
    """Declare that name, mail and phone are replaced wherever texts name the person."""
    return Part(model, mentioned=names, scrub=names)


def is_telling(name: str) -> bool:
    """Tell whether a name says by itself who is meant.

    >>> is_telling("Anna Berg"), is_telling("Anna"), is_telling("Li Wu")
    (True, False, False)
    """
    return len(name) >= SHORTEST_NAME and len(name.split()) > 1


def spellings(word: str) -> list[str]:
    """Give the forms in which the same text stands in plain text, HTML, links and the
    headers of mails.

    >>> spellings("Anna O'Hara")[:3]
    ["Anna O'Hara", 'Anna O&#x27;Hara', 'Anna O&#39;Hara']
    >>> spellings("+49 30 901821")
    ['+49 30 901821', '+49%2030%20901821']
    """
    html = escape(word)  # Odoo's own writes the apostrophe in decimal
    forms = [
        word,
        html,
        html.replace("&#x27;", "&#39;"),
        word.replace("'", r"\'"),
        quote(word, safe="+@"),
        word.replace("@", "%40"),
    ]
    return list(dict.fromkeys(forms))


def mention_pattern(words: Iterable[str]) -> str:
    """Give a PostgreSQL pattern that finds names, mails and phones as whole words.

    A name also counts with several blanks, a mail not as the end of a longer one.
    """
    return "|".join(
        f"{MAIL_BEGINS if '@' in word else WORD_BEGINS}"
        f"(?:{'|'.join(_pattern(text) for text in spellings(word))}){WORD_ENDS}"
        for word in words
    )


def _pattern(text: str) -> str:
    return BLANK.join(re.escape(piece) for piece in text.split())


def anchors(words: Iterable[str]) -> list[str]:
    """Give for each word a plain piece of it as a pattern of LIKE, which is cheaper to
    look for than the whole. The domain of a mail is shared by many.

    >>> anchors(["Anna O'Hara", "anna_b@n.example.com", "+49 30 901821"])
    ['%Anna%', '%anna%', '%901821%']
    """
    pieces = (re.findall(r"[^\W_]+", word.partition("@")[0]) for word in words)
    return [f"%{max(found, key=len)}%" for found in pieces if found]
