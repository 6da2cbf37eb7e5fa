"""Checks that no tool brings: text files, manifests, commit messages."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

DEBUG = {
    ".py": re.compile(r"\bbreakpoint\(|\bpdb\.\w+\(|^\s*(import|from) (i?pdb|pudb)\b"),
    ".js": re.compile(r"^\s*debugger\b"),
    ".xml": re.compile(r"\bt-debug=|\bdebugger;"),
}
CONFLICT = re.compile(r"^(<{7}|\|{7}|>{7})( |$)")
MACHINE_PATH = re.compile(
    r"(?<![\w.])/(root|work(space)?s?|(home|Users)/[\w.-]+)/[\w.-]|\b[A-Z]:\\Users\\"
)
# Images and the like are told by their content; these must be text.
TEXT = {".py", ".js", ".xml", ".scss", ".csv", ".po", ".pot", ".md", ".toml", ".txt"}
SAMPLE_FOLDERS = {"data", "files", "samples"}

MANIFEST_KEYS = [
    "name", "summary", "version", "category", "author", "website", "license",
    "depends", "external_dependencies", "data", "demo", "assets",
]  # fmt: skip
OPTIONAL_KEYS = {"website", *MANIFEST_KEYS[8:]}
MANIFEST_DEFAULTS = {"installable": True, "application": False, "auto_install": False}
VERSION = re.compile(r"19\.0\.\d+\.\d+\.\d+")
SUBJECT = re.compile(r"\[(ADD|IMP|FIX|REF|MIG|I18N)\] [^:]+: \S")


def text_findings(root: Path, path: Path) -> Iterator[str]:
    """Tell what is unclean in a file; ``path`` is relative to ``root``."""
    text = _text(root, path)
    if text is None:
        if path.suffix in TEXT:
            yield f"{path}: not UTF-8"
        return
    for number, line in enumerate(text.split("\n"), 1):
        if line != line.rstrip():
            yield f"{path}:{number}: trailing blanks"
        if CONFLICT.match(line):
            yield f"{path}:{number}: merge conflict"
        if path.suffix in DEBUG and DEBUG[path.suffix].search(line):
            yield f"{path}:{number}: debug statement: {line.strip()}"
    if text and text != text.rstrip("\n") + "\n":
        yield f"{path}: must end with a single line feed"


def path_findings(root: Path, path: Path) -> Iterator[str]:
    """Tell where a file names a folder that only one machine has."""
    text = _text(root, path)
    # The images have their own file system.
    if text is None or path.parts[0] == "docker":
        return
    for number, line in enumerate(text.split("\n"), 1):
        if MACHINE_PATH.search(line):
            yield f"{path}:{number}: path of one machine: {line.strip()}"


def tidy(root: Path, path: Path) -> None:
    """Take trailing blanks away and have the file end with one line feed."""
    text = _text(root, path)
    if text:
        lines = [line.rstrip() for line in text.split("\n")]
        tidied = "\n".join(lines).rstrip("\n") + "\n"
        if tidied != text:
            (root / path).write_bytes(tidied.encode())


def is_sample(path: Path) -> bool:
    """Tell whether a test's file is kept as it came from somebody else."""
    in_folder = SAMPLE_FOLDERS & set(path.parts[:-1]) and path.suffix != ".py"
    return "tests" in path.parts and bool(in_folder or path.suffix == ".eml")


def _text(root: Path, path: Path) -> str | None:
    content = (root / path).read_bytes()
    try:
        return None if b"\0" in content else content.decode()
    except UnicodeDecodeError:
        return None


def manifest_findings(addon: Path) -> Iterator[str]:
    """Tell what is wrong with an addon's manifest."""
    try:
        manifest = ast.literal_eval((addon / "__manifest__.py").read_text("utf-8"))
    except (SyntaxError, ValueError) as error:
        yield f"cannot be read: {error}"
        return
    yield from _key_findings(manifest)
    if manifest.get("license", "AGPL-3") != "AGPL-3":
        yield f"license is {manifest['license']}, not AGPL-3"
    version = manifest.get("version", "")
    if VERSION.fullmatch(version):
        yield from _migration_findings(addon, version)
    else:
        yield f"version {version!r} is not 19.0.x.y.z"


def _key_findings(manifest: dict) -> Iterator[str]:
    if missing := set(MANIFEST_KEYS) - OPTIONAL_KEYS - set(manifest):
        yield f"lacks {', '.join(sorted(missing))}"
    order = [key for key in MANIFEST_KEYS if key in manifest]
    order += [key for key in manifest if key not in MANIFEST_KEYS]
    if list(manifest) != order:
        yield f"order of keys must be {', '.join(order)}"
    for key, value in manifest.items():
        if value in ([], {}, "") or value is MANIFEST_DEFAULTS.get(key, ...):
            yield f"{key} is a default or empty: leave it out"


def _migration_findings(addon: Path, version: str) -> Iterator[str]:
    for folder in sorted(addon.glob("migrations/*/")):
        if not VERSION.fullmatch(folder.name):
            yield f"migrations/{folder.name} is not named 19.0.x.y.z"
        elif _numbers(folder.name) > _numbers(version):
            yield f"migrations/{folder.name} is ahead of version {version}"


def _numbers(version: str) -> list[int]:
    return [int(number) for number in version.split(".")]


def commit_findings(root: Path) -> list[str]:
    """Give the commits, as far as the clone knows them, with an unusual subject."""
    command = ["git", "log", "--no-merges", "--format=%h %s"]
    done = subprocess.run(
        command, cwd=root, capture_output=True, text=True, check=False
    )
    # It fails where there is no commit yet.
    subjects = [line.split(" ", 1) for line in done.stdout.splitlines()]
    return [
        f"{commit}: {subject!r} is not like '[ADD] crm_base: ...'"
        for commit, subject in subjects
        if not SUBJECT.match(subject)
    ]
