"""Two workers at one computation, one that is killed, and two people at one time.

The jobs that work off one piece after the other are in the files beside it.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests import jobs
from tools import postgres

# Two managers put a quota of the same person in force: the second has looked at the
# database before the first had done anything.
QUOTAS = """
import psycopg2
from odoo import SUPERUSER_ID, api
from odoo.tools import mute_logger

VALS = {"user_id": 2, "amount": 100, "state": "running"}


def put_in_force(cr):
    api.Environment(cr, SUPERUSER_ID, {})["crm.quota"].create(VALS)


with env.registry.cursor() as late:
    late.execute("SELECT 1 FROM crm_quota")
    with env.registry.cursor() as cr:
        put_in_force(cr)
    try:
        with mute_logger("odoo.sql_db"):
            put_in_force(late)
    except psycopg2.errors.SerializationFailure:
        late.rollback()  # the web server tries the request again
"""
# A computation in the background: what two workers, a kill and a stop make of it.
ANALYSIS = """
import os
import signal
import threading
import time
import psycopg2.errors
from odoo import SUPERUSER_ID, api, sql_db
from odoo.tools import SQL, mute_logger

registry = env.registry
RUN = registry["crm.analysis.run"]
buyers = env["res.partner"].create([{"name": f"Buyer {n}"} for n in range(5)])
product = env["product.product"].create({"name": "Disc", "type": "service"})
orders = env["sale.order"].create([
    {"partner_id": buyer.id, "order_line": [
        (0, 0, {"product_id": product.id, "price_unit": 10})]}
    for buyer in buyers
])
orders.write({"state": "sale", "date_order": "2025-06-01 12:00:00"})
analysis = env["crm.analysis"].create({"name": "Year", "until": "2026-01-01"})
key, company = analysis.id, env.company.id
env.cr.commit()


def worker():
    with registry.cursor() as cr:
        api.Environment(cr, SUPERUSER_ID, {})["crm.analysis.run"]._cron_work()


def begin():
    with registry.cursor() as cr:
        analyses = api.Environment(cr, SUPERUSER_ID, {})["crm.analysis"]
        return analyses.browse(key)._begin().id


def state(run):
    with registry.cursor() as cr:
        cr.execute("SELECT state FROM crm_analysis_run WHERE id = %s", [run])
        found = cr.fetchone()[0]
        cr.execute("SELECT count(*) FROM crm_analysis_result WHERE run_id = %s", [run])
        return found, cr.fetchone()[0]


def until(holds):
    for _moment in range(300):
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError(holds)


def two_workers():
    at_work, go_on, original = threading.Event(), threading.Event(), RUN._write_results

    def slow(self):
        at_work.set()
        assert go_on.wait(60)
        return original(self)

    RUN._write_results = slow
    run = begin()
    first = threading.Thread(target=worker)
    first.start()
    assert at_work.wait(60)
    worker()
    assert state(run) == ("running", 0), state(run)
    go_on.set()
    first.join(60)
    RUN._write_results = original
    assert state(run) == ("done", 5), state(run)


def stopped_in_the_middle():
    original = RUN._results_sql
    RUN._results_sql = lambda self: SQL("SELECT pg_sleep(60)")
    run = begin()
    first = threading.Thread(target=worker)
    first.start()

    def sleeps():
        with registry.cursor() as cr:
            cr.execute("SELECT 1 FROM pg_stat_activity WHERE datname = "
                       "current_database() AND query LIKE 'SELECT pg_sleep%'")
            return cr.fetchone()

    until(sleeps)
    start = time.monotonic()
    with registry.cursor() as cr:
        api.Environment(cr, SUPERUSER_ID, {})["crm.analysis.run"].browse(
            run).action_stop()
    first.join(30)
    assert not first.is_alive() and time.monotonic() - start < 20
    RUN._results_sql = original
    assert state(run) == ("stopped", 0), state(run)
    worker()
    assert state(run) == ("stopped", 0), state(run)


def killed():
    run = begin()
    env.cr.close()
    sql_db.close_all()
    child = os.fork()
    if not child:
        original = RUN._write_totals

        def dying(self):
            os.kill(os.getpid(), signal.SIGKILL)

        RUN._write_totals = dying
        worker()
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    sql_db.close_all()
    until(lambda: state(run) == ("running", 0))
    worker()
    assert state(run) == ("done", 5), state(run)


def faulty():
    original = RUN._results_sql
    RUN._results_sql = lambda self: SQL("SELECT 1 / 0")
    run = begin()
    try:
        with mute_logger("odoo.sql_db"):
            worker()
    except psycopg2.errors.DivisionByZero:
        pass
    RUN._results_sql = original
    with registry.cursor() as cr:
        cr.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
                   " AND database = (SELECT oid FROM pg_database"
                   " WHERE datname = current_database())")
        assert cr.fetchone() == (0,), "the lock is still there"
    assert state(run) == ("running", 0), state(run)
    worker()
    assert state(run) == ("done", 5), state(run)


two_workers()
faulty()
stopped_in_the_middle()
killed()
os._exit(0)  # the shell's own connection is closed
"""


class TestJobs(jobs.Database):
    suffix = "jobs"

    def test_two_managers_at_one_time_put_no_overlapping_quotas_in_force(self):
        self._shell(QUOTAS)
        running = "SELECT count(*) FROM crm_quota WHERE state = 'running'"
        self.assertEqual(postgres.sql(self.env, running, self.database), "1")

    def test_analysis_is_computed_once_stopped_at_once_and_outlives_a_kill(self):
        self._shell(ANALYSIS)
