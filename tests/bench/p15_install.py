"""P15: what the suite adds to the time of an installation, and of a start."""

import contextlib
import os
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import replace

from tools import odoo as tool
from tools import postgres, settings
from tools.settings import LOCAL, Problem

from .frame import Result, benchmark, in_turn, wall

DEPENDENCIES = "crm_bench_dependencies"
SUITE = "crm_bench_suite"
PYCACHE = LOCAL / "pycache"
START_RATIO = 1.10
START_LIMIT = 120


@benchmark("P15", "installing the suite on its dependencies; starting the server", 0.25)
def install_and_start() -> Iterator[Result]:
    config, env = settings.load(), _environment()
    try:
        if not PYCACHE.exists():
            # Compiling Python is the first run's work, on any machine.
            _install_dependencies(config, env)
        yield _install(config, env)
        yield _start(config, env)
    finally:
        for database in (DEPENDENCIES, SUITE):
            tool.drop(env, database)


def _environment() -> dict[str, str]:
    """Have Python keep what it compiles, as it does unless it is told not to."""
    env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return env | {"PYTHONPYCACHEPREFIX": str(PYCACHE)}


def _install(config, env) -> Result:
    # The dependencies first: the suite is installed on a copy of their database.
    theirs, ours = in_turn(
        lambda: _install_dependencies(config, env),
        lambda: _install_suite(config, env),
        rounds=3,
    )
    return Result(ours, theirs, part="install", unit="s")


def _install_dependencies(config, env) -> float:
    tool.drop(env, DEPENDENCIES)
    needed = tool.dependencies()
    return wall(lambda: tool.build(config, env, DEPENDENCIES, install=needed))


def _install_suite(config, env) -> float:
    tool.copy(env, DEPENDENCIES, SUITE)
    return wall(lambda: tool.build(config, env, SUITE, install=tool.suite()))


def _start(config, env) -> Result:
    sides = (
        lambda: _seconds_to_login(config, env, SUITE),
        lambda: _seconds_to_login(config, env, DEPENDENCIES),
    )
    # The first visit of a database builds what later ones find.
    in_turn(*sides, rounds=1)
    ours, theirs = in_turn(*sides, rounds=5)
    return Result(
        ours,
        theirs,
        part="start",
        unit="s",
        goal=START_RATIO,
        note="until the login page answers",
    )


def _seconds_to_login(config, env, database: str) -> float:
    config = replace(config, http_port=postgres.free_port())
    command = tool.command(
        config,
        database,
        "--http-interface=127.0.0.1",
        "--max-cron-threads=0",
        "--log-level=warn",
    )
    with (tool.LOGS / f"{database}.log").open("w") as log:
        start = time.perf_counter()
        server = subprocess.Popen(
            command, env=tool.environment(env), stdout=log, stderr=subprocess.STDOUT
        )
        try:
            _wait_for(server, config.http_port)
            return time.perf_counter() - start
        finally:
            server.terminate()
            server.wait(30)


def _wait_for(server: subprocess.Popen, port: int) -> None:
    url = f"http://127.0.0.1:{port}/web/login"
    end = time.monotonic() + START_LIMIT
    while server.poll() is None and time.monotonic() < end:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(url, timeout=START_LIMIT).close()
            return
        time.sleep(0.02)
    raise Problem("P15: the server did not start.")
