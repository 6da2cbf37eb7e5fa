"""Check translations: ``python -m tools.check_po [--fix] ADDON_FOLDER ...``.

Runs inside the environment, for it needs polib. With ``--fix`` the files are first
sorted and wrapped; words are never touched.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import polib

LANGUAGES = {"es", "ru"}
STRINGS = {
    ".py": re.compile(r"\bfields\.[A-Z]\w+\(|\b_\(|^    _description = ", re.M),
    ".js": re.compile(r"\b_t\("),
    ".xml": re.compile(r"."),
}
WITHOUT_STRINGS = {"migrations", "readme", "tests"}
KEPT = re.compile(
    r"""
    %% | %(?:\(\w+\))?[\d.]*[sdifrg]    # printf
    | \{\{.*?\}\} | \{\w*\}             # inline templates, str.format
    | </?[A-Za-z][\w.-]*                # tags; their title or alt may be translated
    | \bt-[\w.-]+="[^"]*"               # QWeb's attributes
    """,
    re.VERBOSE,
)


def findings(addon: Path) -> Iterator[str]:
    """Tell what an addon's template and translations lack."""
    for path in sorted(addon.glob("i18n_extra/*.po")):
        yield from _extra_findings(path)
    folder = addon / "i18n"
    template = folder / f"{addon.name}.pot"
    found = {path.stem for path in folder.glob("*.po")}
    if not template.exists():
        if found or has_strings(addon):
            yield f"{template}: missing"
        return
    try:
        yield from _format_findings(template)
        source = _catalogue(template)
    except (OSError, ValueError) as error:
        yield f"{template}: {error}"
        return
    for language in sorted(LANGUAGES | found):
        yield from _language_findings(source, folder / f"{language}.po")


def has_strings(addon: Path) -> bool:
    """Tell whether an addon seems to hold something to translate."""
    return any(
        path.suffix in STRINGS and STRINGS[path.suffix].search(path.read_text("utf-8"))
        for path in addon.rglob("*")
        if not WITHOUT_STRINGS & set(path.relative_to(addon).parts)
    )


def tidy(path: Path) -> None:
    """Sort and wrap the entries as Odoo exports them."""
    path.write_text(_tidied(path), "utf-8")


def _catalogue(path: Path) -> polib.POFile:
    return polib.pofile(path.read_text("utf-8"))


def _tidied(path: Path) -> str:
    catalogue = _catalogue(path)
    catalogue.sort(key=lambda entry: entry.msgid)
    return str(catalogue)


def _format_findings(path: Path) -> Iterator[str]:
    if path.read_text("utf-8") != _tidied(path):
        yield f"{path}: not sorted and wrapped as Odoo exports it (make format)"


def _language_findings(source: polib.POFile, path: Path) -> Iterator[str]:
    if re.match(r"en\b|en_", path.stem):
        yield f"{path}: English is the source"
        return
    if not path.exists():
        yield f"{path}: missing"
        return
    try:
        yield from _format_findings(path)
        catalogue = _catalogue(path)
    except (OSError, ValueError) as error:
        yield f"{path}: {error}"
        return
    for line, text in _differences(source, catalogue):
        yield f"{path}:{line}: {text}"


def _extra_findings(path: Path) -> Iterator[str]:
    """Look at the words for other addons, which no template lists."""
    try:
        yield from _format_findings(path)
        catalogue = _catalogue(path)
    except (OSError, ValueError) as error:
        yield f"{path}: {error}"
        return
    for entry in catalogue:
        if flaw := "obsolete" if entry.obsolete else _flaw(entry):
            yield f"{path}:{entry.linenum}: {flaw}: {entry.msgid!r}"


def _differences(
    source: polib.POFile, catalogue: polib.POFile
) -> Iterator[tuple[int, str]]:
    left = {_key(entry): entry for entry in catalogue if not entry.obsolete}
    for wanted in source:
        entry = left.pop(_key(wanted), None)
        if entry is None:
            yield 1, f"lacks {wanted.msgid!r}"
        elif flaw := _flaw(entry):
            yield entry.linenum, f"{flaw}: {entry.msgid!r}"
    for entry in left.values():
        yield entry.linenum, f"not in the template: {entry.msgid!r}"
    for entry in catalogue.obsolete_entries():
        yield entry.linenum, f"obsolete: {entry.msgid!r}"


def _flaw(entry: polib.POEntry) -> str:
    if entry.fuzzy:
        return "fuzzy"
    if not entry.translated():
        return "not translated"
    source, text = (Counter(KEPT.findall(s)) for s in (entry.msgid, entry.msgstr))
    if source != text:
        return f"loses {sorted(source - text)}, adds {sorted(text - source)}"
    return ""


def _key(entry: polib.POEntry) -> tuple[str | None, str]:
    return entry.msgctxt, entry.msgid


def main(arguments: list[str]) -> int:
    addons = [Path(argument) for argument in arguments if argument != "--fix"]
    if "--fix" in arguments:
        for path in [path for addon in addons for path in addon.glob("i18n*/*.po*")]:
            tidy(path)
    found = [finding for addon in addons for finding in findings(addon)]
    print("\n".join(found))
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
