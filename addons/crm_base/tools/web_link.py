"""Whether a text is a link that may be sent to a customer."""

import re
from urllib.parse import urlsplit

LONGEST = 2000
# Browsers drop or turn these, and land elsewhere than the text says.
CRAFTY = re.compile(r"[\s\\\x00-\x1f\x7f]")


def is_web_link(text: str) -> bool:
    """Tell whether a text is a complete address on the web, without a login in it.

    >>> is_web_link("https://example.com/brochure?lang=es#prices")
    True
    >>> is_web_link("http://пример.рф/каталог")
    True
    >>> any(
    ...     map(
    ...         is_web_link,
    ...         ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd"],
    ...     )
    ... )
    False
    >>> any(map(is_web_link, ["//evil.example", "https:/\\\\evil.example", "https://"]))
    False
    >>> any(map(is_web_link, ["https://bank.example@evil.example", "www.example.com"]))
    False
    >>> is_web_link("https://[bad")
    False
    """
    if not text or len(text) > LONGEST or CRAFTY.search(text):
        return False
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 -- it raises where the port is none
    except ValueError:
        return False
    return (
        parts.scheme in {"http", "https"}
        and bool(parts.hostname)
        and parts.username is None
    )
