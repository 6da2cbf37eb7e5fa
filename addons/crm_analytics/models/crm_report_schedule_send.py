from odoo import api, models
from odoo.exceptions import UserError


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
        sendings_sudo.create(
            [
                {
                    "schedule_id": self.id,
                    "user_id": user.id,
                    "is_manual": is_manual,
                    "date_due": today if is_manual else self.date_next,
                }
                for user in self.user_ids.filtered("active")
            ]
        )
        if not is_manual:
            self.date_next = self._day_after(max(today, self.date_next))

    @api.model
    def _cron_send(self):
        commit = self.env["ir.cron"]._commit_progress
        values = self.env["crm.value.source"]
        for schedule in self.search([("date_next", "!=", False)]):
            locked = schedule.try_lock_for_update()
            locked.invalidate_recordset()
            today = values._today(schedule.company_id)
            if locked and locked.active and locked.date_next <= today:
                locked._claim()
        sendings = self.env["crm.report.sending"]
        waiting = sendings.search([("state", "=", "waiting")], order="id")
        commit(remaining=len(waiting))
        for sending in waiting:
            sending._send_off()
            if not commit(1):
                break
