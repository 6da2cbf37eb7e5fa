import re
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize

TEMPLATE = "crm_css.mail_template_complaint"
TOKEN_BYTES = 24
TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")
DAYS_TO_ANSWER = 30
ANSWERS = [
    ("confirmed", "The customer accepts the remedy"),
    ("refused", "The customer refuses the remedy"),
]


class CrmComplaint(models.Model):
    """What the customer says to the remedy: by a link in a mail, or noted by us."""

    _inherit = "crm.complaint"

    answer_token = fields.Char(
        readonly=True, copy=False, groups="base.group_system", index="btree_not_null"
    )
    answer_until = fields.Datetime("Link Valid Until", readonly=True, copy=False)
    asked_date = fields.Datetime("Customer Asked On", readonly=True, copy=False)
    answer_how = fields.Selection(
        [("link", "By the customer, with the link"), ("hand", "Noted by us")],
        "Answered",
        readonly=True,
        copy=False,
        tracking=True,
    )
    answer_date = fields.Datetime("Answered On", readonly=True, copy=False)
    answer_partner_id = fields.Many2one(
        "res.partner",
        "Answered By",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    answer_user_id = fields.Many2one(
        "res.users", "Noted By", readonly=True, copy=False, index="btree_not_null"
    )
    answer_note = fields.Text("The Customer's Words", readonly=True, copy=False)

    def action_ask(self):
        """Mail the customer the link to the page with the remedy."""
        self.ensure_one()
        self.check_access("write")
        if self.state != "proposed":
            raise UserError(
                self.env._(
                    "“%(name)s”: propose a remedy first, then the customer can be"
                    " asked.",
                    name=self.display_name,
                )
            )
        if not email_normalize(self.partner_id.email or ""):
            raise UserError(
                self.env._(
                    "%(customer)s has no mail address. Enter one, or note the answer by"
                    " hand.",
                    customer=self.partner_id.display_name,
                )
            )
        now = fields.Datetime.now()
        # The token is nobody's to read; the right on the complaint was checked.
        complaint_sudo = self.sudo()
        complaint_sudo.write(
            {
                "answer_token": secrets.token_urlsafe(TOKEN_BYTES),
                "answer_until": now + timedelta(days=DAYS_TO_ANSWER),
                "asked_date": now,
            }
        )
        # Not in the history: the link is the customer's alone.
        self.env.ref(TEMPLATE).sudo().send_mail(
            self.id, email_values={"message_type": "user_notification"}
        )
        self._message_log(
            body=self.env._(
                "%(customer)s was asked by mail to confirm the remedy.",
                customer=self.partner_id.name,
            )
        )

    def action_answer(self):
        """Open the dialog that notes the customer's answer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("The Customer's Answer"),
            "res_model": "crm.complaint.answer",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_complaint_id": self.id,
                "default_partner_id": self.partner_id.id,
            },
        }

    def _answer_link(self) -> str:
        self.ensure_one()
        # The token goes into the mail, and is shown to nobody.
        return f"{self.get_base_url()}/crm/complaint/{self.sudo().answer_token}"

    @api.model
    def _by_token(self, token: str):
        """Find what a link was made for; nothing where it is none of ours."""
        if not TOKEN.fullmatch(token):
            return self.browse()
        return self.search([("answer_token", "=", token)], limit=1)

    def _awaits_answer(self) -> bool:
        self.ensure_one()
        now = fields.Datetime.now()
        return self.state == "proposed" and bool(
            self.answer_until and now < self.answer_until
        )

    def _answer(self, state: str, partner, note: str, how: str, date=None):
        """Put the customer's answer on record, with who told it, how and when."""
        self.ensure_one()
        self._move(
            state,
            answer_how=how,
            answer_date=date or fields.Datetime.now(),
            answer_partner_id=partner.id,
            answer_user_id=self.env.uid if how == "hand" else False,
            answer_note=note,
            # It remains valid for the page of thanks until the complaint moves on.
            answer_until=fields.Datetime.now(),
        )
        if state == "refused":
            self._tell_of_refusal()

    def _tell_of_refusal(self):
        reader = self.with_context(lang=self.user_id.lang)
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=reader.env._("The customer refuses the remedy"),
            note=self.answer_note,
            user_id=self._acting_user().id,
            automated=True,
        )

    def _acting_user(self):
        return self.env["crm.stand.in"]._acting_for(self.user_id, self.partner_id)

    @api.model
    def _no_answer(self) -> dict:
        """Give the values that take an answer, and the link for it, back."""
        names = (
            "answer_token",
            "answer_until",
            "answer_how",
            "answer_date",
            "answer_partner_id",
            "answer_user_id",
            "answer_note",
        )
        return dict.fromkeys(names, False)
