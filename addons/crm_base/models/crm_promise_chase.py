from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import SQL, format_date

from .crm_promise_reminder import STEPS

ACTIVITY = "crm_base.mail_activity_type_promise"
MANAGERS = "crm_base.crm_base_group_manager"
BATCH = 200


class CrmPromise(models.Model):
    """The chase: reminders to the owner, and to the manager where they do not help."""

    _inherit = "crm.promise"

    reminder_ids = fields.One2many(
        "crm.promise.reminder", "promise_id", "Reminders Given", readonly=True
    )

    @api.model
    def _cron_remind(self):
        """Give every reminder that is due and was not given yet, however late."""
        commit = self.env["ir.cron"]._commit_progress
        while rows := self._claim_reminders(BATCH):
            self._give_reminders(rows)
            more = len(rows) == BATCH
            if not commit(len(rows), remaining=int(more)) or not more:
                break

    @api.model
    def _claim_reminders(self, limit: int) -> list[dict]:
        """Find the reminders that are due and put them on record, in one query.

        A promise that another process is changing is left for the next run.
        """
        self.env.flush_all()
        rows = self.env.execute_query_dict(
            SQL(
                """INSERT INTO crm_promise_reminder
                    (promise_id, step, date_due, user_id, date,
                     create_uid, create_date, write_uid, write_date)
                SELECT promise_id, step, date_due, receiver_id, %(now)s,
                    %(uid)s, %(now)s, %(uid)s, %(now)s
                FROM (%(due)s) AS due
                RETURNING promise_id, step, user_id""",
                now=fields.Datetime.now(),
                uid=self.env.uid,
                due=self._due_reminders_query(limit),
            )
        )
        self.env["crm.promise.reminder"].invalidate_model()
        self.invalidate_model(["reminder_ids"])
        return rows

    def _due_reminders_query(self, limit: int) -> SQL:
        return SQL(
            """SELECT promise.id AS promise_id, promise.date_due,
                step.name AS step, step.receiver_id
            FROM crm_promise AS promise
            JOIN res_users AS owner ON owner.id = promise.user_id
            JOIN res_partner AS person ON person.id = owner.partner_id
            JOIN (VALUES %(calendars)s) AS today(tz, day)
                ON today.tz = COALESCE(person.tz, '')
            JOIN (VALUES %(managers)s) AS manager(company_id, user_id, days)
                ON manager.company_id = COALESCE(promise.company_id, 0)
            CROSS JOIN LATERAL (VALUES
                ('ahead', owner.id, owner.active AND today.day < promise.date_due
                    AND today.day >= promise.date_due - promise.remind_days),
                ('due', owner.id, owner.active AND today.day >= promise.date_due),
                ('overdue', manager.user_id,
                    today.day >= promise.date_due + manager.days),
                ('orphan', manager.user_id, NOT owner.active)
            ) AS step(name, receiver_id, is_due)
            WHERE promise.state = 'open'
                AND step.is_due AND step.receiver_id IS NOT NULL
                AND NOT EXISTS (
                    SELECT FROM crm_promise_reminder AS given
                    WHERE given.promise_id = promise.id AND given.step = step.name
                        AND given.date_due = promise.date_due
                        AND given.user_id = step.receiver_id)
            ORDER BY promise.id
            LIMIT %(limit)s
            FOR NO KEY UPDATE OF promise SKIP LOCKED""",
            calendars=self._calendars(),
            managers=self._escalations(),
            limit=limit,
        )

    def _calendars(self) -> SQL:
        """Give the day that it is now in each time zone in which an owner lives."""
        zones = self.env.execute_query(
            SQL(
                """SELECT DISTINCT COALESCE(person.tz, '')
                FROM crm_promise AS promise
                JOIN res_users AS owner ON owner.id = promise.user_id
                JOIN res_partner AS person ON person.id = owner.partner_id
                WHERE promise.state = 'open'"""
            )
        )
        rows = [
            SQL(
                "(%s, %s::date)",
                tz,
                fields.Date.context_today(self.with_context(tz=tz)),
            )
            for (tz,) in zones or [("",)]
        ]
        return SQL(", ").join(rows)

    def _escalations(self) -> SQL:
        """Give who hears of overdue promises, and after how many days, per company."""
        nobody = self.env["res.company"]
        rows = [
            SQL(
                "(%s, %s::int, %s)",
                company.id or 0,
                self._escalate_to(company).id or None,
                company.promise_escalate_days or 3,
            )
            # The job is for all companies.
            for company in [nobody, *nobody.sudo().search([])]
        ]
        return SQL(", ").join(rows)

    def _escalate_to(self, company):
        """Give the employee whom the company names, or else its first manager.

        The administrator, who is a manager by default, hears of it only where there
        is no other.
        """
        named = company.promise_escalate_to_id
        if named.active and company in named.company_ids:
            return named
        admin = self.env.ref("base.user_admin", raise_if_not_found=False)
        # Who is in a group is for administrators to read.
        managers = self.env.ref(MANAGERS).sudo().all_user_ids.filtered("active")
        if company:
            managers = managers.filtered(lambda user: company in user.company_ids)
        return managers.sorted(lambda user: (user == admin, user.id))[:1]

    def _give_reminders(self, rows: list[dict]):
        """Plan an activity for each reminder, the latest step for each receiver."""
        order = [step for step, _label in STEPS]
        rows.sort(key=lambda row: order.index(row["step"]))
        latest = {(row["promise_id"], row["user_id"]): row["step"] for row in rows}
        promises = self.browse({promise_id for promise_id, _user_id in latest})
        activities = self.env["mail.activity"]
        activities.search(self._reminder_domain(promises)).filtered(
            lambda activity: (activity.res_id, activity.user_id.id) in latest
        ).unlink()
        activities.create(
            [
                promises.browse(promise_id)._prepare_reminder_vals(step, user_id)
                for (promise_id, user_id), step in latest.items()
            ]
        )

    def _prepare_reminder_vals(self, step: str, user_id: int) -> dict:
        receiver = self.env["res.users"].browse(user_id)
        promise = self.with_context(lang=receiver.lang, tz=receiver.tz)
        told = step in {"overdue", "orphan"}
        return {
            "activity_type_id": self.env.ref(ACTIVITY).id,
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "res_id": self.id,
            "user_id": user_id,
            "automated": True,
            "summary": promise._reminder_summary(step),
            "note": Markup("<p>%s</p>") % promise._reminder_note(step),
            "date_deadline": (
                fields.Date.context_today(promise) if told else self.date_due
            ),
        }

    def _reminder_summary(self, step: str) -> str:
        if step == "orphan":
            return self.env._("Promise without an owner: give it to somebody")
        if step == "overdue":
            return self.env._("Promise overdue: see that it is kept")
        if self.promised_by == "customer":
            return self.env._("Ask the customer to keep a promise")
        return self.env._("Keep our promise")

    def _reminder_note(self, step: str) -> str:
        words = {
            "name": self.name,
            "customer": self.partner_id.display_name,
            "owner": self.user_id.name,
            "date": format_date(self.env, self.date_due),
        }
        if step == "orphan":
            return self.env._(
                "“%(name)s” with %(customer)s, due on %(date)s. %(owner)s does not work"
                " here any more.",
                **words,
            )
        if step == "overdue":
            return self.env._(
                "“%(name)s” with %(customer)s was due on %(date)s. %(owner)s has not"
                " closed it.",
                **words,
            )
        return self.env._(
            "“%(name)s” with %(customer)s, due on %(date)s.",
            **words,
        )

    def _reminder_domain(self, promises) -> list:
        return [
            ("res_model", "=", self._name),
            ("res_id", "in", promises.ids),
            ("activity_type_id", "=", self.env.ref(ACTIVITY).id),
            ("automated", "=", True),
        ]

    def _drop_reminders(self):
        """Take back what is planned: it is settled, or about another date or owner."""
        if self:
            # The reminder may be a colleague's or the manager's.
            activities = self.env["mail.activity"].sudo()
            activities.search(self._reminder_domain(self)).unlink()

    def _forget_orphan_notice(self):
        """Let the manager be told again, should the new owner leave too."""
        # Reminders are the job's to write.
        orphans = self.sudo().reminder_ids.filtered(
            lambda given: given.step == "orphan"
        )
        orphans.unlink()
