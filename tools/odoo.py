"""Odoo: how it is called, and the databases that are built with it."""

import ast
import fcntl
import hashlib
import os
import re
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path

from . import postgres
from .settings import ADDONS, LOCAL, PYTHON, ROOT, VENV, Problem, Settings

FILES = LOCAL / "files"
LOGS = LOCAL / "logs"
ALLOWED = ROOT / "tests" / "allowed_warnings.txt"
LEVELS = re.compile(r"^\S+ \S+ \d+ (WARNING|ERROR|CRITICAL) ")


def suite() -> list[str]:
    """The names of the suite's addons."""
    return sorted(path.parent.name for path in ADDONS.glob("*/__manifest__.py"))


def manifest(addon: str) -> dict:
    return ast.literal_eval((ADDONS / addon / "__manifest__.py").read_text())


def dependencies() -> list[str]:
    """The addons of Odoo and OCA that the suite's manifests name."""
    named = {need for addon in suite() for need in manifest(addon)["depends"]}
    return sorted(named - set(suite()))


def environment(env: dict[str, str]) -> dict[str, str]:
    """Add to the database's variables what Odoo needs: its own wkhtmltopdf, UTC."""
    return env | {
        "PATH": f"{VENV / 'bin'}{os.pathsep}{env['PATH']}",
        "TZ": "UTC",
        "PYTHONUNBUFFERED": "1",
        # Odoo warns of root on each start; here root is the user's own choice.
        "PYTHONWARNINGS": "ignore::DeprecationWarning",
    }


def options(settings: Settings, database: str) -> list[str]:
    paths = [ADDONS]
    if settings.odoo_source and (settings.odoo_source / "addons").is_dir():
        paths.append(settings.odoo_source / "addons")
    return [
        f"--config={ROOT / 'config' / 'odoo-dev.conf'}",
        f"--addons-path={','.join(map(str, paths))}",
        f"--data-dir={FILES}",
        f"--database={database}",
        f"--db-filter=^{re.escape(database)}$",
        f"--http-port={settings.http_port}",
    ]


def command(
    settings: Settings, database: str, *arguments: str, verb: str = "server"
) -> list[str]:
    return [str(PYTHON), "-m", "odoo", verb, *options(settings, database), *arguments]


def build(
    settings: Settings,
    env: dict[str, str],
    database: str,
    install: Iterable[str] = (),
    update: Iterable[str] = (),
    demo: bool = False,
) -> None:
    """Install or update addons in a database; the log must have no warning.

    :raises Problem: if Odoo fails, or its log holds a WARNING or ERROR that
        ``tests/allowed_warnings.txt`` does not explain
    """
    install, update = ",".join(install), ",".join(update)
    LOGS.mkdir(exist_ok=True)
    log = LOGS / f"{database}.log"
    arguments = ["--stop-after-init", "--no-http", "--max-cron-threads=0"]
    arguments += [f"--init={install}"] if install else []
    arguments += [f"--update={update}"] if update else []
    arguments += ["--with-demo"] if demo else []
    print(f"{database}: {install or update} ...", end=" ", flush=True)
    start = time.monotonic()
    with log.open("w") as out:
        done = subprocess.run(
            command(settings, database, *arguments),
            env=environment(env), stdout=out, stderr=subprocess.STDOUT,
            check=False,
        )  # fmt: skip
    print(f"{time.monotonic() - start:.0f} s", flush=True)
    text = log.read_text(errors="replace")
    if done.returncode:
        raise Problem(f"Odoo failed on {database} ({log}):\n{text[-3000:]}")
    if found := complaints(text):
        raise Problem(f"The log {log} complains:\n" + "\n".join(found[:20]))


def complaints(text: str) -> list[str]:
    """Give the WARNING and ERROR lines that no line of the allowed list explains."""
    allowed = [
        re.compile(line)
        for line in ALLOWED.read_text().splitlines()
        if line and not line.startswith("#")
    ]
    return [
        line
        for line in text.splitlines()
        if LEVELS.match(line) and not any(rule.search(line) for rule in allowed)
    ]


def fingerprint(*addons: str) -> str:
    """Digest what the server loads of the addons; a change calls for an update."""
    digest = hashlib.sha256()
    for addon in addons:
        for path in sorted((ADDONS / addon).rglob("*")):
            skipped = {"tests", "readme", "__pycache__"} & set(
                path.relative_to(ADDONS).parts
            )
            if path.is_file() and not skipped:
                digest.update(
                    str(path.relative_to(ADDONS)).encode() + path.read_bytes()
                )
    return digest.hexdigest()


class Marks:
    """What a database was built from, kept beside it."""

    def __init__(self, database: str):
        self.path = LOCAL / "stamps" / f"db-{database}"

    def read(self) -> dict[str, str]:
        lines = self.path.read_text().splitlines() if self.path.exists() else []
        return dict(line.split(" ", 1) for line in lines)

    def write(self, base: str) -> None:
        marks = {"base": base} | {addon: fingerprint(addon) for addon in suite()}
        self.path.write_text(
            "".join(f"{key} {value}\n" for key, value in marks.items())
        )

    def clear(self) -> None:
        self.path.unlink(missing_ok=True)


def base_key(settings: Settings, demo: bool) -> str:
    """Digest what lies under the suite; other pins or needs make a new database."""
    pins = [ROOT / "requirements.txt", ROOT / "requirements" / "odoo.txt"]
    parts = [",".join(dependencies()), str(demo), str(settings.odoo_source)]
    parts += [path.read_text() for path in pins]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def ensure_base(settings: Settings, env: dict[str, str], demo: bool) -> str:
    """Have a database with all that the suite depends on, to copy from."""
    kind = "demo" if demo else "plain"
    name = f"crm_base_{kind}_{base_key(settings, demo)[:8]}"
    with (LOCAL / f"{name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _ensure_base(settings, env, demo, name)
    return name


def _ensure_base(
    settings: Settings, env: dict[str, str], demo: bool, name: str
) -> None:
    key = base_key(settings, demo)
    marks = Marks(name)
    if postgres.exists(env, name) and marks.read().get("base") == key:
        return
    marks.clear()
    postgres.drop(env, name)
    build(settings, env, name, install=dependencies(), demo=demo)
    marks.path.write_text(f"base {key}\n")


def ensure(settings: Settings, env: dict[str, str], database: str, demo: bool) -> bool:
    """Have the suite installed and up to date in a database; tell whether it is new."""
    marks = Marks(database)
    known = marks.read()
    key = base_key(settings, demo)
    there = postgres.exists(env, database)
    if there and known.get("base") == key and set(known) - {"base"} == set(suite()):
        changed = [addon for addon in suite() if known[addon] != fingerprint(addon)]
        if changed:
            build(settings, env, database, update=changed)
            warm(settings, env, database)
            marks.write(key)
        return False
    make(settings, env, database, demo)
    return True


def make(settings: Settings, env: dict[str, str], database: str, demo: bool) -> None:
    """Make a database anew: copy the base, install the suite."""
    marks = Marks(database)
    base = ensure_base(settings, env, demo)
    marks.clear()
    copy(env, base, database)
    build(settings, env, database, install=suite(), demo=demo)
    warm(settings, env, database)
    marks.write(base_key(settings, demo))


def copy(env: dict[str, str], source: str, target: str) -> None:
    """Copy a database and its files."""
    postgres.copy(env, source, target)
    store = FILES / "filestore"
    subprocess.run(["rm", "-rf", str(store / target)], check=True)
    if (store / source).exists():
        # Hard links: Odoo never changes a stored file, it only adds and removes.
        subprocess.run(
            ["cp", "-al", str(store / source), str(store / target)], check=True
        )


def drop(env: dict[str, str], database: str) -> None:
    postgres.drop(env, database)
    Marks(database).clear()
    subprocess.run(["rm", "-rf", str(FILES / "filestore" / database)], check=True)


def warm(settings: Settings, env: dict[str, str], database: str) -> None:
    """Build the bundles of scripts and styles, so that no first visitor waits."""
    shell(settings, env, database, Path(__file__).with_name("warm_assets.py"))


def shell(settings: Settings, env: dict[str, str], database: str, script: Path) -> None:
    """Run a script in an Odoo shell, its output going to the terminal.

    :raises Problem: if the script fails
    """
    with script.open() as source:
        done = subprocess.run(
            command(settings, database, "--no-http", "--log-level=warn", verb="shell"),
            env=environment(env), stdin=source,
            check=False,
        )  # fmt: skip
    if done.returncode:
        raise Problem(f"{script.name} failed.")
