"""What may happen to a job, and the database on which it happens.

A test class hands its jobs over; one Odoo shell puts each of them through four scenes,
in which several connections really work at one time and a process really dies, and
tells what came of the work. The class says what it proves.
"""

import contextlib
import importlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
import traceback
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools import odoo as tool
from tools import postgres, settings
from tools.settings import ROOT

MARK = "What came of it: "
PATIENCE = 60
IDLE = (
    "SELECT 1 FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


class Job:
    """A job, some work for it, and what tells that each piece of it was done once."""

    model = method = ""
    # Where a worker stops, or dies, that has claimed its work: model and method.
    step = ("", "")
    # What ``facts`` gives when all is done, and each piece once.
    done = ()
    # Which call of the step kills the worker, and the facts that were kept by then.
    fatal, kept = 2, ()
    # The facts after the run that follows, where they are others than ``done``.
    after_kill = None

    def small(self):
        """Make the batches smaller than the work."""

    def make(self, env):
        """Make new work, and give what ``facts`` finds it by."""
        raise NotImplementedError

    def facts(self, env, made) -> tuple:
        raise NotImplementedError


# In the shell


class Stage:
    """The scenes of one job."""

    def __init__(self, registry, job: Job):
        self.registry, self.job = registry, job
        model, self.step = job.step
        self.cls = registry[model]

    @contextlib.contextmanager
    def _env(self, cr=None):
        from odoo import SUPERUSER_ID, api

        with contextlib.nullcontext(cr) if cr else self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})

    def _run(self, cr=None):
        with self._env(cr) as env:
            getattr(env[self.job.model], self.job.method)()

    def _run_or_fail(self, cr=None):
        """A job that loses to another one fails, and is run again."""
        import psycopg2

        from odoo.tools import mute_logger

        try:
            with mute_logger("odoo.sql_db"):
                self._run(cr)
        except psycopg2.Error:
            if cr:
                cr.rollback()

    @contextlib.contextmanager
    def _at_step(self, do):
        original = getattr(self.cls, self.step)

        def stopped(records, *args, **kwargs):
            do()
            return original(records, *args, **kwargs)

        setattr(self.cls, self.step, stopped)
        try:
            yield
        finally:
            # The registry's class inherits it.
            delattr(self.cls, self.step)

    def _facts(self) -> list:
        with self._env() as env:
            return list(self.job.facts(env, self.made))

    def play(self, scene: str) -> list:
        with self._env() as env:
            self.made = self.job.make(env)
        told = getattr(self, scene)()
        return [*told, self._facts()]

    def twice(self) -> list:
        self._run()
        told = [self._facts()]
        self._run()
        return told

    def together(self) -> list:
        """The first stops when it has claimed its work; a second does all it can."""
        claimed, go_on, slow = threading.Event(), threading.Event(), threading.local()
        in_time = []

        def stop():
            if getattr(slow, "stops", False) and not claimed.is_set():
                claimed.set()
                in_time.append(go_on.wait(PATIENCE))

        def first():
            slow.stops = True
            self._run_or_fail()

        worker = threading.Thread(target=first)
        with self._at_step(stop):
            worker.start()
            try:
                assert claimed.wait(PATIENCE), "the step was not reached"
                self._run_or_fail()
            finally:
                go_on.set()
                worker.join(PATIENCE)
        assert not worker.is_alive() and all(in_time), "they waited for each other"
        self._run()
        return []

    def unseen(self) -> list:
        """The second looked at the database before the first had done anything."""
        with self.registry.cursor() as late:
            late.execute("SELECT count(*) FROM res_company")
            self._run()
            self._run_or_fail(late)
        self._run()
        return []

    def killed(self) -> list:
        """A worker dies between two pieces; what it had begun is rolled back."""
        from odoo import sql_db

        sql_db.close_all()  # a connection is not shared by two processes
        child = os.fork()
        if not child:
            self._die()
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        assert status == -signal.SIGKILL, f"it ended with {status}"
        self._wait_for_the_database()
        told = [self._facts()]
        self._run()
        return told

    def _die(self):
        calls = []

        def die():
            calls.append(1)
            if len(calls) == self.job.fatal:
                os.kill(os.getpid(), signal.SIGKILL)

        try:
            with self._at_step(die):
                self._run()
        finally:
            os._exit(len(calls))

    def _wait_for_the_database(self):
        """What the dead one held is free when its backend has seen that it is dead."""
        with self.registry.cursor() as cr:
            for _moment in range(100):
                cr.execute(IDLE)
                if not cr.rowcount:
                    return
                cr.rollback()
                time.sleep(0.1)
        raise AssertionError("the database still works for the dead one")


SCENES = ("twice", "together", "unseen", "killed")


def perform(env, module: str) -> None:
    """Put the jobs of a module of tests through all scenes, and print what came."""
    import psycopg2

    from odoo.exceptions import UserError

    registry = env.registry
    env.cr.close()
    told = {scene: {} for scene in SCENES}
    for job in importlib.import_module(f"tests.{module}").JOBS:
        job = job()
        job.small()
        for scene in SCENES:
            try:
                came = Stage(registry, job).play(scene)
            except (AssertionError, UserError, ValueError, psycopg2.Error):
                came = traceback.format_exc()
            told[scene][type(job).__name__] = came
    sys.stdout.write(MARK + json.dumps(told) + "\n")
    sys.stdout.flush()
    os._exit(0)  # the shell's own connection is closed


# In the test


class Database(unittest.TestCase):
    """A copy of the tests' database, that the jobs may commit to."""

    suffix = ""

    @classmethod
    def setUpClass(cls):
        cls.config, cls.env = settings.load(), dict(os.environ)
        # Several checkouts share one server.
        cls.database = f"{cls.config.test_db}_{cls.suffix}"
        tool.drop(cls.env, cls.database)
        cls.addClassCleanup(tool.drop, cls.env, cls.database)
        cls._copy(cls.config.test_db)

    @classmethod
    def _copy(cls, source: str) -> None:
        """Copy a database that is in use, this very run's, so by a dump."""
        postgres.sql(cls.env, f'CREATE DATABASE "{cls.database}" TEMPLATE template0')
        dump = ["pg_dump", "--dbname", source]
        load = ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", cls.database]
        with subprocess.Popen(dump, env=cls.env, stdout=subprocess.PIPE) as out:
            done = subprocess.run(
                load, env=cls.env, stdin=out.stdout, capture_output=True, check=False
            )
        assert (out.returncode, done.returncode) == (0, 0), done.stderr

    @classmethod
    def _shell(cls, script: str) -> str:
        command = tool.command(
            cls.config, cls.database, "--no-http", "--log-level=warn", verb="shell"
        )
        done = subprocess.run(
            command, env=tool.environment(cls.env), input=script, cwd=ROOT,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        told = done.stdout + done.stderr
        assert done.returncode == 0, told[-3000:]
        return done.stdout


class JobsCase(Database):
    """Each job of a module: done once, whatever happens."""

    jobs = ()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        module = cls.__module__.rpartition(".")[2]
        out = cls._shell(
            f"import sys\nsys.path.insert(0, {str(ROOT)!r})\n"
            f"from tests import jobs\njobs.perform(env, {module!r})\n"
        )
        (line,) = (line for line in out.splitlines() if line.startswith(MARK))
        cls.told = json.loads(line.removeprefix(MARK))

    def assertTold(self, scene: str, expected):
        for job in self.jobs:
            with self.subTest(job=job.__name__):
                told = self.told[scene][job.__name__]
                self.assertEqual(told, [list(facts) for facts in expected(job)])

    def test_run_again_the_job_finds_nothing_to_do(self):
        self.assertTold("twice", lambda job: [job.done, job.done])

    def test_two_workers_at_one_time_do_each_piece_once(self):
        self.assertTold("together", lambda job: [job.done])

    def test_worker_with_an_old_view_of_the_database_does_nothing_again(self):
        self.assertTold("unseen", lambda job: [job.done])

    def test_killed_worker_leaves_the_rest_to_the_next_run(self):
        self.assertTold("killed", lambda job: [job.kept, job.after_kill or job.done])
