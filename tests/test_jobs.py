"""Two workers at one job, and a worker that is killed: nothing is sent twice or lost.

What tests within a transaction cannot show: here two cursors of one registry really
work at the same time, and a process really dies, on a database of its own.
"""

import os
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools import odoo as tool
from tools import postgres, settings

DATABASE = "crm_test_jobs"
# More than one batch of each job; the batches are made small for the test.
PROMISES, DOCUMENTS, STAND_INS, STEPS = 15, 15, 3, 15
SMALL = """
from odoo.addons.crm_base.models import crm_document_reminder, crm_promise_chase
from odoo.addons.crm_sfa.models import crm_playbook_run_step
crm_promise_chase.BATCH = crm_document_reminder.BATCH = 10
crm_playbook_run_step.BATCH = 10
"""
SETUP = f"""
import base64
from datetime import timedelta
from odoo import Command, fields
group = env.ref("crm_base.crm_base_group_user").id
users = env["res.users"].create([
    {{"name": f"User {{n}}", "login": f"user_{{n}}", "email": f"u{{n}}@n.example.com",
      "group_ids": [Command.set([group])]}}
    for n in range({STAND_INS} + 1)
])
today = fields.Date.today()
partner = env["res.partner"].create({{"name": "Nordlicht", "user_id": users[0].id}})
env["crm.promise"].create([
    {{"name": f"Promise {{n}}", "partner_id": partner.id, "user_id": users[0].id,
      "date_due": today, "remind_days": 0}}
    for n in range({PROMISES})
])
kind = env["crm.document.kind"].create({{"name": "Pass", "reminder_days": 30}})
documents = env["crm.document"].create([
    {{"name": f"Pass {{n}}", "partner_id": partner.id, "kind_id": kind.id,
      "user_id": users[0].id, "expiry_date": today + timedelta(days=5),
      "file": base64.b64encode(f"pass {{n}}".encode()), "file_name": "pass.txt"}}
    for n in range({DOCUMENTS})
])
documents.action_register()
times = env["crm.stand.in"].create([
    {{"user_id": absent.id, "stand_in_id": users[-1].id, "date_from": today,
      "date_to": today + timedelta(days=9)}}
    for absent in users[:-1]
])
times.write({{"step": "confirmed"}})
deals = env["crm.lead"].create([
    {{"name": f"Deal {{n}}", "type": "opportunity", "user_id": users[0].id}}
    for n in range({STEPS})
])
env["crm.playbook"].create({{
    "name": "Visit", "trigger": "hand",
    "step_ids": [Command.create({{"name": "Go there", "days": 5,
                                  "condition": "[('id', '>', 0)]"}})],
}})._start(deals)
env.cr.commit()
"""
ANEW = """
DELETE FROM mail_activity;
DELETE FROM crm_promise_reminder;
UPDATE crm_document SET reminded_expiry = NULL;
UPDATE crm_stand_in SET briefed_at = NULL, brief = NULL;
UPDATE crm_playbook_run_step
SET state = 'waiting', activity_id = NULL, date_done = NULL, date_due = current_date;
DELETE FROM mail_message WHERE model = 'crm.stand.in';
"""
# Each job: how many it has to send, and the step after it has claimed its work.
JOBS = {
    "crm.promise": ("_cron_remind", "_give_reminders", PROMISES),
    "crm.document": ("_cron_expiry", "_remind_owner", DOCUMENTS),
    "crm.stand.in": ("_cron_start_and_end", "_tell", STAND_INS),
    "crm.playbook.run.step": ("_cron_plan", "_catch_up", STEPS),
}
# What is to be done stands on another record than the job's own.
ON = {"crm.playbook.run.step": "crm.lead"}
WORKERS = f"""{SMALL}
import threading
import psycopg2
from odoo import SUPERUSER_ID, api
from odoo.tools import mute_logger

registry, jobs = env.registry, {JOBS!r}


def run(model, job, cr):
    getattr(api.Environment(cr, SUPERUSER_ID, {{}})[model], job)()


def while_another_works(model, job, step):
    # The first stops when it has claimed its work; the second does the whole job.
    claimed, go_on = threading.Event(), threading.Event()
    cls, slow = registry[model], threading.local()
    original = getattr(cls, step)

    def stopping(self, *args, **kwargs):
        if getattr(slow, "stops", False) and not claimed.is_set():
            claimed.set()
            assert go_on.wait(60)
        return original(self, *args, **kwargs)

    def first():
        slow.stops = True
        with registry.cursor() as cr:
            run(model, job, cr)

    setattr(cls, step, stopping)
    worker = threading.Thread(target=first)
    worker.start()
    assert claimed.wait(60)
    with registry.cursor() as cr:
        run(model, job, cr)
    go_on.set()
    worker.join(60)
    assert not worker.is_alive()
    setattr(cls, step, original)


def after_another_unseen(model, job, step):
    # The second has looked at the database before the first had done anything.
    with registry.cursor() as late:
        late.execute("SELECT 1 FROM " + registry[model]._table)
        with registry.cursor() as cr:
            run(model, job, cr)
        try:
            with mute_logger("odoo.sql_db"):
                run(model, job, late)
        except psycopg2.Error:
            late.rollback()  # the job fails, and is run again


for model, (job, step, _number) in jobs.items():
    SCENE(model, job, step)
"""
# Which call of the step kills the worker, and what was committed by then: the batches
# before, and nothing of the one at work.
DEATHS = {
    "crm.promise": (2, 10),
    "crm.document": (13, 10),
    "crm.stand.in": (2, 1),
    "crm.playbook.run.step": (13, 10),
}
KILLED = f"""{SMALL}
import os
import signal
from odoo import SUPERUSER_ID, api, sql_db

registry, jobs = env.registry, {JOBS!r}
env.cr.close()
sql_db.close_all()  # a connection is not shared by two processes


def run(model, job, cr):
    getattr(api.Environment(cr, SUPERUSER_ID, {{}})[model], job)()


def die(model, job, step, fatal):
    cls, calls = registry[model], []
    original = getattr(cls, step)

    def dying(self, *args, **kwargs):
        calls.append(1)
        if len(calls) == fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        return original(self, *args, **kwargs)

    setattr(cls, step, dying)
    with registry.cursor() as cr:
        run(model, job, cr)


for model, (fatal, committed) in {DEATHS!r}.items():
    job, step, _number = jobs[model]
    child = os.fork()
    if not child:
        die(model, job, step, fatal)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    with registry.cursor() as cr:
        on = {ON!r}.get(model, model)
        cr.execute("SELECT count(*) FROM mail_activity WHERE res_model = %s", [on])
        assert cr.fetchone() == (committed,), (model, committed)
    sql_db.close_all()
for model, (job, _step, _number) in jobs.items():
    with registry.cursor() as cr:
        run(model, job, cr)
os._exit(0)  # the shell's own connection is closed
"""
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
SENT = (
    "SELECT count(*), count(DISTINCT res_id) FROM mail_activity WHERE res_model = '{}'"
)
TOLD = (
    "SELECT count(*), count(DISTINCT res_id) FROM mail_message WHERE model = '{}'"
    " AND message_type <> 'user_notification'"
    " AND id IN (SELECT mail_message_id FROM mail_notification)"
)


class TestJobs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.config, cls.env = settings.load(), dict(os.environ)
        tool.drop(cls.env, DATABASE)
        cls.addClassCleanup(tool.drop, cls.env, DATABASE)
        cls._copy(cls.config.test_db)
        cls._shell(SETUP)

    def setUp(self):
        postgres.sql(self.env, ANEW, DATABASE)

    @classmethod
    def _copy(cls, source: str) -> None:
        """Copy a database that is in use, this very run's, so by a dump."""
        name = f'"{DATABASE}"'
        postgres.sql(cls.env, f"CREATE DATABASE {name} TEMPLATE template0")
        dump = ["pg_dump", "--dbname", source]
        load = ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", DATABASE]
        with subprocess.Popen(dump, env=cls.env, stdout=subprocess.PIPE) as out:
            done = subprocess.run(
                load, env=cls.env, stdin=out.stdout, capture_output=True, check=False
            )
        assert (out.returncode, done.returncode) == (0, 0), done.stderr

    @classmethod
    def _shell(cls, script: str) -> None:
        command = tool.command(
            cls.config, DATABASE, "--no-http", "--log-level=warn", verb="shell"
        )
        done = subprocess.run(
            command, env=tool.environment(cls.env), input=script,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        told = done.stdout + done.stderr
        assert done.returncode == 0, told[-3000:]

    def _numbers(self, query: str, model: str) -> list[int]:
        row = postgres.sql(self.env, query.format(model), DATABASE)
        return [int(number) for number in row.split("|")]

    def assertSentOnce(self):
        for model, (_job, _step, number) in JOBS.items():
            with self.subTest(model=model):
                sent = self._numbers(SENT, ON.get(model, model))
                self.assertEqual(sent, [number, number])
        self.assertEqual(self._numbers(TOLD, "crm.stand.in"), [STAND_INS, STAND_INS])

    def test_two_workers_at_one_time_send_once(self):
        self._shell(WORKERS.replace("SCENE", "while_another_works"))
        self.assertSentOnce()

    def test_worker_with_an_old_view_of_the_database_sends_nothing_again(self):
        self._shell(WORKERS.replace("SCENE", "after_another_unseen"))
        self.assertSentOnce()

    def test_killed_worker_loses_nothing_and_nothing_comes_twice(self):
        self._shell(KILLED)
        self.assertSentOnce()

    def test_two_managers_at_one_time_put_no_overlapping_quotas_in_force(self):
        self._shell(QUOTAS)
        running = "SELECT count(*) FROM crm_quota WHERE state = 'running'"
        self.assertEqual(postgres.sql(self.env, running, DATABASE), "1")

    def test_analysis_is_computed_once_stopped_at_once_and_outlives_a_kill(self):
        self._shell(ANALYSIS)
