"""The name of a file that somebody hands in, made safe to store, show and send."""

import re
import unicodedata

LONGEST = 120
# What no file system takes, and what leads into another folder.
FORBIDDEN = re.compile(r'[\\/:*?"<>|]')
# A real ending; a sentence after the last point is none.
ENDING = re.compile(r"\.[^.\s]{1,10}$")


def clean_file_name(name: str, fallback: str = "file") -> str:
    """Bring the name of a file into a form that deceives nobody.

    Signs that do not show are dropped: control characters, and those that turn the
    direction of writing, for which ``fdp.exe`` may read as ``exe.pdf``.

    >>> clean_file_name("Contract 2026.pdf")
    'Contract 2026.pdf'
    >>> clean_file_name("../../etc/passwd")
    'passwd'
    >>> clean_file_name(r"C:\\temp\\offer.docx")
    'offer.docx'
    >>> clean_file_name("invoice\\u202efdp.exe")
    'invoicefdp.exe'
    >>> clean_file_name("<script>alert(1)</script>.pdf")
    'script_.pdf'
    >>> clean_file_name("Договор 🎉.pdf")
    'Договор 🎉.pdf'
    >>> clean_file_name("...")
    'file'
    >>> clean_file_name("")
    'file'
    >>> len(clean_file_name("x" * 10_000 + ".pdf"))
    120
    """
    name = unicodedata.normalize("NFC", name or "")
    name = re.split(r"[\\/]", name)[-1]
    shown = "".join(char for char in name if _shows(char))
    shown = FORBIDDEN.sub("_", " ".join(shown.split())).strip(". ")
    return _shorten(shown) or fallback


def _shows(char: str) -> bool:
    """Tell whether a sign is one that a reader sees; a joiner of emoji counts."""
    return char.isspace() or char == "\u200d" or unicodedata.category(char)[0] != "C"


def _shorten(name: str) -> str:
    if len(name) <= LONGEST:
        return name
    ending = ENDING.search(name)
    kept = ending.group() if ending else ""
    return name[: LONGEST - len(kept)] + kept
