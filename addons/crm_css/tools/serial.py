"""Serial numbers, as people write them."""

import re

# A mail of 20 MB is not searched to its end.
MOST_TEXT = 50_000
# Shorter ones, and those without a figure, are words.
SHORTEST = 4


def serial_key(serial: str | None) -> str:
    """Give the form in which serial numbers are compared: letters and figures only.

    >>> serial_key("NK-2024-0017"), serial_key("nk 2024/0017"), serial_key(" - ")
    ('NK20240017', 'NK20240017', '')
    >>> serial_key("Серия №12-а"), serial_key(None)
    ('СЕРИЯ12А', '')
    """
    return re.sub(r"[\W_]", "", serial or "").upper()


def serial_keys(*texts: str | None) -> set[str]:
    """Give all that may be a serial number in some texts, which may be HTML.

    >>> sorted(serial_keys("Grinder NK-2024-0017 stops.", "<p>It is <b>hot</b></p>"))
    ['NK20240017']
    >>> sorted(serial_keys("(SN: A7/331-b), since 2024; call +49 30 901821"))
    ['2024', '901821', 'A7331B']
    >>> serial_keys("The grinder stops", None, "<img src='NK-2024-0017'>")
    set()
    """
    keys = set()
    for text in texts:
        plain = re.sub(r"<[^<>]*>|&\w+;|&#\d+;", " ", (text or "")[:MOST_TEXT])
        keys.update(serial_key(word) for word in re.split(r"[\s,;:()\[\]]+", plain))
    return {key for key in keys if len(key) >= SHORTEST and any(map(str.isdigit, key))}
