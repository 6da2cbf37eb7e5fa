"""An inquiry of a stranger: read and shortened before any record."""

from collections.abc import Mapping
from typing import NamedTuple

TEXT = 20_000
LINE = 100


class Form(NamedTuple):
    """What was filled in."""

    name: str
    company: str
    email: str
    phone: str
    text: str
    honey: str


def read_form(given: Mapping[str, object]) -> Form:
    """Take the texts of a form, each in one line but the last.

    >>> form = read_form({"name": " Anna\\nBerg ", "text": "x" * 30_000, "phone": 7})
    >>> form.name, len(form.text), form.phone, form.honey
    ('Anna Berg', 20000, '', '')
    """
    return Form(
        name=_line(given.get("name")),
        company=_line(given.get("company")),
        email=_line(given.get("email")),
        phone=_line(given.get("phone")),
        text=_text(given.get("text"))[:TEXT].strip(),
        honey=_line(given.get("website")),
    )


def _line(value: object) -> str:
    return " ".join(_text(value).split())[:LINE]


def _text(value: object) -> str:
    return value.replace("\x00", "") if isinstance(value, str) else ""
