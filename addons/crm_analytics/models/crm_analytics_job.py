import contextlib
from datetime import date

import psycopg2.errors

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

STATES = [
    ("waiting", "Waiting"),
    ("running", "Running"),
    ("done", "Done"),
    ("stopped", "Stopped"),
    ("failed", "Failed"),
]
# The first number of the database's locks of jobs; the second one is made of the
# table and the id.
LOCK = 1_902_617
# So often a job is begun that something kills.
MOST_TRIES = 3


class Stopped(Exception):
    """Somebody stopped the job."""


class CrmAnalyticsJob(models.AbstractModel):
    """A computation in the background, whose record is kept with what came out.

    It is claimed in a committed row, and holds a lock of the database's while it runs:
    so a second worker leaves it alone, one that was killed is seen and begun again, and
    stopping cancels the very statement that runs. An heir writes ``_work`` and has a
    cron that calls ``_cron_work``.
    """

    _name = "crm.analytics.job"
    _description = "Computation in the Background"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        "res.users",
        "Begun by",
        readonly=True,
        copy=False,
        default=lambda self: self.env.user,
        ondelete="set null",
        help="Empty: whoever began it was deleted.",
    )
    state = fields.Selection(
        STATES, required=True, readonly=True, default="waiting", index=True, copy=False
    )
    date_from = fields.Date("From", required=True, readonly=True)
    date_to = fields.Date("Until", required=True, readonly=True)
    date_start = fields.Datetime("Begun", readonly=True, copy=False)
    date_end = fields.Datetime("Ended", readonly=True, copy=False)
    progress = fields.Float(readonly=True, copy=False, aggregator=None)
    step = fields.Char(readonly=True, copy=False)
    problem = fields.Char(readonly=True, copy=False)
    tries = fields.Integer(readonly=True, copy=False, aggregator=None)

    # People say what is to be computed, before it begins; the rest the worker writes

    # Fields that a person may fill in, and those that may be changed at any time.
    _asked = frozenset()
    _anytime = frozenset()

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            own = {"company_id"} | ({"user_id"} if vals.get("user_id") == self.env.uid
                                    else set())  # fmt: skip
            self._check_by_hand(vals, self._asked | self._anytime | own)
        jobs = super().create(vals_list)
        jobs._wake()
        return jobs

    def write(self, vals):
        is_before = all(job.state == "waiting" for job in self)
        asked = self._asked if is_before else frozenset()
        self._check_by_hand(vals, asked | self._anytime)
        return super().write(vals)

    @api.model
    def _check_by_hand(self, names, allowed):
        found = [name for name in names if name not in allowed and name in self._fields]
        if found and not self.env.su:
            raise AccessError(
                self.env._(
                    "“%(field)s” is written by the computation only.",
                    field=self._fields[found[0]]._description_string(self.env),
                )
            )

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        for job in self:
            first, last = job.date_from, job.date_to
            if not (date(1900, 1, 1) <= first <= last <= date(2199, 12, 31)):
                raise ValidationError(
                    self.env._(
                        "Choose a first and a last day, the first one before the last,"
                        " between 1900 and 2199."
                    )
                )

    # What people do

    def action_stop(self):
        """Stop, in the middle of a statement too. What was computed so far is left."""
        self.check_access("write")
        jobs = self.filtered(lambda job: job.state in ("waiting", "running"))
        if not jobs:
            raise UserError(self.env._("It has ended already. Reload the page."))
        # People write no state themselves.
        jobs.sudo().write({"state": "stopped", "date_end": fields.Datetime.now()})
        keys = [job._lock_key() for job in jobs]
        # The worker looks at the state, so it has to be there to be seen.
        self.env.cr.postcommit.add(lambda: self._cancel_statements(keys))

    def action_retry(self):
        """Begin again what was stopped or failed."""
        self.check_access("write")
        if any(job.state not in ("stopped", "failed") for job in self):
            raise UserError(self.env._("It is not stopped. Reload the page."))
        self.sudo().write(  # people write no state themselves
            {"state": "waiting", "problem": False, "tries": 0, "progress": 0}
        )
        self._wake()

    def _cancel_statements(self, keys: list[int]) -> None:
        with self.env.registry.cursor() as cr:
            cr.execute(
                """SELECT pg_cancel_backend(pid) FROM pg_locks
                    WHERE locktype = 'advisory' AND granted AND classid = %s
                      AND objid = ANY(%s) AND pid != pg_backend_pid()
                      AND database = (SELECT oid FROM pg_database
                                       WHERE datname = current_database())""",
                [LOCK, keys],
            )

    # The worker

    @api.model
    def _job_cron(self):
        """Give the cron that works on jobs of this model."""
        raise NotImplementedError

    @api.model
    def _wake(self):
        cron_sudo = self._job_cron().sudo()  # who may begin a job wakes this cron alone
        cron_sudo._trigger()

    def _work(self, tell) -> None:
        """Compute. Repeated from the beginning after a kill.

        :param tell: ``tell(percent, step)`` shows how far it is, keeps what was done,
            and ends the work where somebody stopped it
        :raises UserError: says why it cannot be computed; the job fails with that text
        """
        raise NotImplementedError

    @api.model
    def _cron_work(self):
        """Work off what waits, one after the other."""
        commit = self.env["ir.cron"]._commit_progress
        self._release_killed()
        waiting = self.search([("state", "=", "waiting")], order="id")
        commit(remaining=len(waiting))
        for job in waiting:
            with job._holding() as held:
                if held and job._claim():
                    job._work_off()
            if not commit(1):
                break

    def _claim(self) -> bool:
        """Take a job that waits, in a committed row; False if somebody else did."""
        locked = self.try_lock_for_update()
        locked.invalidate_recordset()
        if locked.state != "waiting":
            return False
        locked.write(
            {
                "state": "running",
                "date_start": fields.Datetime.now(),
                "date_end": False,
                "tries": locked.tries + 1,
                "step": False,
            }
        )
        self.env["ir.cron"]._commit_progress()
        return True

    def _work_off(self):
        try:
            self._work(self._tell)
            self._end("done")
            self.env["ir.cron"]._commit_progress()
        except Stopped:
            self.env.cr.rollback()
        except UserError as error:
            self.env.cr.rollback()
            self.env.invalidate_all()
            self._end("failed", str(error))
        except (
            psycopg2.errors.QueryCanceled,
            psycopg2.errors.SerializationFailure,
        ):
            self.env.cr.rollback()
            self.env.invalidate_all()
            # Stopped in the middle, or stopped and begun again since; or else a fault,
            # which is not hidden.
            if self.state == "running":
                raise

    def _end(self, state: str, problem: str | bool = False):
        now = fields.Datetime.now()
        vals = {"state": state, "problem": problem, "date_end": now, "step": False}
        self.write(vals | ({"progress": 100} if state == "done" else {}))

    def _tell(self, percent: float, step: str) -> None:
        self.write({"progress": percent, "step": step})
        self.env["ir.cron"]._commit_progress()
        self.invalidate_recordset()
        if self.state != "running":
            raise Stopped

    @api.model
    def _release_killed(self):
        """Let those wait again that nobody works on any more."""
        for job in self.search([("state", "=", "running")]):
            with job._holding() as held:
                if held:
                    job._wait_again()

    def _wait_again(self):
        if self.tries < MOST_TRIES:
            self.state = "waiting"
            return
        self._end(
            "failed",
            self.env._(
                "It was interrupted %(tries)s times. What the server's log says of it"
                " helps its administrator.",
                tries=self.tries,
            ),
        )

    # The lock

    def _lock_key(self) -> int:
        """Give 31 bits of the table and the id."""
        query = SQL("SELECT hashtext(%s) & 2147483647", f"{self._table},{self.id}")
        return self.env.execute_query(query)[0][0]

    @contextlib.contextmanager
    def _holding(self):
        """Hold the lock for the session, for transactions come and go meanwhile; give
        whether nobody else has it."""
        key = self._lock_key()
        query = SQL("SELECT pg_try_advisory_lock(%s, %s)", LOCK, key)
        held = self.env.execute_query(query)[0][0]
        try:
            yield held
        except BaseException:
            # A failed transaction takes no further statement, and the connection goes
            # back to others with the lock that it holds.
            self.env.cr.rollback()
            raise
        finally:
            if held:
                unlock = SQL("SELECT pg_advisory_unlock(%s, %s)", LOCK, key)
                self.env.execute_query(unlock)
