import logging

from psycopg2 import IntegrityError

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

_logger = logging.getLogger(__name__)


class CrmReportSchedule(models.Model):
    """Sending what is due: claimed in committed rows, so that a kill in the middle
    neither sends a report twice nor leaves somebody out."""

    _inherit = "crm.report.schedule"

    def action_send(self):
        """Send it now to all recipients; the next day stays as it is."""
        self.check_access("write")
        if not self.with_context(active_test=True).user_ids.filtered("active"):
            raise UserError(self.env._("Nobody gets it: choose recipients."))
        for schedule in self:
            schedule._claim(is_manual=True)
        # Who may change a plan wakes its job.
        self.env.ref("crm_analytics.crm_report_schedule_cron").sudo()._trigger()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("It is on its way."),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _claim(self, is_manual=False):
        """Note whom it goes to now, and when it goes next."""
        self.ensure_one()
        today = self.env["crm.value.source"]._today(self.company_id)
        # Only what is sent is told; nobody writes there by hand.
        sendings_sudo = self.env["crm.report.sending"].sudo()
        users = self.user_ids.filtered("active")
        if not is_manual:
            # The next day can be set back to one that was sent already.
            users -= sendings_sudo.search(self._claimed_domain()).user_id
        sendings_sudo.create(
            [
                {
                    "schedule_id": self.id,
                    "user_id": user.id,
                    "is_manual": is_manual,
                    "date_due": today if is_manual else self.date_next,
                }
                for user in users
            ]
        )
        if not is_manual:
            self.date_next = self._day_after(max(today, self.date_next))

    def _claimed_domain(self) -> Domain:
        return (
            Domain("schedule_id", "=", self.id)
            & Domain("date_due", "=", self.date_next)
            & Domain("is_manual", "=", False)
        )

    def _claim_due(self):
        locked = self.try_lock_for_update()
        locked.invalidate_recordset()
        if not locked.active:
            return
        today = self.env["crm.value.source"]._today(locked.company_id)
        if locked.date_next <= today:
            locked._claim()

    def _tell_unclaimed(self, error: Exception):
        """Say on the schedule why nobody gets what is due; once for each day, for it
        is tried every hour."""
        sendings_sudo = self.env["crm.report.sending"].sudo()  # the job's own log
        nobody = self._claimed_domain() & Domain("user_id", "=", False)
        told = sendings_sudo.search(nobody & Domain("state", "=", "failed"), limit=1)
        vals = {"date": self.env.cr.now(), "reason": str(error)[:500]}
        if told:
            told.write(vals)
            return
        due = {"schedule_id": self.id, "date_due": self.date_next, "state": "failed"}
        sendings_sudo.create(due | vals)

    @api.model
    def _cron_send(self):
        commit = self.env["ir.cron"]._commit_progress
        for schedule in self.search([("date_next", "!=", False)]):
            try:
                # One that cannot be claimed does not stop the others.
                with self.env.cr.savepoint():
                    schedule._claim_due()
            except (IntegrityError, KeyError, UserError, ValueError) as error:
                _logger.warning("Report %s not claimed", schedule.id, exc_info=True)
                schedule._tell_unclaimed(error)
        sendings = self.env["crm.report.sending"]
        waiting = sendings.search([("state", "=", "waiting")], order="id")
        commit(remaining=len(waiting))
        for sending in waiting:
            sending._send_off()
            if not commit(1):
                break
