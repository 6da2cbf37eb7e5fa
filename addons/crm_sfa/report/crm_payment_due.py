import logging
from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.crm_base.models.res_partner import VALUE_CLASSES

from ..models.crm_payment_ladder_step import CHANNELS

_logger = logging.getLogger(__name__)

# Customers between two commits.
BATCH = 50
# A transfer that the customer only announced may never come.
PENDING_DAYS = 14
# What a reminder is made of, and why none is.
ROW_FIELDS = [
    "amount", "company_id", "episode", "ladder_id", "partner_id", "state", "step_id",
    "user_id",
]  # fmt: skip


class CrmPaymentDue(models.Model):
    """A customer with overdue invoices: what he owes, and which reminder comes next or
    what stops it. Read from the books at this moment, so it is the preview of what the
    job will send, and what the job sends by.

    A row has the id of the customer's oldest overdue entry.
    """

    _name = "crm.payment.due"
    _description = "Overdue Customer"
    _auto = False
    _order = "days_late desc, id"
    _rec_name = "partner_id"
    _depends = {
        "account.move": ["state", "payment_state", "move_type", "transaction_ids"],
        "account.move.line": [
            "amount_residual", "date_maturity", "partner_id", "reconciled",
            "parent_state",
        ],
        "crm.payment.dispute": [
            "partner_id", "move_id", "date_until", "state", "company_id"
        ],
        "crm.payment.ladder": [
            "active", "company_id", "sequence", "territory_id", "value_class"
        ],
        "crm.payment.ladder.step": ["amount_min", "channel", "days", "ladder_id"],
        "crm.payment.reminder": ["date", "episode", "partner_id", "step_days"],
        "crm.payment.reminder.line": ["item_id", "reminder_id"],
        "crm.promise": ["commercial_partner_id", "date_due", "is_payment", "state"],
        "payment.transaction": ["last_state_change", "state"],
        "res.partner": ["commercial_partner_id", "territory_id", "value_class"],
    }  # fmt: skip

    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    value_class = fields.Selection(VALUE_CLASSES, "Class", readonly=True)
    amount = fields.Monetary(
        "Overdue",
        readonly=True,
        help="In the company's currency, as it stands in the books: what is overdue"
        " less credit notes and payments on account, without what is disputed or being"
        " paid.",
    )
    amount_held = fields.Monetary(
        "Disputed or Being Paid", readonly=True, help="Overdue, and not asked for."
    )
    item_count = fields.Integer("Invoices", readonly=True)
    date_oldest = fields.Date("Oldest Due", readonly=True)
    days_late = fields.Integer(readonly=True, aggregator="max")
    ladder_id = fields.Many2one("crm.payment.ladder", readonly=True)
    step_id = fields.Many2one("crm.payment.ladder.step", "Next Step", readonly=True)
    channel = fields.Selection(CHANNELS, readonly=True)
    date_next = fields.Date("On", readonly=True)
    date_last = fields.Date("Last Reminder", readonly=True)
    step_last = fields.Integer(
        "Last Step, Days", readonly=True, aggregator=None, help="-1: none was sent."
    )
    episode = fields.Integer(readonly=True, aggregator=None)
    state = fields.Selection(
        [
            ("due", "To send today"),
            ("wait", "Later"),
            ("dispute", "Disputed"),
            ("promise", "Promised to pay"),
            ("paying", "Payment in progress"),
            ("credit", "Covered by credit"),
            ("end", "No step left"),
            ("no_ladder", "No ladder"),
        ],
        readonly=True,
        help="Only what is to send today is sent.",
    )

    # The table

    @property
    def _table_query(self) -> SQL:
        today = fields.Date.context_today(self)
        return SQL(
            """WITH item AS (%(items)s),
            customer AS (
                SELECT partner_id, company_id,
                       min(id) FILTER (WHERE is_overdue) AS id,
                       min(id) FILTER (WHERE is_overdue AND NOT is_held) AS asked_id,
                       count(DISTINCT move_id) FILTER (WHERE is_overdue) AS item_count,
                       COALESCE(sum(amount) FILTER (WHERE is_overdue AND NOT is_held
                           OR amount < 0), 0) AS amount,
                       COALESCE(sum(amount) FILTER (WHERE is_overdue AND is_held), 0)
                           AS amount_held,
                       min(date_due) FILTER (WHERE is_overdue) AS date_oldest,
                       min(date_due) FILTER (WHERE is_overdue AND NOT is_held)
                           AS date_asked,
                       bool_or(is_overdue AND is_disputed) AS is_disputed
                  FROM item
              GROUP BY partner_id, company_id
                HAVING bool_or(is_overdue))
            SELECT customer.id, customer.partner_id, customer.company_id,
                   person.user_id, class.name AS value_class,
                   customer.amount, customer.amount_held, customer.item_count,
                   customer.date_oldest,
                   %(today)s - customer.date_oldest AS days_late,
                   ladder.id AS ladder_id, step.id AS step_id, step.channel,
                   step.date_next, past.date_last,
                   past.step_last, episode.episode,
                   CASE WHEN customer.date_asked IS NULL AND customer.is_disputed
                            THEN 'dispute'
                        WHEN customer.date_asked IS NULL THEN 'paying'
                        WHEN customer.amount <= 0 THEN 'credit'
                        WHEN promise.date_due IS NOT NULL THEN 'promise'
                        WHEN ladder.id IS NULL THEN 'no_ladder'
                        WHEN step.id IS NULL THEN 'end'
                        WHEN step.date_next <= %(today)s THEN 'due'
                        ELSE 'wait' END AS state
              FROM customer
              JOIN res_partner AS person ON person.id = customer.partner_id
        CROSS JOIN LATERAL (SELECT person.value_class
                            ->> customer.company_id::text AS name) AS class
         LEFT JOIN LATERAL (%(ladder)s) AS ladder ON TRUE
        CROSS JOIN LATERAL (%(episode)s) AS episode
        CROSS JOIN LATERAL (
                SELECT max(given.date) AS date_last,
                       COALESCE(max(given.step_days), -1) AS step_last
                  FROM crm_payment_reminder AS given
                 WHERE given.episode = episode.episode) AS past
         LEFT JOIN LATERAL (%(step)s) AS step ON TRUE
         LEFT JOIN LATERAL (%(promise)s) AS promise ON TRUE""",
            items=self._items_sql(today),
            today=today,
            ladder=self._ladder_sql(),
            episode=self._episode_sql(),
            step=self._step_sql(),
            promise=self._promise_sql(today),
        )

    @api.model
    def _disputes_sql(self) -> SQL:
        """What is disputed now: rows of ``partner_id`` (a customer), ``company_id``
        and ``move_id``; without a company in all of them, without an invoice all of
        them. Addons add what stops reminders with them."""
        return SQL(
            """SELECT partner_id, company_id, move_id FROM crm_payment_dispute
                WHERE state = 'open'
                  AND (date_until IS NULL OR date_until >= %s)""",
            fields.Date.context_today(self),
        )

    @api.model
    def _disputed_sql(self) -> SQL:
        """Tell of ``move`` and its ``person`` whether it is disputed."""
        return SQL(
            """EXISTS (SELECT FROM (%s) AS dispute
                WHERE dispute.partner_id = person.commercial_partner_id
                  AND COALESCE(dispute.company_id, move.company_id) = move.company_id
                  AND COALESCE(dispute.move_id, move.id) = move.id)""",
            self._disputes_sql(),
        )

    @api.model
    def _paying_sql(self) -> SQL:
        """Tell of ``move`` whether it is being paid, and the bank just takes time; not
        for ever: nobody tells Odoo of a transfer that was announced and never made."""
        return SQL(
            """(move.payment_state = 'in_payment' OR EXISTS (
                SELECT FROM account_invoice_transaction_rel AS rel
                  JOIN payment_transaction AS transaction
                    ON transaction.id = rel.transaction_id
                 WHERE rel.invoice_id = move.id
                   AND (transaction.state = 'authorized'
                     OR transaction.state = 'pending'
                    AND transaction.last_state_change >= %s)))""",
            fields.Datetime.now() - timedelta(days=PENDING_DAYS),
        )

    def _items_sql(self, today) -> SQL:
        """What customers owe, by instalment, and what is owed to them."""
        return SQL(
            """SELECT claim.*, claim.is_disputed OR claim.is_paying AS is_held
              FROM (
                SELECT item.id, item.move_id, item.company_id,
                       person.commercial_partner_id AS partner_id,
                       item.amount_residual AS amount,
                       COALESCE(item.date_maturity, item.date) AS date_due,
                       (item.amount_residual > 0
                        AND move.move_type IN ('out_invoice', 'out_receipt')
                        AND COALESCE(item.date_maturity, item.date) < %(today)s)
                           AS is_overdue,
                       %(disputed)s AS is_disputed, %(paying)s AS is_paying
                  FROM account_move_line AS item
                  JOIN account_account AS account ON account.id = item.account_id
                   AND account.account_type = 'asset_receivable'
                  JOIN account_move AS move ON move.id = item.move_id
                  JOIN res_partner AS person ON person.id = item.partner_id
                 WHERE item.parent_state = 'posted' AND item.reconciled IS NOT TRUE
                   AND item.amount_residual != 0) AS claim""",
            today=today,
            disputed=self._disputed_sql(),
            paying=self._paying_sql(),
        )

    def _ladder_sql(self) -> SQL:
        """The first ladder that is for the customer's class and territory."""
        return SQL(
            """SELECT one.id FROM crm_payment_ladder AS one
            LEFT JOIN crm_territory AS part ON part.id = one.territory_id
            LEFT JOIN crm_territory AS place ON place.id = person.territory_id
                WHERE one.active AND one.company_id = customer.company_id
                  AND COALESCE(one.value_class, class.name, '')
                    = COALESCE(class.name, '')
                  AND (one.territory_id IS NULL
                    OR starts_with(place.parent_path, part.parent_path))
             ORDER BY one.sequence, one.id LIMIT 1"""
        )

    def _episode_sql(self) -> SQL:
        """Reminders belong together as long as something is open that one of them
        named; only in a new episode does the ladder begin anew. It is named after the
        oldest entry with which it began: one that is asked for, since what is held now
        begins an episode of its own later."""
        return SQL(
            """SELECT COALESCE(
                (SELECT given.episode FROM crm_payment_reminder AS given
                  WHERE given.partner_id = customer.partner_id
                    AND given.company_id = customer.company_id
                    AND EXISTS (
                        SELECT FROM crm_payment_reminder_line AS named
                          JOIN account_move_line AS item ON item.id = named.item_id
                         WHERE named.reminder_id = given.id
                           AND item.parent_state = 'posted'
                           AND item.reconciled IS NOT TRUE)
               ORDER BY given.id DESC LIMIT 1),
                customer.asked_id, customer.id) AS episode"""
        )

    def _step_sql(self) -> SQL:
        """The next step, and its day: as long after the last one as the ladder says,
        so that nobody gets two at once because the job did not run."""
        return SQL(
            """SELECT one.id, one.channel,
                      GREATEST(customer.date_asked + one.days,
                        past.date_last + one.days - past.step_last) AS date_next
                 FROM crm_payment_ladder_step AS one
                WHERE one.ladder_id = ladder.id AND one.days > past.step_last
                  AND COALESCE(one.amount_min, 0) <= customer.amount
             ORDER BY one.days LIMIT 1"""
        )

    def _promise_sql(self, today) -> SQL:
        return SQL(
            """SELECT max(given.date_due) AS date_due FROM crm_promise AS given
                WHERE given.commercial_partner_id = customer.partner_id
                  AND given.is_payment AND given.promised_by = 'customer'
                  AND given.state = 'open' AND given.date_due >= %s
                  AND COALESCE(given.company_id, customer.company_id)
                    = customer.company_id""",
            today,
        )

    # What is done

    def action_remind(self) -> dict:
        """Send what is due of these, and tell what was left out and why."""
        # Rows that are gone meanwhile cannot be checked one by one; the search does it.
        self.browse().check_access("read")
        given, left_out = self._remind()
        lines = [self.env._("Reminders: %(count)s.", count=len(given))]
        if left_out:
            lines.append(self.env._("Left out: %(names)s", names="; ".join(left_out)))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if left_out else "success",
                "message": " ".join(lines),
                "sticky": bool(left_out),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _remind(self):
        """Give the reminders of these customers that are due at this moment.

        :return: the reminders, and a text for each customer who is left out
        """
        given, left_out = self.env["crm.payment.reminder"], []
        self.invalidate_model()
        # Ids are known only when all books are summed up; by the customers they are
        # read for these alone, and once.
        entries_sudo = self.env["account.move.line"].sudo().browse(self.ids).exists()
        customers = entries_sudo.partner_id.commercial_partner_id
        still = self.search_fetch(
            [("id", "in", self.ids), ("partner_id", "in", customers.ids)], ROW_FIELDS
        )
        for due in still:
            if due.state != "due":
                left_out.append(f"{due.partner_id.display_name}: {due._state_label()}")
                continue
            try:
                with self.env.cr.savepoint():
                    given |= due._give()
            except UniqueViolation:
                # Somebody else sent the same step since this list was read.
                left_out.append(
                    self.env._(
                        "%(name)s: has just got it", name=due.partner_id.display_name
                    )
                )
            except UserError as error:
                # Of one customer, such as a text that cannot be filled in.
                left_out.append(f"{due.partner_id.display_name}: {error.args[0]}")
        return given, left_out + (self - still)._gone_texts()

    def _gone_texts(self) -> list[str]:
        """Name the customers whose row went with its entry, or who have another entry
        as the oldest one now."""
        # Who sends reminders need not see entries; no other accounts are told.
        items_sudo = self.env["account.move.line"].sudo()
        items_sudo = items_sudo.search(
            [
                ("id", "in", self.ids),
                ("company_id", "in", self.env.companies.ids),
                ("account_id.account_type", "=", "asset_receivable"),
            ]
        )
        return [
            self.env._(
                "%(name)s: has paid, or the list is not the newest",
                name=item.partner_id.commercial_partner_id.display_name,
            )
            for item in items_sudo
        ]

    def _give(self):
        self.ensure_one()
        # Facts, written by this method alone.
        reminders_sudo = self.env["crm.payment.reminder"].sudo()
        return reminders_sudo._give(self)

    def _state_label(self) -> str:
        return dict(self._fields["state"]._description_selection(self.env))[self.state]

    @api.model
    def _cron_remind(self):
        """Give all reminders that are due. A reminder, and the mail in the queue, are
        one transaction: killed before, nothing was sent; killed after, it is not due
        any more. At the same time elsewhere, the second one fails on the index."""
        waiting = self.search([("state", "=", "due")])
        commit = self.env["ir.cron"]._commit_progress
        commit(remaining=len(waiting))
        for start in range(0, len(waiting), BATCH):
            batch = waiting[start : start + BATCH]
            _given, left_out = batch._remind()
            for text in left_out:
                _logger.warning("Payment reminder left out: %s", text)
            if not commit(len(batch)):
                break

    def action_dispute(self) -> dict:
        """Open a dispute that stops the reminders of this customer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Dispute"),
            "res_model": "crm.payment.dispute",
            "views": [(False, "form")],
            "context": {
                "default_partner_id": self.partner_id.id,
                "default_company_id": self.company_id.id,
            },
        }

    @api.readonly
    def action_open_items(self) -> dict:
        """Open the invoices behind the row."""
        self.ensure_one()
        moves = self.env["crm.payment.reminder"]._items(self).move_id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Overdue: %(name)s", name=self.partner_id.display_name),
            "res_model": "account.move",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", moves.ids)],
        }
