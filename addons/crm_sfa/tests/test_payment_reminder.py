from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .orders_common import OrdersCase


@tagged("post_install", "-at_install")
class TestPaymentReminder(OrdersCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Ladders of the database's own would come before.
        cls.env["crm.payment.ladder"].search([]).active = False
        cls.nordlicht.write({"email": "books@nordlicht.example.com"})
        cls.nordlicht.user_id = cls.seller
        cls.invoice = cls._owe(days_late=10, quantity=3)
        cls.ladder = cls._ladder()
        cls.cron = cls.env.ref("crm_sfa.crm_payment_due_cron")

    def _run_cron(self):
        with self.enter_registry_test_mode():
            self.cron.method_direct_trigger()
        self.env.invalidate_all()

    def _reminders(self, partner=None):
        return self.env["crm.payment.reminder"].search(
            [("partner_id", "=", (partner or self.nordlicht).id)]
        )

    def _later(self, days):
        return freeze_time(fields.Datetime.now() + timedelta(days=days))

    def assertHeld(self, state, partner=None):
        self.env.invalidate_all()
        self.assertEqual(self._due(partner).state, state)
        self._run_cron()
        self.assertFalse(self._reminders(partner))

    # What is sent

    def test_one_mail_lists_all_invoices_with_links_to_pay(self):
        second = self._owe(days_late=2)
        self._run_cron()
        reminder = self._reminders()
        self.assertEqual((reminder.name, reminder.amount), ("Step 5", 400))
        [message] = reminder.message_ids.filtered("partner_ids")
        self.assertEqual(message.partner_ids, self.nordlicht)
        for invoice in self.invoice | second:
            self.assertIn(invoice.name, message.body)
            self.assertIn(f"/my/invoices/{invoice.id}?access_token=", message.body)
        mail = self.env["mail.mail"].search([("mail_message_id", "=", message.id)])
        self.assertEqual(mail.state, "outgoing")

    def test_mail_stands_once_on_the_time_line(self):
        self._run_cron()
        rows = self.env["crm.timeline"].with_user(self.manager)
        page = rows.read_page(self.nordlicht.id)["rows"]
        self.assertEqual(len([row for row in page if row["kind"] == "mail"]), 1)

    def test_nothing_is_sent_twice(self):
        self._run_cron()
        self._run_cron()
        self.assertEqual(len(self._reminders()), 1)

    def test_same_step_at_the_same_time_elsewhere_is_left_out(self):
        due = self._due()
        vals = self.env["crm.payment.reminder"]._prepare_vals(due.sudo())
        due.fetch(["state", "step_id", "episode"])
        self.env["crm.payment.reminder"].create(vals)
        self.env.flush_all()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            self.env["crm.payment.reminder"].create(vals)
            self.env.flush_all()

    def test_reminder_and_mail_fail_together(self):
        self.env.ref(
            "crm_sfa.mail_template_payment_friendly"
        ).body_html = '<t t-out="object.nothing_of_this_name"/>'
        with mute_logger("odoo.addons.mail.models.mail_render_mixin"):
            told = self._due().action_remind()["params"]["message"]
        self.assertIn("Left out: Nordlicht", told)
        self.assertFalse(self._reminders())

    def test_steps_come_one_after_the_other_however_late_the_job_runs(self):
        with self._later(40):
            self._run_cron()
            self.assertEqual(self._reminders().step_days, 5)
        with self._later(45):
            self._run_cron()
            self.assertEqual(len(self._reminders()), 1)
        with self._later(50):
            self._run_cron()
            self.assertEqual(self._reminders().mapped("step_days"), [15, 5])
        with self._later(90):
            self.env.invalidate_all()
            self.assertEqual(self._due().state, "end")

    def test_call_is_planned_for_the_seller_on_the_customer(self):
        self.ladder.step_ids[0].unlink()
        with self._later(10):
            self._run_cron()
        activity = self.nordlicht.activity_ids
        self.assertEqual(activity.user_id, self.seller)
        self.assertIn(self.invoice.name, activity.note)

    def test_escalation_goes_to_the_leader_of_the_team(self):
        self.ladder.active = False
        self._ladder((5, "escalate"))
        self._run_cron()
        self.assertEqual(self.nordlicht.activity_ids.user_id, self.leader)

    def test_customer_without_an_address_becomes_a_call(self):
        self._owe(self.talisman, days_late=10)
        self._run_cron()
        self.assertEqual(self._reminders(self.talisman).channel, "call")
        # Talisman has no salesperson: the ladder says who calls.
        self.assertEqual(self.talisman.activity_ids.user_id, self.leader)

    def test_small_amounts_pass_a_step_over(self):
        self.ladder.step_ids[0].amount_min = 1000
        with self._later(10):
            self._run_cron()
        self.assertEqual(self._reminders().step_days, 15)

    def test_new_debt_begins_a_new_episode_after_the_old_one_is_paid(self):
        self._run_cron()
        self._pay(self.invoice)
        self.env.invalidate_all()
        self.assertFalse(self._due())
        self._owe(days_late=6)
        self._run_cron()
        self.assertEqual(self._reminders().mapped("step_days"), [5, 5])

    def test_what_was_disputed_is_asked_for_after_the_rest_is_paid(self):
        dispute = self.env["crm.payment.dispute"].create(
            {"move_id": self.invoice.id, "reason": "Came burnt"}
        )
        other = self._owe(days_late=10)
        with self._later(0):
            self._run_cron()
        with self._later(10):
            self._run_cron()
        self.assertEqual(self._reminders().mapped("step_days"), [15, 5])
        self.assertEqual(self._reminders().line_ids.move_id, other)
        self._pay(other)
        dispute.action_close()
        self.assertEqual(self._due().state, "due")
        self._run_cron()
        self.assertEqual(self._reminders()[0].line_ids.move_id, self.invoice)

    def test_ladder_of_class_and_territory_comes_before_the_general_one(self):
        territory = self.env["crm.territory"].create({"name": "North"})
        part = self.env["crm.territory"].create(
            {"name": "Coast", "parent_id": territory.id}
        )
        best = self._ladder((3, "call"), sequence=1, value_class="a")
        north = self._ladder((3, "call"), sequence=2, territory_id=territory.id)
        self.assertEqual(self._due().ladder_id, self.ladder)
        self.nordlicht.territory_id = part
        self.assertEqual(self._due().ladder_id, north)
        self.nordlicht.value_class = "a"
        self.assertEqual(self._due().ladder_id, best)

    def test_instalments_fall_due_by_themselves(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "Two parts",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 50,
                                    "nb_days": days})
                    for days in (0, 90)
                ],
            }
        )  # fmt: skip
        order = self._sell(self.olivar, quantity=1)
        invoice = self._bill(order, post=False)
        invoice.invoice_payment_term_id = term
        invoice.invoice_date = self.today - timedelta(days=8)
        invoice.action_post()
        self.assertEqual(self._due(self.olivar).amount, 50)

    # What stops it

    def test_disputed_customer_is_not_reminded(self):
        self.env["crm.payment.dispute"].create(
            {"partner_id": self.anna.id, "reason": "All came burnt"}
        )
        self.assertHeld("dispute")

    def test_nobody_learns_by_a_dispute_whose_an_invoice_is(self):
        disputes = self.env["crm.payment.dispute"].with_user(self.colleague)
        self.invoice.invoice_user_id = self.seller
        with self.assertRaises(AccessError):
            disputes.create({"move_id": self.invoice.id, "reason": "?"})

    def test_other_invoices_than_the_disputed_one_are_asked_for(self):
        other = self._owe(days_late=7)
        dispute = self.env["crm.payment.dispute"].create(
            {"move_id": self.invoice.id, "reason": "Came burnt"}
        )
        self._run_cron()
        self.assertEqual(self._reminders().line_ids.move_id, other)
        self.assertIn("burnt", self.invoice.with_user(self.seller).dispute_hint)
        dispute.action_close()
        self.assertEqual(self._due().amount, 400)

    def test_dispute_ends_with_its_day(self):
        self.env["crm.payment.dispute"].create(
            {
                "partner_id": self.nordlicht.id,
                "reason": "Wait",
                "date_until": self.today - timedelta(days=1),
            }
        )
        self.assertEqual(self._due().state, "due")

    def test_promise_to_pay_stops_it_until_it_is_due(self):
        promise = self.env["crm.promise"].create(
            {
                "name": "Pays on Friday",
                "partner_id": self.anna.id,
                "promised_by": "customer",
                "is_payment": True,
                "date_due": self.today + timedelta(days=3),
                "user_id": self.seller.id,
            }
        )
        self.assertHeld("promise")
        promise.is_payment = False
        self.assertEqual(self._due().state, "due")

    def _pay_online(self, **vals):
        provider = self.env["payment.provider"].search([], limit=1)
        return self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": self.env.ref("payment.payment_method_card").id,
                "reference": "orders-pending",
                "amount": 300,
                "currency_id": self.invoice.currency_id.id,
                "partner_id": self.nordlicht.id,
                "state": "pending",
                "invoice_ids": [Command.set(self.invoice.ids)],
            }
            | vals
        )

    def test_payment_in_progress_stops_it(self):
        self._pay_online()
        self.assertHeld("paying")

    def test_transfer_that_was_announced_long_ago_stops_nothing(self):
        long_ago = fields.Datetime.now() - timedelta(days=15)
        transaction = self._pay_online(last_state_change=long_ago)
        self.assertEqual(self._due().state, "due")
        transaction.last_state_change += timedelta(days=2)
        self.assertEqual(self._due().state, "paying")

    def test_credit_bigger_than_the_debt_stops_it(self):
        refund = self.invoice._reverse_moves()
        refund.invoice_line_ids.price_unit = 150
        refund.action_post()
        (refund + self.invoice).line_ids.remove_move_reconcile()
        self.assertHeld("credit")

    def test_nobody_is_reminded_without_a_ladder(self):
        self.ladder.active = False
        self.assertHeld("no_ladder")

    # Chosen by a person

    def test_paid_between_preview_and_sending_is_left_out(self):
        due = self._due(user=self.accountant)
        self._pay(self.invoice)
        self.env.invalidate_all()
        told = due.action_remind()["params"]["message"]
        self.assertIn("Reminders: 0.", told)
        self.assertIn("Nordlicht: has paid", told)
        self.assertFalse(self._reminders())

    def test_accountant_and_manager_send_and_are_on_record(self):
        for user, partner in (
            (self.accountant, self.nordlicht),
            (self.manager, self.talisman),
        ):
            if partner == self.talisman:
                self._owe(partner, days_late=10)
            self._due(partner, user).action_remind()
            self.assertEqual(self._reminders(partner).sender_id, user)

    def test_sellers_send_nothing_and_see_what_they_see_to(self):
        self._owe(self.talisman, days_late=10)
        with self.assertRaises(AccessError):
            self._due(user=self.seller)
        self._run_cron()
        seen = self.env["crm.payment.reminder"].with_user(self.seller).search([])
        self.assertEqual(seen.partner_id, self.nordlicht)

    def test_reminders_are_changed_by_nobody(self):
        self._run_cron()
        for user in (self.manager, self.accountant, self.seller):
            with self.assertRaises(AccessError):
                self._reminders().with_user(user).date = self.today
            with self.assertRaises(AccessError):
                self._reminders().with_user(user).unlink()

    def test_letter_lists_what_is_open(self):
        self._run_cron()
        report = self.env["ir.actions.report"]
        html, _type = report._render_qweb_html(
            "crm_sfa.crm_payment_reminder_report", self._reminders().ids
        )
        self.assertIn(self.invoice.name, html.decode())

    def test_preview_takes_the_same_queries_for_one_customer_and_for_three(self):
        for partner in (self.talisman, self.olivar):
            self._owe(partner, days_late=10)
        due = self.env["crm.payment.due"].with_user(self.manager)
        names = ["amount", "state", "step_id", "date_next", "partner_id"]
        due.search_fetch([], names)
        self.env.flush_all()
        self.env.invalidate_all(flush=False)
        with self.assertQueryCount(2):
            due.search_fetch([], names)

    def test_books_are_summed_up_once_for_what_is_sent_together(self):
        for partner in (self.talisman, self.olivar):
            self._owe(partner, days_late=2)
        partners = self.nordlicht | self.talisman | self.olivar
        due = self.env["crm.payment.due"].search([("partner_id", "in", partners.ids)])
        self.ladder.step_ids[0].days = 12
        self.env.flush_all()
        books = []
        execute = type(self.env.cr).execute

        def count(cursor, query, *args, **kwargs):
            code = getattr(query, "code", query)
            books.extend(["asset_receivable"] if "asset_receivable" in code else [])
            return execute(cursor, query, *args, **kwargs)

        with patch.object(type(self.env.cr), "execute", count):
            _given, left_out = due._remind()
        self.assertEqual((len(left_out), len(books)), (3, 1))

    # Bad input

    @mute_logger("odoo.sql_db")
    def test_two_steps_on_one_day_and_senseless_ones_are_refused(self):
        for step in (
            {"days": 5, "channel": "call"},
            {"days": 0, "channel": "call"},
            {"days": 30, "channel": "call", "amount_min": -1},
        ):
            with self.assertRaises(IntegrityError), self.env.cr.savepoint():
                self.ladder.step_ids = [Command.create({"name": "Bad"} | step)]
                self.env.flush_all()
        with self.assertRaisesRegex(ValidationError, "choose its text"):
            self.ladder.step_ids = [Command.create({"name": "Mail", "days": 40})]

    def test_steps_typed_out_of_order_come_by_their_days(self):
        self.ladder.active = False
        ladder = self._ladder((15, "call"), (5, "call"), (10, "call"))
        self.env.invalidate_all()
        self.assertEqual(ladder.step_ids.mapped("days"), [5, 10, 15])
        self.assertEqual(self._due().step_id.days, 5)

    def test_invoice_of_somebody_else_is_not_disputed(self):
        with self.assertRaisesRegex(ValidationError, "is not an invoice of"):
            self.env["crm.payment.dispute"].create(
                {
                    "partner_id": self.talisman.id,
                    "move_id": self.invoice.id,
                    "reason": "Wrong one",
                }
            )
