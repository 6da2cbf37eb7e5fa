"""A form that strangers fill in: read, shortened and checked before any record."""

from collections.abc import Mapping
from typing import NamedTuple

SUBJECT = 200
TEXT = 20_000
LINE = 100


class Form(NamedTuple):
    """What was filled in, in words; ids are checked against what was offered."""

    subject: str
    description: str
    name: str
    email: str
    phone: str
    item: str
    honey: str

    @property
    def missing(self) -> set[str]:
        """The fields that a ticket cannot do without."""
        return {part for part in ("subject", "description") if not getattr(self, part)}


def read_form(given: Mapping[str, object]) -> Form:
    """Take the texts of a form, each in one line but the description.

    >>> form = read_form({"subject": " Grinder\\nstops ", "description": "x" * 30_000})
    >>> form.subject, len(form.description), form.email
    ('Grinder stops', 20000, '')
    >>> sorted(read_form({"subject": "\\x00 "}).missing)
    ['description', 'subject']
    """
    return Form(
        subject=_line(given.get("subject"), SUBJECT),
        description=_text(given.get("description"))[:TEXT].strip(),
        name=_line(given.get("name"), LINE),
        email=_line(given.get("email"), LINE),
        phone=_line(given.get("phone"), LINE),
        item=_line(given.get("item"), LINE),
        honey=_line(given.get("website"), LINE),
    )


def chosen_id(given: Mapping[str, object], name: str) -> int:
    """Give the id that was chosen, or 0 for none and for nonsense.

    >>> [chosen_id({"team": value}, "team") for value in ("7", "", "1 OR 1", "9" * 99)]
    [7, 0, 0, 0]
    """
    text = _text(given.get(name))
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _line(value: object, length: int) -> str:
    return " ".join(_text(value).split())[:length]


def _text(value: object) -> str:
    return value.replace("\x00", "") if isinstance(value, str) else ""
