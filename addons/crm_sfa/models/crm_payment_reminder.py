from collections import defaultdict

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import SQL, format_date

from .crm_payment_ladder_step import CHANNELS

ACTIVITIES = {
    "call": "mail.mail_activity_data_call",
    "letter": "mail.mail_activity_data_todo",
    "escalate": "mail.mail_activity_data_todo",
}


class CrmPaymentReminder(models.Model):
    """One reminder that one customer got, with all that was overdue on that day. It is
    a fact: it is made together with its mail or activity, and never changed."""

    _name = "crm.payment.reminder"
    _description = "Payment Reminder"
    _inherit = ["mail.thread"]
    _order = "id desc"
    _rec_name = "name"
    _mail_post_access = "read"
    _check_company_auto = True

    name = fields.Char("Step", required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        index=True,
        readonly=True,
        ondelete="restrict",
    )
    recipient_id = fields.Many2one(
        "res.partner",
        "To",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The invoice address of the customer.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, readonly=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    ladder_id = fields.Many2one(
        "crm.payment.ladder", readonly=True, index="btree_not_null", ondelete="set null"
    )
    step_id = fields.Many2one(
        "crm.payment.ladder.step",
        "Step of the Ladder",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    step_days = fields.Integer("Days after Due", readonly=True, aggregator=None)
    episode = fields.Integer(
        readonly=True,
        aggregator=None,
        export_string_translation=False,
    )
    channel = fields.Selection(CHANNELS, "How", required=True, readonly=True)
    date = fields.Date("Sent On", required=True, readonly=True, index=True)
    sender_id = fields.Many2one(
        "res.users", "Sent By", readonly=True, help="Empty: sent by the daily job."
    )
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        readonly=True,
        index="btree_not_null",
        help="Who is asked to call, to post the letter, or to decide.",
    )
    amount = fields.Monetary(
        "Asked For",
        readonly=True,
        help="In the company's currency, less credit notes and payments on account.",
    )
    amount_open = fields.Monetary(
        "Still Open",
        compute="_compute_amount_open",
        help="What of the named invoices is not paid today.",
    )
    line_ids = fields.One2many(
        "crm.payment.reminder.line", "reminder_id", "Invoices", readonly=True
    )

    _once = models.UniqueIndex(
        "(episode, step_days)", "This customer got this step already."
    )
    _last_idx = models.Index("(partner_id, company_id, id)")

    @api.depends("line_ids.item_id")
    def _compute_amount_open(self):
        lines = self.env["crm.payment.reminder.line"].sudo()  # see below
        # Whoever sees the reminder saw the amounts on it.
        open_amounts = dict(
            lines._read_group(
                [
                    ("reminder_id", "in", self.ids),
                    ("item_id.reconciled", "=", False),
                    ("item_id.parent_state", "=", "posted"),
                ],
                ["reminder_id"],
                ["item_id:recordset"],
            )
        )
        for reminder in self:
            items = open_amounts.get(reminder)
            reminder.amount_open = sum(items.mapped("amount_residual")) if items else 0

    # Making one

    def _give(self, due):
        """Make the reminder that is due for a customer, with its mail or activity."""
        due_sudo = due.sudo()  # who sends reminders reads no ladder of steps
        reminder = self.create(self._prepare_vals(due_sudo))
        # The index decides here, before anything is sent, who was first.
        self.env.flush_all()
        if reminder.channel == "mail":
            reminder._send()
        else:
            reminder._plan(due_sudo)
        return reminder

    def _prepare_vals(self, due) -> dict:
        recipient = due.partner_id.browse(
            due.partner_id.address_get(["invoice"])["invoice"]
        )
        if not recipient.email and due.partner_id.email:
            recipient = due.partner_id
        step = due.step_id
        # Nobody is left out for want of an address, or of a text that was deleted.
        can_mail = recipient.email and step.mail_template_id
        channel = "call" if step.channel == "mail" and not can_mail else step.channel
        return {
            "name": step.name,
            "partner_id": due.partner_id.id,
            "recipient_id": recipient.id,
            "company_id": due.company_id.id,
            "ladder_id": due.ladder_id.id,
            "step_id": step.id,
            "step_days": step.days,
            "episode": due.episode,
            "channel": channel,
            "date": fields.Date.context_today(self),
            "sender_id": False if self.env.user._is_superuser() else self.env.uid,
            "user_id": self._responsible(due, channel).id,
            "amount": due.amount,
            "line_ids": [
                (0, 0, item._prepare_reminder_line()) for item in self._items(due)
            ],
        }

    def _responsible(self, due, channel: str):
        seller, ladder = due.user_id, due.ladder_id
        if channel == "escalate":
            leader = seller.sale_team_id.user_id
            candidates = (ladder.manager_id, leader, ladder.user_id, seller)
        else:
            candidates = (seller, ladder.user_id, ladder.manager_id)
        for user in candidates:
            if user.active:
                return user
        return self.env.user if not self.env.user._is_superuser() else seller

    @api.model
    def _items(self, due):
        """The overdue entries that are asked for."""
        query = SQL(
            """WITH item AS (%s)
            SELECT id FROM item
             WHERE partner_id = %s AND company_id = %s AND is_overdue AND NOT is_held
          ORDER BY date_due, id""",
            due._items_sql(fields.Date.context_today(self)),
            due.partner_id.id,
            due.company_id.id,
        )
        ids = [item_id for (item_id,) in self.env.execute_query(query)]
        return self.env["account.move.line"].browse(ids)

    def _send(self):
        """Put the mail into the queue, in this transaction: it goes when, and only
        when, the reminder is on record."""
        self.ensure_one()
        self.with_context(mail_notify_force_send=False).message_post_with_source(
            self.step_id.mail_template_id,
            email_layout_xmlid="mail.mail_notification_light",
            subtype_xmlid="mail.mt_comment",
        )
        # Somebody reads what the customer answers; not the mail itself once more.
        reader = self.sender_id or self.user_id
        self.message_subscribe(partner_ids=reader.partner_id.ids)
        # Whoever sends reminders wakes the job of mails, and touches no other.
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    def _plan(self, due):
        """Plan the call, the letter or the decision, on the customer's own page."""
        self.ensure_one()
        if not self.user_id:
            return
        told = self.with_context(lang=self.user_id.lang)
        self.env["mail.activity"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("res.partner"),
                "res_id": self.partner_id.id,
                "activity_type_id": self.env.ref(ACTIVITIES[self.channel]).id,
                "user_id": self.user_id.id,
                "automated": True,
                "date_deadline": self.date,
                "summary": told._summary(),
                "note": told._note(),
            }
        )

    def _summary(self) -> str:
        if self.channel == "letter":
            return self.env._("Post a payment reminder")
        if self.channel == "escalate":
            return self.env._("Decide about an overdue customer")
        if self.step_id.channel == "mail":
            return self.env._("Ask for a payment: there is no mail address")
        return self.env._("Call about an overdue payment")

    def _note(self) -> Markup:
        intro = self.env._(
            "%(step)s: %(amount)s overdue.",
            step=self.name,
            amount=self.currency_id.format(self.amount),
        )
        lines = [
            self.env._(
                "%(invoice)s, due on %(date)s: %(amount)s",
                invoice=line.move_id.name,
                date=format_date(self.env, line.date_due),
                amount=line.currency_id.format(line.amount_currency),
            )
            for line in self.line_ids
        ]
        return Markup("<p>%s</p><ul>%s</ul>") % (
            intro,
            Markup("").join(Markup("<li>%s</li>") % line for line in lines),
        )

    # What the mail and the letter say

    @api.private
    def statement(self) -> Markup:
        """Give the table of what is open, for mails and letters."""
        self.ensure_one()
        return self.env["ir.qweb"]._render(
            "crm_sfa.crm_payment_reminder_statement",
            {"reminder": self, "format_date": lambda day: format_date(self.env, day)},
        )

    @api.private
    def totals(self) -> list[tuple]:
        """Give what is asked for in each currency: (currency, amount)."""
        sums = defaultdict(float)
        for line in self.line_ids:
            sums[line.currency_id] += line.amount_currency
        return list(sums.items())

    @api.private
    def credit(self) -> float:
        """Give what credit notes and payments on account take off."""
        asked = sum(self.line_ids.mapped("amount"))
        return self.currency_id.round(asked - self.amount)

    def _mail_get_partner_fields(self, introspect_fields=False):
        return ["recipient_id"]

    @api.readonly
    def action_open_moves(self) -> dict:
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "account.move",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", self.line_ids.move_id.ids)],
        }

    def action_print(self) -> dict:
        """Print the statement of these reminders."""
        self.check_access("read")
        report = self.env.ref("crm_sfa.crm_payment_reminder_report")
        return report.report_action(self)
