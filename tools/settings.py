"""Where things are, and what the user chose.

A setting is taken from the environment, else from ``config/local.ini``, else from
the table below. ``config/local.ini.example`` explains each of them.
"""

import configparser
import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Resolved: several worktrees may share one set-up by a link.
LOCAL = (ROOT / ".local").resolve()
ADDONS = ROOT / "addons"
VENV = LOCAL / "venv"
PYTHON = VENV / "bin" / "python"
CONFIG_FILE = ROOT / "config" / "local.ini"

DEFAULTS = {
    "CRM_ODOO_SOURCE": "",
    "CRM_PG_HOST": "",
    "CRM_PG_PORT": "5432",
    "CRM_PG_USER": "odoo",
    "CRM_PG_PASSWORD": "",
    "CRM_HTTP_PORT": "8069",
    "CRM_DB": "crm_demo",
    "CRM_TEST_DB": "crm_test",
}


class Problem(Exception):
    """Something that the user can mend; its text says what is wrong and what to do."""


@dataclass(frozen=True)
class Settings:
    odoo_source: Path | None
    pg_host: str
    pg_port: int
    pg_user: str
    pg_password: str
    http_port: int
    db: str
    test_db: str


def load() -> Settings:
    """Read the settings.

    :raises Problem: if the file names an unknown setting, or a port is no port
    """
    values = (
        DEFAULTS
        | _from_file()
        | {k: os.environ[k] for k in DEFAULTS if k in os.environ}
    )
    if values["CRM_DB"] == values["CRM_TEST_DB"]:
        raise Problem(
            "CRM_DB and CRM_TEST_DB name one database; the tests drop theirs."
        )
    source = values["CRM_ODOO_SOURCE"]
    return Settings(
        odoo_source=Path(source).expanduser().resolve() if source else None,
        pg_host=values["CRM_PG_HOST"],
        pg_port=_port("CRM_PG_PORT", values),
        pg_user=values["CRM_PG_USER"],
        pg_password=values["CRM_PG_PASSWORD"],
        http_port=_port("CRM_HTTP_PORT", values),
        db=values["CRM_DB"],
        test_db=values["CRM_TEST_DB"],
    )


def _from_file() -> dict[str, str]:
    if not CONFIG_FILE.exists():
        return {}
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str
    try:
        parser.read_string(CONFIG_FILE.read_text(encoding="utf-8"))
    except (configparser.Error, UnicodeDecodeError) as error:
        raise Problem(f"config/local.ini cannot be read: {error}") from error
    if others := [f"[{name}]" for name in parser.sections() if name != "suite"]:
        raise Problem(
            f"config/local.ini has {', '.join(others)}; settings stand under [suite]."
        )
    found = dict(parser["suite"]) if parser.has_section("suite") else {}
    if unknown := sorted(set(found) - set(DEFAULTS)):
        raise Problem(
            f"config/local.ini names {', '.join(unknown)};"
            f" known are {', '.join(DEFAULTS)}."
        )
    return found


def _port(key: str, values: dict[str, str]) -> int:
    text = values[key]
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise Problem(f"{key} must be a port between 1 and 65535, not {text!r}.")
    return int(text)
