"""The commands of the Makefile: ``python3 -m tools COMMAND [ARGUMENT ...]``."""

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from . import ground, lint, odoo, postgres, settings
from .settings import LOCAL, PYTHON, ROOT, Problem

BANNER = """
  The CRM suite is ready: http://localhost:{port}

  login        password     who
  admin        admin        administrator
  agent        agent        service agent
  salesperson  salesperson  salesperson
  marketer     marketer     marketer
  customer     customer     customer, on the portal

  Look first, as agent: Helpdesk > Tickets > "Grinder stops after ten minutes" shows
  the customer's card. As customer: http://localhost:{port}/my shows the same ticket.
  Ctrl-C stops Odoo and the database.
"""
CACHES = {"__pycache__", ".pytest_cache", ".ruff_cache"}
DEMO_SCRIPTS = [ROOT / "tools" / "demo_cdnow.py"]


def run(config, args) -> None:
    """Serve the suite with demo data."""
    _check_port(config.http_port)
    with postgres.running(config) as env:
        _demo_database(config, env)
        _serve(config, env)


def demo(config, args) -> None:
    """Rebuild the demo database."""
    with postgres.running(config) as env:
        odoo.drop(env, config.db)
        _demo_database(config, env)


def update(config, args) -> None:
    """Upgrade the suite's addons in the demo database."""
    with postgres.running(config) as env:
        odoo.build(config, env, config.db, update=odoo.suite())
        odoo.Marks(config.db).write(odoo.base_key(config, demo=True))


def shell(config, args) -> None:
    """Open an Odoo shell on the demo database, or run the script piped into it."""
    with postgres.running(config) as env:
        _demo_database(config, env)
        command = odoo.command(
            config, config.db, "--no-http", "--log-level=warn", verb="shell"
        )
        sys.exit(
            subprocess.run(command, env=odoo.environment(env), check=False).returncode
        )


def test(config, args) -> None:
    """Run the tests: all of them, of one addon, of one file, or those that match."""
    everything = not (args.addon or args.file or args.k)
    if everything:
        lint.run()
    browser = ground.browser()
    if args.addon and args.addon not in odoo.suite():
        raise Problem(
            f"There is no addon {args.addon}; there are {', '.join(odoo.suite())}."
        )
    # pytest also takes a test's name, after two colons.
    if args.file and not Path(args.file.partition("::")[0]).exists():
        raise Problem(f"There is no file or folder {args.file}.")
    on_demo = ROOT / "tests" / "demo"
    chosen = [Path(args.file).resolve()] if args.file else []
    chosen += [ROOT / "addons" / args.addon] if args.addon else []
    plain = [path for path in chosen if on_demo not in (path, *path.parents)]
    with postgres.running(config) as env:
        env |= {"CRM_BROWSER": browser}
        failed = False
        if plain or not chosen:
            odoo.ensure(config, env, config.test_db, demo=False)
            targets = plain or [ROOT / "addons", ROOT / "tests"]
            failed = _pytest(
                config, env, config.test_db, targets, args.k, on_demo, many=everything
            )
        if len(plain) < len(chosen) or not chosen:
            _demo_database(config, env)
            targets = [path for path in chosen if path not in plain] or [on_demo]
            failed = (
                _pytest(config, env, config.db, targets, args.k, many=everything)
                or failed
            )
    if failed:
        raise Problem("Tests failed.")


def check(config, args) -> None:
    """Run the formatters and linters."""
    lint.run(fix=args.fix)


def terms(config, args) -> None:
    """Write the .pot files, and bring the .po files in line with them."""
    with postgres.running(config) as env:
        odoo.ensure(config, env, config.test_db, demo=False)
        env |= {"ADDONS": ",".join(odoo.suite())}
        script = Path(__file__).with_name("export_terms.py")
        odoo.shell(config, env, config.test_db, script)


def bench(config, args) -> None:
    """Measure: print ratios and write bench.json."""
    with postgres.running(config) as env:
        command = [PYTHON, "-m", "tests.bench", *([args.id] if args.id else [])]
        command = [str(word) for word in command]
        if subprocess.run(
            command, env=odoo.environment(env), cwd=ROOT, check=False
        ).returncode:
            raise Problem("A benchmark failed.")


def clean(config, args) -> None:
    """Remove everything that the set-up made; databases on your own server stay."""
    if (postgres.DATA / "postmaster.pid").exists() and postgres.is_up():
        raise Problem(
            "The project's database is in use: stop `make run` or the tests first."
        )
    shutil.rmtree(LOCAL, ignore_errors=True)
    # A walk, unlike a glob, does not leave the project through a link.
    for folder, names, _files in os.walk(ROOT):
        for cache in CACHES.intersection(names):
            shutil.rmtree(Path(folder, cache), ignore_errors=True)


def _demo_database(config, env) -> None:
    """Have the demo database ready, with the purchase histories loaded."""
    marks = LOCAL / "stamps" / f"demo-{config.db}"
    if odoo.ensure(config, env, config.db, demo=True):
        marks.unlink(missing_ok=True)
    if marks.exists():
        return
    for script in DEMO_SCRIPTS:
        odoo.shell(config, env, config.db, script)
    marks.touch()


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))
        except PermissionError as error:
            raise Problem(f"Port {port} is for root; choose one above 1023.") from error
        except OSError as error:
            other = port + 1 if port < 65535 else port - 1
            raise Problem(
                f"Port {port} is taken. Stop what listens there, or choose another:"
                f" make run CRM_HTTP_PORT={other}"
            ) from error


def _serve(config, env) -> None:
    def stop(*_args):
        raise KeyboardInterrupt

    # In a session of its own: Ctrl-C reaches us alone, and Odoo gets one signal, not
    # two, of which it would take the second for "at once".
    command = odoo.command(config, config.db, "--log-level=warn")
    server = subprocess.Popen(
        command, env=odoo.environment(env), start_new_session=True
    )
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    try:
        _wait_for(server, config.http_port)
        print(BANNER.format(port=config.http_port), flush=True)
        if server.wait():
            raise Problem("Odoo ended with an error.")
    except KeyboardInterrupt:
        print("\nStopping ...", flush=True)
    finally:
        # A second Ctrl-C must not leave the database behind.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        if server.poll() is None:
            server.terminate()
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()


def _wait_for(server: subprocess.Popen, port: int) -> None:
    while server.poll() is None:
        try:
            urllib.request.urlopen(
                f"http://127.0.0.1:{port}/web/login", timeout=60
            ).close()
            return
        except OSError:
            time.sleep(0.2)
    raise Problem("Odoo did not start.")


def _pytest(config, env, database, targets, expression, skip=None, many=False) -> bool:
    """Run pytest on a database; tell whether anything failed or was skipped.

    :param many: share the classes of tests out among two processes, each with a copy
        of the database
    """
    command = [PYTHON, "-m", "pytest", "--odoo-http", *targets]
    command += ["--numprocesses=2", "--dist=loadscope"] if many else []
    extra = odoo.options(config, database)[1:]
    command += [f"--odoo-extra={option[2:]}" for option in extra]
    command += [f"--odoo-config={ROOT / 'config' / 'odoo-dev.conf'}"]
    command += [f"--ignore={skip}"] if skip else []
    command += ["-k", expression] if expression else []
    env = odoo.environment(env)
    command = [str(word) for word in command]
    status = subprocess.run(command, env=env, cwd=ROOT, check=False).returncode
    # 5: nothing matched, which a narrow choice may mean for one of the two databases.
    return status != 0 and not (status == 5 and expression)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python3 -m tools")
    verbs = parser.add_subparsers(required=True)
    for name, function in [
        ("run", run), ("test", test), ("demo", demo), ("update", update),
        ("shell", shell), ("lint", check), ("terms", terms), ("bench", bench),
        ("clean", clean),
    ]:  # fmt: skip
        verb = verbs.add_parser(name, help=function.__doc__)
        verb.set_defaults(function=function)
        if function is test:
            verb.add_argument("--addon")
            verb.add_argument("--file")
            verb.add_argument("-k")
        if function is bench:
            verb.add_argument("id", nargs="?")
        if function is check:
            verb.add_argument("--fix", action="store_true")
    args = parser.parse_args()
    try:
        config = settings.load()
        if args.function is not clean:
            with_output = sys.stderr if args.function is shell else sys.stdout
            ground.prepare(config, with_output)
        args.function(config, args)
    except Problem as problem:
        print(f"\n{problem}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    os.chdir(ROOT)
    main()
