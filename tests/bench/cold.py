"""A cold start: nothing of a database in the memory of the server or the machine."""

import os
from collections.abc import Callable

import psycopg2

from tools import postgres, settings

EVICT = """
    SELECT count(pg_buffercache_evict_relation(oid)) FROM pg_class
    WHERE relkind IN ('r', 'i', 't', 'm')
"""


def possible() -> bool:
    """Tell whether this is the project's own server, of a version that can forget."""
    if settings.load().pg_host or not hasattr(os, "posix_fadvise"):
        return False
    env = dict(os.environ)
    return int(postgres.sql(env, "SHOW server_version_num")) >= 180000


def first(database: str, side: Callable[[], float]) -> Callable[[], float]:
    """Have a side measured cold."""

    def measured() -> float:
        _cool(database)
        return side()

    return measured


def _cool(database: str) -> None:
    connection = psycopg2.connect(dbname=database)
    connection.autocommit = True
    with connection.cursor() as cr:
        cr.execute("CREATE EXTENSION IF NOT EXISTS pg_buffercache")
        cr.execute("CHECKPOINT")  # what is not on disk cannot be forgotten
        cr.execute(EVICT)
        cr.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
        (oid,) = cr.fetchone()
    connection.close()
    for path in (postgres.DATA / "base" / str(oid)).iterdir():
        handle = os.open(path, os.O_RDONLY)
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(handle)
