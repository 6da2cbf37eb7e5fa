"""P03: ABC, XYZ and RFM of all customers, written with history, in one run.

Against plain SQL that computes and inserts the same rows into the same table, and
against DuckDB that reads the same tables and only computes.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date

from dateutil.relativedelta import relativedelta

from tools.settings import LOCAL, ROOT, Problem

from . import session
from .frame import Result, benchmark, in_turn, wall
from .generator.sizes import Size

PATIENCE = 300
RATIO = 1.3
VENV = LOCAL / "bench-duckdb"
PINS = ROOT / "requirements" / "bench_duckdb.txt"

# As one would write it who knows the tables and this one question. {orders} and the
# other tables are those of the ERP.
_CLASSES = """
    WITH document AS (
        SELECT p.commercial_partner_id AS id,
            date_trunc('month', o.date_order) AS month, o.date_order AS moment,
            o.amount_untaxed / o.currency_rate AS amount,
            coalesce(o.margin, 0) / o.currency_rate AS margin, 1 AS orders
        FROM {pg}sale_order AS o JOIN {pg}res_partner AS p ON p.id = o.partner_id
        WHERE o.state = 'sale' AND o.company_id = {company}
            AND o.date_order >= '{first}' AND o.date_order < '{after}'
        UNION ALL
        SELECT p.commercial_partner_id, date_trunc('month', m.invoice_date::timestamp),
            m.invoice_date, -l.balance, -l.balance, 0
        FROM {pg}account_move AS m
        JOIN {pg}account_move_line AS l
            ON l.move_id = m.id AND l.display_type = 'product'
        JOIN {pg}res_partner AS p ON p.id = m.partner_id
        WHERE m.move_type = 'out_refund' AND m.state = 'posted'
            AND m.company_id = {company}
            AND m.invoice_date >= '{first}' AND m.invoice_date < '{after}'
        UNION ALL
        SELECT p.commercial_partner_id, date_trunc('month', m.invoice_date::timestamp),
            m.invoice_date, -l.balance, -l.balance, 0
        FROM {pg}account_move AS m
        JOIN {pg}account_move_line AS l
            ON l.move_id = m.id AND l.display_type = 'product'
        LEFT JOIN {pg}sale_order_line_invoice_rel AS r ON r.invoice_line_id = l.id
        JOIN {pg}res_partner AS p ON p.id = m.partner_id
        WHERE m.move_type = 'out_invoice' AND m.state = 'posted'
            AND r.invoice_line_id IS NULL AND m.company_id = {company}
            AND m.invoice_date >= '{first}' AND m.invoice_date < '{after}'
    ), monthly AS (
        SELECT id, month, sum(amount) AS turnover, sum(margin) AS margin,
            sum(orders) AS orders,
            max(CASE WHEN orders > 0 THEN moment END) AS last_moment
        FROM document GROUP BY id, month
    ), customer AS (
        SELECT id, sum(turnover) AS turnover, sum(margin) AS margin,
            sum(orders) AS orders, max(last_moment)::date AS last_date,
            '{last}'::date - max(last_moment)::date AS days,
            CASE WHEN sum(orders) > 0 THEN sqrt(greatest(sum(orders * orders) * 12.0
                / (sum(orders) * sum(orders)) - 1, 0)) END AS variation
        FROM monthly GROUP BY id
    ), ranked AS (
        SELECT *, 100 * greatest(turnover, 0) / sum(greatest(turnover, 0)) OVER ()
                AS share,
            rank() OVER (ORDER BY turnover DESC) AS rank, count(*) OVER () AS number,
            sum(greatest(turnover, 0)) OVER (ORDER BY turnover DESC)
                / sum(greatest(turnover, 0)) OVER () * 100 AS cumulated
        FROM customer
    ), scored AS (
        SELECT *,
            1 + (rank() OVER (ORDER BY days DESC) - 1) * 5 / number AS r,
            1 + (rank() OVER (ORDER BY orders) - 1) * 5 / number AS f,
            1 + (rank() OVER (ORDER BY turnover) - 1) * 5 / number AS m
        FROM ranked
    )
    SELECT {run} AS run_id, id AS partner_id, turnover, margin, orders, last_date, days,
        share, cumulated, rank,
        CASE WHEN cumulated - share < 80 THEN 'a' WHEN cumulated - share < 95 THEN 'b'
            ELSE 'c' END AS abc, variation,
        CASE WHEN variation <= 0.5 THEN 'x' WHEN variation <= 1 THEN 'y' ELSE 'z' END
            AS xyz, r::int AS r, f::int AS f, m::int AS m,
        CASE WHEN r >= 4 AND f + m >= 7 THEN 'champion' WHEN r >= 3 THEN 'loyal'
            WHEN r = 2 THEN 'hibernating' ELSE 'lost' END AS rfm_group
    FROM scored"""
_COLUMNS = """run_id, partner_id, turnover, margin, orders, last_date, days, share,
    cumulated, rank, abc, variation, xyz, r, f, m, rfm_group"""


class Classes:
    def __init__(self, size: Size):
        self.database = size.database
        self.written = 0
        after = date.today().replace(day=1)
        self.span = {
            "first": after - relativedelta(months=12),
            "after": after,
            "last": after - relativedelta(days=1),
            "company": 1,
        }

    def ours(self) -> float:
        with session.environment(self.database) as env:
            run = self._run(env)
            taken = wall(run._write_results)
            self.written = run.customer_count
        return taken

    def plain(self) -> float:
        with session.environment(self.database) as env:
            run = self._run(env)
            query = _CLASSES.format(pg="", run=run.id, **self.span)
            env.cr.execute("SET LOCAL work_mem = '128MB'")
            insert = f"INSERT INTO crm_analysis_result ({_COLUMNS}) {query}"
            taken = wall(lambda: env.cr.execute(insert))
            if env.cr.rowcount != self.written:
                raise Problem(
                    f"Plain SQL writes {env.cr.rowcount} rows, ours {self.written}."
                )
        return taken

    def _run(self, env):
        analysis = env["crm.analysis"].create({"name": "P03", "company_id": 1})
        run = analysis._begin()
        env.flush_all()
        return run

    def duckdb(self, python) -> float | None:
        """Let DuckDB read and compute, best of three; None where it cannot."""
        query = _CLASSES.format(pg="pg.public.", run=1, **self.span)
        code = (
            "import duckdb, duckdb_extensions, sys, time\n"
            "c = duckdb.connect()\n"
            "duckdb_extensions.import_extension('postgres_scanner')\n"
            "c.execute('LOAD postgres_scanner')\n"
            'c.execute("ATTACH \'dbname=" + sys.argv[1] + "\' AS pg (TYPE postgres,'
            ' READ_ONLY)")\n'
            "start = time.perf_counter()\n"
            "rows = c.execute(sys.argv[2]).arrow()\n"
            "print(time.perf_counter() - start)\n"
        )
        done = subprocess.run(
            [python, "-c", code, self.database, query],
            capture_output=True, text=True, check=False, env=dict(os.environ),
        )  # fmt: skip
        if done.returncode:
            print(f"  DuckDB is left out: {done.stderr[-200:]}", flush=True)
            return None
        # Before it stands a bar of its progress.
        return float(done.stdout.split()[-1])


def _python():
    """Give the Python of an environment with DuckDB, made when it is first needed."""
    python, stamp = VENV / "bin" / "python", VENV / "pins"
    try:
        if not stamp.exists() or stamp.read_text() != PINS.read_text():
            shutil.rmtree(VENV, ignore_errors=True)
            for command in (
                [sys.executable, "-m", "venv", VENV],
                [python, "-m", "pip", "install", "--no-deps", "-r", PINS],
            ):
                subprocess.run(command, check=True, capture_output=True)
            stamp.write_text(PINS.read_text())
    except subprocess.CalledProcessError as error:
        print(f"  DuckDB is left out: {str(error)[:200]}", flush=True)
        return None
    return python


@benchmark("P03", "ABC, XYZ and RFM of all customers", sizes=("S", "L"))
def classes(size: Size) -> Iterator[Result]:
    made = Classes(size)
    made.ours()  # what a server that has run for a while has cached
    ours, plain = in_turn(made.ours, made.plain, rounds=5, patience=PATIENCE)
    yield Result(
        ours * 1000,
        plain * 1000,
        part="plain",
        goal=RATIO,
        note=f"{made.written:,} customers written",
    )
    if (python := _python()) and made.duckdb(python) is not None:
        ours, theirs = in_turn(
            made.ours, lambda: made.duckdb(python), rounds=3, patience=PATIENCE
        )
        yield Result(
            ours * 1000,
            theirs * 1000,
            part="duckdb",
            goal=1,
            note="DuckDB only reads and computes, ours writes as well",
        )
