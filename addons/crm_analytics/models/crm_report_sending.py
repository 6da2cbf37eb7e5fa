import logging

from odoo import api, fields, models
from odoo.exceptions import MissingError, UserError
from odoo.tools import SQL

_logger = logging.getLogger(__name__)
STATES = [("waiting", "Waiting"), ("sent", "Sent"), ("failed", "Failed")]


class CrmReportSending(models.Model):
    """One report that one person got, or why not. It is written when it is due, before
    anything is made; that it was sent is written together with its mail."""

    _name = "crm.report.sending"
    _description = "Sent Report"
    _order = "id desc"
    _rec_name = "schedule_id"

    schedule_id = fields.Many2one(
        "crm.report.schedule",
        "Report",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="schedule_id.company_id", store=True, index=True
    )
    user_id = fields.Many2one(
        "res.users",
        "Recipient",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Empty: whoever got it was deleted.",
    )
    date = fields.Datetime(
        readonly=True, required=True, default=lambda self: self.env.cr.now()
    )
    date_due = fields.Date("For", readonly=True, required=True)
    is_manual = fields.Boolean("By Hand", readonly=True)
    state = fields.Selection(STATES, required=True, readonly=True, default="waiting")
    mail_id = fields.Many2one(
        "mail.mail", readonly=True, index="btree_not_null", ondelete="set null"
    )
    reason = fields.Char(readonly=True, export_string_translation=False)
    problem = fields.Char(compute="_compute_problem", compute_sudo=True)

    _once = models.UniqueIndex(
        "(schedule_id, user_id, date_due) WHERE NOT COALESCE(is_manual, FALSE)",
        "This person has this report of this day already.",
    )
    _waiting_idx = models.Index("(id) WHERE state = 'waiting'")

    @api.depends("reason", "mail_id.state", "mail_id.failure_reason")
    def _compute_problem(self):
        for sending in self:
            mail = sending.mail_id
            failed = mail.state == "exception" and (
                mail.failure_reason or self.env._("The mail server did not take it.")
            )
            sending.problem = sending.reason or failed

    def _send_off(self):
        """Make the report and put its mail into the queue, in this transaction: it goes
        when, and only when, it is noted as sent."""
        self.ensure_one()
        locked = self.try_lock_for_update()
        locked.invalidate_recordset()
        if locked.state != "waiting":
            return
        try:
            with self.env.cr.savepoint():
                self._check_recipient()
                mail = self._mail()
        except (
            AttributeError, KeyError, MissingError, SyntaxError, TypeError, UserError,
            ValueError,
        ) as error:  # fmt: skip
            # The text says what is wrong to who mends it; the rest is in the log.
            _logger.info("Report %s not sent", self.schedule_id.id, exc_info=True)
            self.write({"state": "failed", "reason": str(error)[:500]})
        else:
            self.write({"state": "sent", "mail_id": mail.id})
            # The job that sends mails is woken, and no more.
            self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    def _check_recipient(self):
        user, schedule = self.user_id, self.schedule_id
        if not schedule.active or user not in schedule.user_ids:
            raise UserError(self.env._("The report is not sent to them any more."))
        if not user.active or user.share:
            raise UserError(self.env._("The recipient does not work here any more."))
        if schedule.company_id not in user.company_ids:
            raise UserError(
                self.env._(
                    "The recipient may not work in %(company)s.",
                    company=schedule.company_id.name,
                )
            )
        if not user.email:
            raise UserError(self.env._("The recipient has no mail address."))

    def _mail(self):
        schedule, user = self.schedule_id, self.user_id
        given = schedule._for_recipient(user)
        title = given.sudo().name  # recipients may not read the plan
        tables = given._tables()
        files = given._files(tables)
        body = self.env["ir.qweb"]._render(
            "crm_analytics.crm_report_mail",
            {
                "title": title,
                "tables": tables,
                "user": user,
                "company": schedule.company_id,
            },
            lang=user.lang,
        )
        return self.env["mail.mail"].create(
            {
                "subject": f"{schedule.company_id.name}: {title}",
                "body_html": body,
                "email_from": schedule.company_id.email_formatted
                or self.env.user.email_formatted,
                "recipient_ids": [(4, user.partner_id.id)],
                "auto_delete": True,
                "attachment_ids": [
                    (0, 0, {"name": name, "raw": content, "mimetype": mimetype})
                    for name, content, mimetype in files
                ],
            }
        )

    @api.autovacuum
    def _gc_old(self):
        """Forget after a year what was sent."""
        self.env.execute_query(
            SQL("DELETE FROM crm_report_sending WHERE date < now() - interval '1 year'")
        )
