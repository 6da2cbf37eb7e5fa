from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.tools import SQL

KINDS = [("phone", "Phone"), ("email", "E-mail"), ("address", "Address")]
# Who looked at the detail; the other ways are proofs that machines find.
BY_PEOPLE = {"hand", "import", "portal"}
# A proof found by a machine leaves a confirmation of this week alone: no row a mail.
YOUNG = timedelta(days=7)
# A mail that did not come back for so long has arrived.
RETURN_TIME = timedelta(days=3)
# Delivery is looked at in the mails of so many days, and refreshes what is older.
DELIVERY_SPAN = timedelta(days=30)
BATCH = 1000


class CrmContactPoint(models.Model):
    """When, how and by whom a phone, mail or address of a contact was last confirmed
    or proved wrong. One row for each detail is current, the others are its history."""

    _name = "crm.contact.point"
    _description = "Confirmation of a Contact Detail"
    _order = "is_current desc, id desc"
    _rec_name = "value"

    partner_id = fields.Many2one(
        "res.partner", "Contact", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="partner_id.company_id", store=True)
    kind = fields.Selection(KINDS, "Detail", required=True)
    value = fields.Char(required=True, help="The detail as it was at that time.")
    confirmed_date = fields.Datetime("Confirmed")
    how = fields.Selection(
        [
            ("hand", "By hand"),
            ("portal", "By the customer on the portal"),
            ("call", "In a call"),
            ("reply", "By a mail from there"),
            ("delivered", "By a mail that arrived"),
            ("import", "Imported"),
            ("bounce", "By a mail that came back"),
        ],
        required=True,
        default="hand",
    )
    user_id = fields.Many2one("res.users", "By", index="btree_not_null")
    refuted_date = fields.Datetime("Proved Wrong")
    reason = fields.Char()
    is_current = fields.Boolean("Latest", default=True)
    state = fields.Selection(
        [
            ("confirmed", "Confirmed"),
            ("refuted", "Proved wrong"),
            ("outdated", "No longer so"),
        ],
        compute="_compute_state",
        store=True,
        help="No longer so: the detail was changed since, or there is a later entry.",
    )

    _current = models.UniqueIndex("(partner_id, kind) WHERE is_current")

    @api.depends(
        "is_current",
        "kind",
        "value",
        "refuted_date",
        "partner_id.phone",
        "partner_id.phone_sanitized",
        "partner_id.email",
        "partner_id.email_normalized",
        "partner_id.street",
        "partner_id.street2",
        "partner_id.zip",
        "partner_id.city",
        "partner_id.state_id",
        "partner_id.country_id",
    )
    def _compute_state(self):
        for point in self:
            is_same = point.value == point.partner_id._contact_value(point.kind)
            if not point.is_current or not is_same:
                point.state = "outdated"
            else:
                point.state = "refuted" if point.refuted_date else "confirmed"

    # Business methods

    @api.model
    def _confirm(self, partners, kind: str, how: str, date=None):
        """Note that this detail of these contacts is right, and close the tasks.

        :param date: when that was seen; a later finding is not overruled by it
        """
        now = fields.Datetime.now()
        date = min(date or now, now)
        vals = {"how": how, "confirmed_date": date, "user_id": self._witness(how)}
        self._put(partners, kind, vals, date)
        partners._close_confirm_tasks(kind)

    @api.model
    def _refute(self, partners, kind: str, how: str, reason: str = ""):
        """Note that this detail of these contacts is wrong."""
        now = fields.Datetime.now()
        vals = {"how": how, "refuted_date": now, "user_id": self._witness(how)}
        self._put(partners, kind, vals | {"reason": reason or False}, now)

    def _witness(self, how: str):
        return self.env.uid if how in BY_PEOPLE | {"call"} else False

    def _put(self, partners, kind: str, vals: dict, date):
        # Who may write the contact may confirm it; the rows are nobody's to write.
        points_sudo = self.sudo().search(
            [
                ("partner_id", "in", partners.ids),
                ("kind", "=", kind),
                ("is_current", "=", True),
            ]
        )
        latest = points_sudo.grouped("partner_id")
        # Confirmations are written by the server alone.
        old, new, again = self.browse().sudo(), [], self.browse().sudo()
        for partner in partners:
            value = partner._contact_value(kind)
            point = latest.get(partner)
            if not value or (point and point._outweighs(value, vals, date)):
                continue
            if point and point._repeats(value, vals):
                again |= point
                continue
            old |= point or old
            new.append(vals | {"partner_id": partner.id, "kind": kind, "value": value})
        again.write(vals)
        self._replace(old, new)

    def _replace(self, old, new: list[dict]):
        if not new:
            return
        try:
            with self.env.cr.savepoint():
                old.write({"is_current": False})
                old.flush_recordset()
                old.create(new)
        except UniqueViolation:
            # Somebody else noted the same at the same moment, which will do.
            old.invalidate_model()

    def _last_seen(self):
        return max(filter(None, (self.confirmed_date, self.refuted_date)))

    def _outweighs(self, value: str, vals: dict, date) -> bool:
        """Tell whether this row stands against a finding about the same value."""
        if self.value != value:
            return False
        if self._last_seen() > date:
            return True
        is_young = date - self._last_seen() < YOUNG
        by_machine = vals["how"] not in BY_PEOPLE and "refuted_date" not in vals
        return by_machine and is_young and self.state == "confirmed"

    def _repeats(self, value: str, vals: dict) -> bool:
        """Tell whether a finding is this one once more, so that only its date moves."""
        return (
            self.value == value
            and self.how == vals["how"]
            and self.user_id.id == vals["user_id"]
            and bool(self.refuted_date) == ("refuted_date" in vals)
        )

    @api.model
    def _cron_refresh_delivered(self):
        """Refresh mail addresses to which a mail went that did not come back.

        That a server took a mail is weak evidence: it keeps an address fresh that was
        confirmed once, and does not make one of an address that never was.
        """
        commit = self.env["ir.cron"]._commit_progress
        delivered = self._delivered()
        commit(remaining=len(delivered))
        for start in range(0, len(delivered), BATCH):
            batch = dict(delivered[start : start + BATCH])
            partners = self.env["res.partner"].browse(batch).exists()
            self._confirm(partners, "email", "delivered", min(batch.values()))
            if not commit(len(batch)):
                break

    @api.model
    def _delivered(self) -> list[tuple]:
        """Give contact and date of the newest mail that reached an address whose
        confirmation grows old."""
        now = fields.Datetime.now()
        self.env["mail.notification"].flush_model()
        self.flush_model()
        return self.env.execute_query(
            SQL(
                """SELECT point.partner_id, max(message.date) AS date
                     FROM crm_contact_point AS point
                     JOIN mail_notification AS notice
                       ON notice.res_partner_id = point.partner_id
                      AND notice.notification_type = 'email'
                      AND notice.notification_status = 'sent'
                     JOIN mail_message AS message ON message.id = notice.mail_message_id
                    WHERE point.kind = 'email' AND point.state = 'confirmed'
                      AND point.confirmed_date < %(old)s
                      AND message.date > point.confirmed_date
                      AND message.date BETWEEN %(old)s AND %(arrived)s
                 GROUP BY point.partner_id ORDER BY date""",
                old=now - DELIVERY_SPAN,
                arrived=now - RETURN_TIME,
            )
        )
