"""Odoo inside this process, one registry for each database."""

import contextlib
import functools
from collections.abc import Iterator

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.sql_db import close_db
from odoo.tools import config

from tools import odoo as tool
from tools import settings


@functools.cache
def configure() -> None:
    options = tool.options(settings.load(), "crm_bench_s")
    config.parse_config([*options, "--log-level=warn"], setup_logging=True)


@contextlib.contextmanager
def environment(
    database: str, login: str = "", readonly: bool = False
) -> Iterator[api.Environment]:
    """Give an environment as a request has it, with no record in its cache.

    Nothing is committed unless the block does it.
    """
    configure()
    with contextlib.closing(Registry(database).cursor(readonly=readonly)) as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        yield _as_user(env, login) if login else env
        cr.rollback()


def _as_user(env: api.Environment, login: str) -> api.Environment:
    """Give the environment of a user, with the context that the web client sends."""
    user_id = _user_id(env.cr, login)
    user = env["res.users"].browse(user_id)
    companies = (user.company_id | user.company_ids).ids
    context = user.with_user(user).context_get() | {"allowed_company_ids": companies}
    env.invalidate_all()
    return env(user=user_id, context=context)


def _user_id(cr, login: str) -> int:
    cr.execute("SELECT id FROM res_users WHERE login = %s", [login])
    return cr.fetchone()[0]


def forget(database: str) -> None:
    """Close what this process holds of a database, so that it can be dropped."""
    Registry.delete(database)
    close_db(database)
