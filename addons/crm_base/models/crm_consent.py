from collections.abc import Iterable

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..tools.consent import CHANNELS, SCOPES, state_sql

STATUSES = [("granted", "Granted"), ("withdrawn", "Withdrawn")]


class CrmConsent(models.Model):
    """What a person said about being contacted, when and how: one entry each time."""

    _name = "crm.consent"
    _description = "Consent"
    _inherit = ["crm.ledger.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner",
        "Contact",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    channel = fields.Selection(CHANNELS, required=True, default="email")
    purpose_id = fields.Many2one(
        "crm.consent.purpose",
        ondelete="restrict",
        help="Empty: the entry holds for every purpose.",
    )
    status = fields.Selection(STATUSES, required=True, default="granted")
    date = fields.Datetime(
        required=True,
        default=fields.Datetime.now,
        help="When it was said. An entry of the future does not rule yet.",
    )
    date_expiry = fields.Date(
        "Valid Until", help="The last day on which a consent counts. Empty: no end."
    )
    source = fields.Selection(
        [
            ("call", "Call"),
            ("email", "E-mail"),
            ("letter", "Letter"),
            ("meeting", "Meeting"),
            ("form", "Web form"),
            ("portal", "Portal"),
            ("unsubscribe", "Unsubscribed from a mailing"),
            ("import", "Import"),
            ("hand", "Noted by hand"),
            ("forget", "Request to be forgotten"),
        ],
        required=True,
        default="hand",
        help="How the person said it.",
    )
    proof = fields.Text(
        help="What proves it: the words, the number of the letter, the address of the"
        " form."
    )
    proof_file = fields.Binary("Document", attachment=True)
    proof_filename = fields.Char("File Name")
    user_id = fields.Many2one(
        "res.users",
        "Noted By",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
    company_id = fields.Many2one(
        "res.company",
        default=lambda self: self.env.company,
        help="The company of yours that it was said to. Empty: all of them.",
    )

    _question_idx = models.Index("(channel, purpose_id, partner_id)")

    @api.depends("channel", "purpose_id", "status")
    def _compute_display_name(self):
        channels = dict(self._fields["channel"]._description_selection(self.env))
        statuses = dict(self._fields["status"]._description_selection(self.env))
        every = self.env._("All purposes")
        for entry in self:
            purpose = entry.purpose_id.name or every
            status = statuses.get(entry.status, "")
            channel = channels.get(entry.channel, "")
            entry.display_name = f"{purpose}, {channel}: {status}"

    @api.constrains("status", "date", "date_expiry")
    def _check_date_expiry(self):
        for entry in self.filtered("date_expiry"):
            if entry.status == "withdrawn":
                raise ValidationError(
                    self.env._(
                        "A withdrawal has no end. Leave “Valid Until” empty; when the"
                        " person agrees again, add a new entry."
                    )
                )
            if entry.date_expiry < entry.date.date():
                raise ValidationError(
                    self.env._(
                        "This consent would end on %(end)s, before it was given on"
                        " %(start)s. Check “Valid Until”.",
                        end=entry.date_expiry,
                        start=entry.date.date(),
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            vals_list = [vals | {"user_id": self.env.uid} for vals in vals_list]
        entries = super().create(vals_list)
        self.env["res.partner"]._refresh_consent_flags(entries.partner_id.ids)
        return entries

    @api.model
    def _cron_refresh_flags(self):
        """Bring the flags of the contacts in line where an entry came into force, or
        ended, without anybody touching it."""
        self.env["res.partner"]._refresh_consent_flags()

    @api.model
    def _state_query(
        self,
        questions: Iterable[tuple[str, int | None]],
        company,
        partner_ids: list[int] | None = None,
    ) -> SQL:
        """SQL of partner_id, channel, purpose_id, state for each channel and purpose,
        of all who have entries about it.

        The state is granted, withdrawn, expired or NULL; see :func:`state_sql`.
        """
        self.flush_model()
        asked = SQL(", ").join(
            SQL("(%s::varchar, %s::int)", channel, purpose_id or None)
            for channel, purpose_id in questions
        )
        return SQL(
            """SELECT partner_id, channel, purpose_id, %(state)s AS state FROM (
            SELECT e.partner_id, q.channel, q.purpose_id, %(last)s
              FROM (VALUES %(asked)s) AS q(channel, purpose_id)
              JOIN crm_consent e ON e.channel IN (q.channel, 'any')
               AND (e.purpose_id IS NULL OR e.purpose_id = q.purpose_id)
             WHERE e.date <= %(now)s
               AND (e.company_id IS NULL OR e.company_id = %(company)s)
               AND %(whose)s
             GROUP BY 1, 2, 3) AS last_entries""",
            state=state_sql(),
            last=SQL(", ").join(
                self._last_entry(scope, kind)
                for scope in SCOPES
                for kind in ("withdrawn", "granted", "expired")
            ),
            asked=asked,
            now=fields.Datetime.now(),
            company=company.id,
            whose=SQL("TRUE")
            if partner_ids is None
            else SQL("e.partner_id = ANY(%s)", list(partner_ids)),
        )

    def _last_entry(self, scope: int, kind: str) -> SQL:
        """SQL of date and id of the last entry of a scope and kind, as an array."""
        today = fields.Date.today()
        condition = {
            "withdrawn": SQL("e.status = 'withdrawn'"),
            "granted": SQL(
                "e.status = 'granted' AND COALESCE(e.date_expiry >= %s, TRUE)", today
            ),
            "expired": SQL("e.status = 'granted' AND e.date_expiry < %s", today),
        }[kind]
        return SQL(
            "MAX(ARRAY[EXTRACT(EPOCH FROM e.date)::bigint, e.id::bigint])"
            " FILTER (WHERE %(condition)s AND %(scope)s ="
            " (e.channel <> q.channel)::int"
            " + 2 * (e.purpose_id IS DISTINCT FROM q.purpose_id)::int)"
            " AS %(name)s",
            condition=condition,
            scope=scope,
            name=SQL.identifier(f"{kind}_{scope}"),
        )
