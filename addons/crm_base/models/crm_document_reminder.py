import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, split_every

_logger = logging.getLogger(__name__)
BATCH = 50


class CrmDocument(models.Model):
    """The reminder before a document expires."""

    _inherit = "crm.document"

    @api.model
    def _cron_expiry(self):
        """Remind the owners, once for each date of expiry, however late it runs."""
        commit = self.env["ir.cron"]._commit_progress
        due = self._due_for_reminder()
        commit(remaining=len(due))
        for ids in split_every(BATCH, due.ids):
            self.browse(ids).try_lock_for_update()._remind()
            if not commit(len(ids)):
                break

    def _due_for_reminder(self):
        """Give the documents that expire soon, or have expired since they were
        registered, and whose owner knows nothing of it."""
        self.flush_model()
        self.env["crm.document.kind"].flush_model(["reminder_days"])
        rows = self.env.execute_query(
            SQL(
                """SELECT document.id FROM crm_document AS document
                JOIN crm_document_kind AS kind ON kind.id = document.kind_id
                WHERE document.date_registered IS NOT NULL
                AND NOT document.is_superseded
                AND document.expiry_date <= %s + kind.reminder_days
                AND document.expiry_date >= document.date_registered::date
                AND document.reminded_expiry IS DISTINCT FROM document.expiry_date
                ORDER BY document.expiry_date, document.id""",
                fields.Date.today(),
            )
        )
        return self.browse(row[0] for row in rows)

    def _remind(self):
        # Another worker may have been here since the list was made.
        due = self.filtered(lambda one: one.reminded_expiry != one.expiry_date)
        for document in due:
            try:
                with self.env.cr.savepoint():
                    document._remind_owner()
            except UserError as error:
                _logger.warning("No reminder of document %s: %s", document.id, error)

    def _remind_owner(self):
        owners = (self.user_id, self.partner_id.user_id, self.create_uid)
        owner = next((user for user in owners if user.active), self.env.user)
        document = self.with_context(lang=owner.lang)
        document.activity_schedule(
            "mail.mail_activity_data_todo",
            self.expiry_date,
            summary=document.env._(
                "Expires on %(date)s: %(name)s", date=self.expiry_date, name=self.name
            ),
            user_id=owner.id,
        )
        self.reminded_expiry = self.expiry_date
