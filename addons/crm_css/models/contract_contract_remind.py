import logging
from collections.abc import Callable
from datetime import date, timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..tools.contract_terms import LONGEST_BREAK, parse_distances, reminder_days
from .contract_contract_service import MANAGERS

_logger = logging.getLogger(__name__)
ACTIVITY = "crm_css.mail_activity_type_contract"
TEMPLATES = {
    "notice": "crm_css.mail_template_contract_notice",
    "end": "crm_css.mail_template_contract_end",
}
OVERDUE_EVERY = 7


class ContractContract(models.Model):
    """The reminders: to owner, manager and customer, until somebody sees to it."""

    _inherit = "contract.contract"

    @api.model
    def _cron_remind(self):
        """Claim every reminder that is due, then give those that are claimed."""
        commit = self.env["ir.cron"]._commit_progress
        self._claim_reminders()
        reminders = self.env["crm.contract.reminder"]
        claimed = reminders.search([("state", "=", "claimed")], order="id")
        # From here on a kill loses nothing, and repeats nothing.
        commit(remaining=len(claimed))
        for reminder in claimed:
            locked = reminder.try_lock_for_update()
            if locked.filtered(lambda one: one.state == "claimed"):
                locked.contract_id._give(locked)
            if not commit(1):
                break

    @api.model
    def _claim_reminders(self):
        today = fields.Date.context_today(self)
        rows = []
        for company, contracts in self._watched(today).grouped("company_id").items():
            is_off = company._days_off(today)
            distances = parse_distances(company.contract_reminder_days or "")
            for contract in contracts:
                if deadline := contract._deadline(today):
                    rows += contract._due_rows(*deadline, distances, today, is_off)
        self._insert_reminders(rows)

    def _watched(self, today: date):
        """Give the contracts of which a deadline may be near or past."""
        farthest = max(
            (
                distance
                for company in self.env["res.company"].search([])
                for distance in parse_distances(company.contract_reminder_days or "")
            ),
            default=0,
        )
        horizon = today + timedelta(days=farthest + LONGEST_BREAK)
        states = ("running", "renewed", "expired")
        undecided = Domain.OR(self._state_domain(state) for state in states)
        return self.search(undecided & Domain("watch_date", "<=", horizon), order="id")

    def _deadline(self, today: date) -> tuple[str, date] | None:
        """Give the deadline that somebody has to decide by, or should have; one at a
        time, for two mails on one contract are one too many."""
        if not self.service_end:
            return None
        if self.notice_interval and self.notice_date >= today:
            return "notice", self.notice_date
        if self.renewal_kind == "tacit":
            return None
        return "overdue" if self.service_end < today else "end", self.service_end

    def _due_rows(
        self,
        kind: str,
        target: date,
        distances: list[int],
        today: date,
        is_off: Callable[[date], bool],
    ) -> list[tuple]:
        """Give the rows of one deadline that are due; the nearest is given, and those
        that a standstill of the server has made pointless are put on record only."""
        if kind == "overdue":
            late = (today - target).days - 1
            days = {
                -after - 1: target + timedelta(days=after + 1)
                for after in range(0, late + 1, OVERDUE_EVERY)
            }
        elif self._is_acknowledged(kind, target):
            return []
        else:
            days = reminder_days(target, distances, is_off)
        due = {
            distance: day
            for distance, day in days.items()
            if self.period_start <= day <= today
        }
        return [
            (
                self.id,
                kind,
                target,
                distance,
                day,
                "claimed" if distance == min(due) else "skipped",
            )
            for distance, day in due.items()
        ]

    def _is_acknowledged(self, kind: str, target: date) -> bool:
        return any(
            one.acknowledged_date and (one.kind, one.target_date) == (kind, target)
            for one in self.reminder_ids
        )

    def _insert_reminders(self, rows: list[tuple]):
        """Put reminders on record; one that another process has claimed is left."""
        if not rows:
            return
        now = fields.Datetime.now()
        self.env.execute_query(
            SQL(
                """INSERT INTO crm_contract_reminder
                    (contract_id, kind, target_date, distance, date_due, state,
                     company_id, create_uid, create_date, write_uid, write_date)
                SELECT row.id, row.kind, row.target_date::date, row.distance,
                    row.date_due::date, row.state, contract.company_id,
                    %(uid)s, %(now)s, %(uid)s, %(now)s
                FROM (VALUES %(rows)s)
                    AS row(id, kind, target_date, distance, date_due, state)
                JOIN contract_contract AS contract ON contract.id = row.id
                ON CONFLICT DO NOTHING RETURNING id""",
                rows=SQL(", ").join(SQL("%s", row) for row in rows),
                uid=self.env.uid,
                now=now,
            )
        )
        self.env["crm.contract.reminder"].invalidate_model()
        self.invalidate_model(["reminder_ids"])

    def _give(self, reminder):
        """Tell everybody, and settle the row in the same transaction."""
        try:
            with self.env.cr.savepoint():
                told = self._tell(reminder)
                reminder.write(
                    {
                        "state": "sent" if told else "dropped",
                        "date": fields.Datetime.now(),
                        "told": ", ".join(told),
                    }
                )
        except Exception as error:  # of any kind, an addon's too: the others go on
            # Told on the reminder itself, which managers see, and in the log.
            _logger.exception("Reminder %s of a contract failed", reminder.id)
            reminder.write({"state": "failed", "error": str(error)})

    def _tell(self, reminder) -> list[str]:
        """Remind those whom it concerns; nobody where it was decided meanwhile."""
        today = fields.Date.context_today(self)
        deadline = (reminder.kind, reminder.target_date)
        undecided = self.service_state in ("running", "renewed", "expired")
        if not undecided or deadline != self._deadline(today):
            return []
        receivers = self._receivers(reminder)
        self._drop_reminders()
        for user in receivers:
            vals = self._prepare_reminder_vals(reminder, user)
            self.env["mail.activity"].create(vals)
        told = receivers.mapped("name")
        if self._mail_customer(reminder):
            told.append(self.partner_id.name)
        return told

    def _receivers(self, reminder):
        """Give the employees who are told, of those who may see the contract."""
        owner, manager = self.user_id, self._responsible_manager()
        users = (manager | owner) if reminder.kind == "overdue" else (owner | manager)
        users = users.filtered(
            lambda user: user.active and self.with_user(user).has_access("read")
        )
        return users or self.env.ref("base.user_admin")

    def _responsible_manager(self):
        """Give the manager of the contract or the company, or the first of service."""
        named = self.manager_id or self.company_id.contract_manager_id
        if named.active:
            return named
        admin = self.env.ref("base.user_admin", raise_if_not_found=False)
        managers = (
            self.env.ref(MANAGERS)
            .sudo()  # who is in a group is for administrators
            .all_user_ids.filtered(
                lambda user: user.active and self.company_id in user.company_ids
            )
        )
        return managers.sorted(lambda user: (user == admin, user.id))[:1]

    def _prepare_reminder_vals(self, reminder, user) -> dict:
        contract = self.with_context(lang=user.lang, tz=user.tz)
        return {
            "activity_type_id": self.env.ref(ACTIVITY).id,
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "res_id": self.id,
            "user_id": user.id,
            "automated": True,
            "summary": contract._reminder_summary(reminder),
            "note": Markup("<p>%s</p>") % contract._reminder_note(reminder),
            "date_deadline": max(
                reminder.target_date, fields.Date.context_today(contract)
            ),
        }

    def _reminder_summary(self, reminder) -> str:
        day = format_date(self.env, reminder.target_date)
        return {
            "notice": self.env._("Last day for notice: %(date)s", date=day),
            "end": self.env._("The contract ends on %(date)s", date=day),
            "overdue": self.env._("Nobody decided: it ended on %(date)s", date=day),
        }[reminder.kind]

    def _reminder_note(self, reminder) -> str:
        return self.env._(
            "“%(name)s” with %(customer)s. %(hint)s Renew or terminate it, or click"
            " Acknowledge if you see to it.",
            name=self.display_name,
            customer=self.commercial_partner_id.display_name,
            hint=self._term_hint(),
        )

    def _mail_customer(self, reminder) -> bool:
        """Queue the mail to the customer; the queue sends what is committed."""
        template = TEMPLATES.get(reminder.kind)
        partner = self.partner_id
        if not template or not self.remind_customer or not partner.email:
            return False
        if not partner.with_company(self.company_id)._may_contact("email", "service"):
            return False
        self.env.ref(template).send_mail(
            self.id, email_layout_xmlid="mail.mail_notification_light"
        )
        return True

    def _drop_reminders(self):
        """Take back what is planned: it is seen to, or told anew."""
        self.env["mail.activity"].sudo().search(  # reminders of all who were told
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("activity_type_id", "=", self.env.ref(ACTIVITY).id),
                ("automated", "=", True),
            ]
        ).unlink()
