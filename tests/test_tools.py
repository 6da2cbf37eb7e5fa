"""The commands of the Makefile: settings, what they say when something is wrong."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tools import lint, settings
from tools.settings import PYTHON, ROOT, VENV

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = re.findall(r"^([a-z]+):", MAKEFILE, re.M)
SHOW = """
import dataclasses, json
from tools import settings
print(json.dumps(dataclasses.asdict(settings.load()), default=str))
"""


@pytest.fixture
def checkout(tmp_path):
    """Copy what git has into a folder with blanks in its name."""
    root = tmp_path / "my crm suite"
    for path in lint.tracked(ROOT):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, root / path)
    return root


@pytest.fixture
def closed_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        yield probe.getsockname()[1]


def call(*command, cwd=ROOT, own_settings=True, **env):
    """Run a command as a person would in a terminal.

    :param own_settings: whether to keep those under which the tests themselves run
    """
    kept = os.environ.items()
    # What an outer make hands down.
    kept = {key: value for key, value in kept if key not in {"MAKEFLAGS", "MAKELEVEL"}}
    if not own_settings:
        kept = {key: kept[key] for key in kept if not key.startswith("CRM_")}
    return subprocess.run(
        [str(word) for word in command], cwd=cwd, env=kept | env, text=True,
        stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False,
    )  # fmt: skip


def tools(*arguments, **kwargs):
    return call(sys.executable, "-B", "-m", "tools", *arguments, **kwargs)


def assert_refused(done, *words):
    """A command has ended with one clear message that holds some words."""
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    for word in words:
        assert str(word) in done.stderr


# Settings


def write_settings(root, text):
    (root / "config" / "local.ini").write_text(text, encoding="utf-8")


def shown(root, **env):
    done = call(sys.executable, "-B", "-c", SHOW, cwd=root, own_settings=False, **env)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_setting_has_a_default(checkout):
    assert shown(checkout)["http_port"] == 8069


def test_the_file_wins_over_the_default(checkout):
    write_settings(checkout, "[suite]\nCRM_HTTP_PORT = 8100\n")
    assert shown(checkout)["http_port"] == 8100


def test_the_environment_wins_over_the_file(checkout):
    write_settings(checkout, "[suite]\nCRM_HTTP_PORT = 8100\nCRM_DB = mine\n")
    found = shown(checkout, CRM_HTTP_PORT="8200")
    assert (found["http_port"], found["db"]) == (8200, "mine")


def test_a_password_may_hold_any_character(checkout):
    write_settings(checkout, "[suite]\nCRM_PG_PASSWORD = 50%(off) ;#é\n")
    assert shown(checkout)["pg_password"] == "50%(off) ;#é"


def test_the_example_names_every_setting_with_its_default(checkout):
    example = checkout / "config" / "local.ini.example"
    named = re.findall(r"^(CRM_\w+)", example.read_text(encoding="utf-8"), re.M)
    assert sorted(named) == sorted(settings.DEFAULTS)
    defaults = shown(checkout)
    shutil.copy(example, checkout / "config" / "local.ini")
    assert shown(checkout) == defaults


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[suite]\nCRM_HTPP_PORT = 1\n", ["local.ini", "CRM_HTPP_PORT", "known are"]),
        ("CRM_HTTP_PORT = 8100\n", ["local.ini", "cannot be read"]),
        ("[suit]\nCRM_HTTP_PORT = 8100\n", ["local.ini", "[suit]"]),
        ("[suite]\nCRM_HTTP_PORT = x\n", ["CRM_HTTP_PORT", "between 1 and 65535"]),
        ("[suite]\nCRM_PG_PORT = 0\n", ["CRM_PG_PORT", "between 1 and 65535"]),
    ],
)
def test_a_wrong_file_is_named_with_what_is_wrong(checkout, text, words):
    write_settings(checkout, text)
    assert_refused(tools("clean", cwd=checkout, own_settings=False), *words)


def test_a_file_that_is_not_utf_8_is_named(checkout):
    (checkout / "config" / "local.ini").write_bytes(b"[suite]\nCRM_DB = \xff\n")
    done = tools("clean", cwd=checkout, own_settings=False)
    assert_refused(done, "local.ini", "cannot be read")


@pytest.mark.parametrize("port", ["0", "65536", "-1", "80.5", "http", ""])
def test_a_port_must_be_one(checkout, port):
    done = tools("clean", cwd=checkout, own_settings=False, CRM_HTTP_PORT=port)
    assert_refused(done, "CRM_HTTP_PORT", repr(port))


# Ports, database, Odoo


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0"])
def test_a_port_that_is_taken_is_named_with_what_to_do(address):
    with socket.create_server((address, 0)) as server:
        port = server.getsockname()[1]
        done = tools("run", CRM_HTTP_PORT=str(port))
    assert_refused(done, f"Port {port} is taken", "make run CRM_HTTP_PORT=")


def test_make_takes_the_port_as_its_message_says():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        done = call("make", "run", f"CRM_HTTP_PORT={port}")
    assert done.returncode == 2
    assert f"Port {port} is taken" in done.stderr


def test_a_database_server_that_does_not_answer_is_named(closed_port):
    server = {"CRM_PG_HOST": "127.0.0.1", "CRM_PG_PORT": str(closed_port)}
    done = tools("shell", **server, CRM_PG_USER="somebody")
    words = [f"127.0.0.1:{closed_port}", "somebody", "CRM_PG_HOST", "CRM_PG_PASSWORD"]
    assert_refused(done, *words)


def test_the_role_postgres_is_refused(closed_port):
    server = {"CRM_PG_HOST": "127.0.0.1", "CRM_PG_PORT": str(closed_port)}
    done = tools("shell", **server, CRM_PG_USER="postgres")
    assert_refused(done, "CRM_PG_USER is postgres", "name a role of its own")


def write_release(folder, version):
    (folder / "odoo").mkdir()
    text = f"version_info = ({version}, 'final', 0, '')\n"
    (folder / "odoo" / "release.py").write_text(text, encoding="utf-8")


def test_a_folder_that_is_no_odoo_is_refused(tmp_path):
    done = tools("shell", CRM_ODOO_SOURCE=str(tmp_path))
    assert_refused(done, "CRM_ODOO_SOURCE", tmp_path, "odoo/release.py")


@pytest.mark.parametrize(
    ("version", "name"), [("18, 0", "18.0"), ("'saas~19', 1", "saas~19.1")]
)
def test_an_odoo_of_another_version_is_refused(tmp_path, version, name):
    write_release(tmp_path, version)
    done = tools("shell", CRM_ODOO_SOURCE=str(tmp_path))
    assert_refused(done, tmp_path, f"is Odoo {name}", "19.0 is needed")


def test_a_refused_odoo_leaves_the_one_in_use(tmp_path, closed_port):
    link = next(VENV.glob("lib/python*/site-packages/odoo_source.pth"))
    before = link.read_text()
    write_release(tmp_path, "18, 0")
    tools("shell", CRM_ODOO_SOURCE=str(tmp_path))
    assert link.read_text() == before
    # The next command comes as far as the database, and finds its Odoo.
    server = {"CRM_PG_HOST": "127.0.0.1", "CRM_PG_PORT": str(closed_port)}
    assert_refused(tools("shell", **server), f"127.0.0.1:{closed_port}")
    done = call(PYTHON, "-c", "import odoo.release as r; print(r.version_info[:2])")
    assert done.stdout == "(19, 0)\n"


@pytest.mark.parametrize(
    ("option", "value"), [("--addon", "crm_nobody"), ("--file", "tests/test_nobody.py")]
)
def test_tests_that_are_not_there_are_named(option, value):
    assert_refused(tools("test", option, value), "There is no", value)


# make


def test_every_target_is_phony():
    (phony,) = re.findall(r"^\.PHONY: (.*)", MAKEFILE, re.M)
    assert sorted(phony.split()) == sorted(TARGETS)


def test_help_lists_every_target_with_what_it_does():
    lines = call("make", "help").stdout.splitlines()
    assert [line.split()[:2] for line in lines] == [["make", name] for name in TARGETS]
    assert all(len(line.split()) > 3 for line in lines)


def test_make_works_in_a_folder_with_blanks(checkout):
    done = call("make", "help", cwd=checkout, own_settings=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == call("make", "help").stdout


@pytest.mark.parametrize("name", TARGETS)
def test_every_target_calls_a_command_that_is_there(name):
    done = call("make", "--dry-run", name, "ADDON=a", "F=b c.py", "K=d", "B=P1")
    command = re.search(r"-m tools (\w+)", done.stdout)
    assert done.returncode == 0
    assert name == "help" or tools(command[1], "--help").returncode == 0


def files_of(root: Path) -> set[str]:
    paths = (path for path in root.rglob("*") if path.is_file())
    return {str(path.relative_to(root)) for path in paths}


def make_rubbish(root: Path) -> None:
    for name in (
        ".local/venv/bin/python",
        ".local/pg/data/PG_VERSION",
        ".ruff_cache/x",
        ".pytest_cache/x",
        "tools/__pycache__/x.pyc",
        "addons/crm_base/models/__pycache__/x.pyc",
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()


def test_clean_removes_what_the_set_up_made_and_nothing_else(checkout):
    write_settings(checkout, "[suite]\n")
    (checkout / "notes").mkdir()
    (checkout / "notes" / "mine.txt").touch()
    before = files_of(checkout)
    make_rubbish(checkout)
    done = call("make", "clean", cwd=checkout, own_settings=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert files_of(checkout) == before
    assert not (checkout / ".local").exists()


def test_clean_follows_no_link_out_of_the_project(checkout, tmp_path):
    other = tmp_path / "other"
    make_rubbish(other)
    before = files_of(other)
    (checkout / ".local").mkdir()
    (checkout / ".local" / "link").symlink_to(other)
    (checkout / "link").symlink_to(other)
    done = call("make", "clean", cwd=checkout, own_settings=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert files_of(other) == before


def test_clean_may_be_repeated(checkout):
    for _time in range(2):
        done = call("make", "clean", cwd=checkout, own_settings=False)
        assert (done.returncode, done.stderr) == (0, "")


def test_clean_mends_a_set_up_that_broke(checkout):
    # Killed in the middle: the server's mark is there, its programs are not.
    make_rubbish(checkout)
    (checkout / ".local" / "pg" / "data" / "postmaster.pid").write_text("1\n")
    done = call("make", "clean", cwd=checkout, own_settings=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert not (checkout / ".local").exists()
