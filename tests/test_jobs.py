"""Two workers at one job, and a worker that is killed: nothing is sent twice or lost.

What tests within a transaction cannot show: here two cursors of one registry really
work at the same time, and a process really dies, on a database of its own.
"""

import os
import signal
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools import odoo as tool
from tools import postgres, settings

DATABASE = "crm_test_jobs"
# More than one batch of each job.
PROMISES, DOCUMENTS, STAND_INS = 205, 55, 3
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
env.cr.commit()
"""
ANEW = """
DELETE FROM mail_activity;
DELETE FROM crm_promise_reminder;
UPDATE crm_document SET reminded_expiry = NULL;
UPDATE crm_stand_in SET briefed_at = NULL, brief = NULL;
DELETE FROM mail_message WHERE model = 'crm.stand.in';
"""
# Each job: how many it has to send, and the step after it has claimed its work.
JOBS = {
    "crm.promise": ("_cron_remind", "_give_reminders", PROMISES),
    "crm.document": ("_cron_expiry", "_remind_owner", DOCUMENTS),
    "crm.stand.in": ("_cron_start_and_end", "_tell", STAND_INS),
}
WORKERS = f"""
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
KILLED = """
import os, signal
model, job, step, after = {model!r}, {job!r}, {step!r}, {after}
cls, calls = env.registry[model], []
original = getattr(cls, step)


def dying(self, *args, **kwargs):
    calls.append(1)
    if len(calls) > after:
        os.kill(os.getpid(), signal.SIGKILL)
    return original(self, *args, **kwargs)


setattr(cls, step, dying)
getattr(env[model], job)()
"""
AGAIN = f"""
for model, (job, _step, _number) in {JOBS!r}.items():
    getattr(env[model], job)()
env.cr.commit()
"""
SENT = (
    "SELECT count(*), count(DISTINCT res_id) FROM mail_activity WHERE res_model = '{}'"
)
TOLD = (
    "SELECT count(*), count(DISTINCT res_id) FROM mail_message WHERE model = '{}'"
    " AND id IN (SELECT mail_message_id FROM mail_notification)"
)


class TestJobs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.config, cls.env = settings.load(), dict(os.environ)
        base = tool.ensure_base(cls.config, cls.env, demo=False)
        tool.drop(cls.env, DATABASE)
        tool.copy(cls.env, base, DATABASE)
        cls.addClassCleanup(tool.drop, cls.env, DATABASE)
        tool.build(cls.config, cls.env, DATABASE, install=["crm_base"])
        cls._shell(SETUP)

    def setUp(self):
        postgres.sql(self.env, ANEW, DATABASE)

    @classmethod
    def _shell(cls, script: str, status: int = 0) -> None:
        command = tool.command(
            cls.config, DATABASE, "--no-http", "--log-level=warn", verb="shell"
        )
        done = subprocess.run(
            command, env=tool.environment(cls.env), input=script,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        told = done.stdout + done.stderr
        assert done.returncode == status, told[-3000:]

    def _numbers(self, query: str, model: str) -> list[int]:
        row = postgres.sql(self.env, query.format(model), DATABASE)
        return [int(number) for number in row.split("|")]

    def assertSentOnce(self):
        for model, (_job, _step, number) in JOBS.items():
            with self.subTest(model=model):
                self.assertEqual(self._numbers(SENT, model), [number, number])
        self.assertEqual(self._numbers(TOLD, "crm.stand.in"), [STAND_INS, STAND_INS])

    def test_two_workers_at_one_time_send_once(self):
        self._shell(WORKERS.replace("SCENE", "while_another_works"))
        self.assertSentOnce()

    def test_worker_with_an_old_view_of_the_database_sends_nothing_again(self):
        self._shell(WORKERS.replace("SCENE", "after_another_unseen"))
        self.assertSentOnce()

    def test_killed_worker_loses_nothing_and_nothing_comes_twice(self):
        for (model, (job, step, _number)), after in zip(
            JOBS.items(), (1, 52, 1), strict=True
        ):
            killed = KILLED.format(model=model, job=job, step=step, after=after)
            self._shell(killed, status=-signal.SIGKILL)
            sent, _records = self._numbers(SENT, model)
            with self.subTest(model=model):
                # What was committed before has been sent, and no more.
                self.assertIn(sent, (200, 50, 1))
        self._shell(AGAIN)
        self.assertSentOnce()
