"""Having a data set: built where it is missing or old, else reused."""

import contextlib
import hashlib
import os
import time
from pathlib import Path

import psycopg2

from tools import odoo as tool
from tools import postgres, settings

from .. import session
from . import contacts, customers, facts, seed, trade
from .filler import Filler
from .sizes import Size

STAMP = "crm_bench.stamp"


def ensure(size: Size) -> None:
    """Have the data set in its database, the suite in it as it is now."""
    config, env = settings.load(), dict(os.environ)
    if _kept(size).startswith(_source_digest()):
        tool.ensure(config, env, size.database, demo=False)
        if _kept(size) == _stamp(size):
            return
    # A half-filled database, or one of another form, is not mended.
    session.forget(size.database)
    tool.make(config, env, size.database, demo=False)
    _fill(size)


def _source_digest() -> str:
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _stamp(size: Size) -> str:
    """Digest the generator, and the columns of all tables that it fills."""
    with _connect(size) as cr:
        cr.execute(
            """SELECT string_agg(concat_ws(' ', table_name, column_name, data_type),
                    ',' ORDER BY table_name, column_name)
                FROM information_schema.columns WHERE table_name = ANY(%s)""",
            [facts.TABLES],
        )
        columns = cr.fetchone()[0]
    return f"{_source_digest()} {hashlib.sha256(columns.encode()).hexdigest()}"


def _kept(size: Size) -> str:
    """The stamp of the data set that is there, empty if there is none."""
    if not postgres.exists(dict(os.environ), size.database):
        return ""
    with _connect(size) as cr:
        cr.execute("SELECT value FROM ir_config_parameter WHERE key = %s", [STAMP])
        return (cr.fetchone() or ("",))[0]


@contextlib.contextmanager
def _connect(size: Size):
    closing = contextlib.closing(psycopg2.connect(dbname=size.database))
    with closing as connection, connection.cursor() as cr:
        yield cr


def _fill(size: Size) -> None:
    start = time.monotonic()
    print(f"Data set {size.name}:", flush=True)
    with session.environment(size.database) as env:
        seed.make_actors(env)
        env.cr.commit()
        rows = seed.model_rows(env)
    with _connect(size) as cr:
        filler = Filler(cr, size)
        for name, (table, row) in rows.items():
            filler.model_row(name, table, row)
        for part in (customers, trade, contacts):
            part.fill(filler)
        filler.tidy()
    # What the registry cached was read from the empty database.
    session.forget(size.database)
    with session.environment(size.database) as env:
        # The rows came in without triggers.
        env["crm.timeline"]._rebuild()
        env.cr.execute("ANALYZE crm_timeline")
        env["ir.config_parameter"].set_param(STAMP, _stamp(size))
        env.cr.commit()
        facts.show(env.cr, size)
    print(f"Data set {size.name} took {time.monotonic() - start:.0f} s.", flush=True)
