"""The words of a call script, with the names of who talks to whom."""

import re
from collections.abc import Mapping

PLACEHOLDERS = ("person", "company", "caller", "our_company")
_PLACE = re.compile(r"\{(\w*)\}")


def unknown_places(text: str) -> list[str]:
    """Give the placeholders of a text that nobody can fill.

    >>> unknown_places("Good day, {person}. This is {caler}.")
    ['{caler}']
    """
    return [f"{{{name}}}" for name in _PLACE.findall(text) if name not in PLACEHOLDERS]


def spoken(text: str, names: Mapping[str, str]) -> str:
    """Give the text as it is said; what is not known is left as it stands.

    >>> spoken("Good day, {person} of {company}.", {"person": "Anna {x}"})
    'Good day, Anna {x} of {company}.'
    """
    return _PLACE.sub(lambda place: names.get(place[1]) or place[0], text)
