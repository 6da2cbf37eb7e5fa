"""Filling tables from one row of each kind and a query of what differs."""

import json
import time

from .sizes import Size

FUNCTIONS = """
-- Chance: the same number between 0 and 1 for the same number and purpose.
CREATE FUNCTION pg_temp.u(n bigint, salt int) RETURNS float8
IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
    SELECT ((hashint8extended(n, salt) >> 11) & 9007199254740991)::float8
        / 9007199254740992::float8
$$;
-- Around 1, long to the right: baskets, prices.
CREATE FUNCTION pg_temp.lognormal(n bigint, salt int, sigma float8) RETURNS float8
IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
    SELECT exp(sigma * sqrt(-2 * ln(1 - pg_temp.u(n, salt)))
        * cos(2 * pi() * pg_temp.u(n, salt + 1)))
$$;
-- 0 most often, then 1, and so on.
CREATE FUNCTION pg_temp.few(n bigint, salt int, mean float8) RETURNS int
IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
    SELECT floor(-ln(1 - pg_temp.u(n, salt)) * mean)::int
$$;
CREATE FUNCTION pg_temp.pick(words text[], n bigint, salt int) RETURNS text
IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
    SELECT words[1 + floor(pg_temp.u(n, salt) * cardinality(words))::int]
$$;
-- A moment of that day at which people work.
CREATE FUNCTION pg_temp.at_work(day timestamp, n bigint, salt int) RETURNS timestamp
IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
    SELECT date_trunc('day', day) + interval '8 hours'
        + date_trunc('second', pg_temp.u(n, salt) * interval '10 hours')
$$;
"""


class Filler:
    """Writes rows by ``INSERT ... SELECT``, telling what and how long it took."""

    def __init__(self, cr, size: Size):
        self.size = size
        self.filled: list[str] = []
        self._cr = cr
        self.run(FUNCTIONS)
        self._superuser = self.value(
            "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
        )
        if self._superuser:
            # Foreign keys are not checked, which is the larger part of the time.
            self.run("SET session_replication_role = replica")
        cr.connection.commit()

    def run(self, sql: str, params: dict | None = None) -> None:
        self._cr.execute(sql, params)

    def value(self, sql: str):
        self._cr.execute(sql)
        return self._cr.fetchone()[0]

    def base(self, table: str) -> int:
        """The id after which the generated rows begin."""
        return self.value(f"SELECT COALESCE(max(id), 0) FROM {table}")

    def temp(self, name: str, query: str, params: dict | None = None) -> None:
        """Keep a query's result for the queries that follow."""
        self.run(f"CREATE TEMP TABLE {name} AS {query}", params)
        self.run(f"ANALYZE {name}")

    def model_row(self, name: str, table: str, row: dict) -> None:
        """Keep the row that the rows of ``insert`` are copied from."""
        self.temp(
            f"row_{name}",
            f"SELECT * FROM jsonb_populate_record(NULL::{table}, %(row)s)",
            {"row": json.dumps(row)},
        )

    def insert(self, table: str, source: str, row: str = "", **values: str) -> None:
        """Add a row to a table for each row of a query.

        :param source: the query, seen by the values as ``s``
        :param row: name of the row to copy from, if it is not that of the table
        :param values: SQL for the columns that differ from it
        """
        start = time.monotonic()
        columns = {name: f"t.{name}" for name in self._columns(table)}
        if unknown := set(values) - set(columns):
            raise LookupError(f"{table} has no column {', '.join(sorted(unknown))}")
        columns |= values
        self.run(
            f"INSERT INTO {table} ({', '.join(columns)})"
            f" SELECT {', '.join(columns.values())}"
            f" FROM ({source}) AS s CROSS JOIN row_{row or table} AS t"
        )
        self._done(table, start)

    def relate(self, table: str, columns: str, query: str) -> None:
        """Fill the table of a many2many field."""
        start = time.monotonic()
        self.run(f"INSERT INTO {table} ({columns}) {query}")
        self._done(table, start)

    def count_on(self, code: str, number: int) -> None:
        """Have the ORM's numbers of documents go on after the generated ones."""
        self.run(
            f"""SELECT setval('ir_sequence_' || lpad(id::text, 3, '0'), {number})
                FROM ir_sequence WHERE code = '{code}'"""
        )

    def _done(self, table: str, start: float) -> None:
        rows = self._cr.rowcount
        self._cr.connection.commit()
        self.filled.append(table)
        print(f"  {table:<30} {rows:>9,} {time.monotonic() - start:6.1f} s", flush=True)

    def _columns(self, table: str) -> list[str]:
        self._cr.execute(
            """SELECT quote_ident(attname) FROM pg_attribute
                WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped
                    AND attgenerated = '' ORDER BY attnum""",
            [table],
        )
        return [name for (name,) in self._cr.fetchall()]

    def tidy(self) -> None:
        """Set the sequences behind the rows, and tell the planner what is there."""
        start = time.monotonic()
        tables = sorted(set(self.filled))
        for table in tables:
            if "id" in self._columns(table):
                self.run(
                    f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id))"
                    f" FROM {table}"
                )
        self._cr.connection.commit()
        self._cr.connection.autocommit = True
        self.run(f"VACUUM (ANALYZE) {', '.join(tables)}")
        self.run("ANALYZE")
        if self._superuser:
            self.run("CHECKPOINT")  # its writes would fall into what is measured
        self._cr.connection.autocommit = False
        print(
            f"  {'vacuum, analyze':<40} {time.monotonic() - start:6.1f} s", flush=True
        )
