from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .orders_common import OrdersCase


@tagged("post_install", "-at_install")
class TestOrderFlag(OrdersCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._rule()
        for days_ago, quantity in ((90, 2), (60, 3), (30, 2)):
            cls._sell(quantity=quantity, days_ago=days_ago)
        cls.cron = cls.env.ref("crm_sfa.crm_order_rule_cron")

    @classmethod
    def _rule(cls, **vals):
        vals = {"name": "Far from usual", "kind": "quantity", "tell": "nobody"} | vals
        return cls.env["crm.order.rule"].create(vals)

    def _flags(self, order, state="open"):
        flags = self.env["crm.order.flag"].search([("order_id", "=", order.id)])
        return flags.filtered(lambda flag: flag.state == state)

    def _run_cron(self):
        with self.enter_registry_test_mode():
            self.cron.method_direct_trigger()
        self.env.invalidate_all()

    # Against the customer's own history

    def test_unusual_quantity_is_flagged_at_confirmation_and_stops_nothing(self):
        order = self._sell(quantity=20, confirm=False).with_user(self.seller)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertEqual(
            order.flag_hint, "Roasting: quantity 20.00, usually 2.00 (last 3 orders)."
        )

    def test_usual_quantity_is_not_flagged(self):
        self.assertFalse(self._flags(self._sell(quantity=3)))

    def test_too_short_a_history_says_nothing(self):
        self.rule.least_orders = 4
        self.assertFalse(self._flags(self._sell(quantity=20)))

    def test_orders_of_the_whole_family_are_compared_and_of_nobody_else(self):
        self.assertTrue(self._flags(self._sell(self.anna, quantity=20)))
        self.assertFalse(self._flags(self._sell(self.talisman, quantity=20)))

    def test_orders_of_more_than_two_years_before_are_not_compared(self):
        for days_ago in (800, 801, 802):
            self._sell(self.talisman, quantity=2, days_ago=days_ago)
        self.assertFalse(self._flags(self._sell(self.talisman, quantity=20)))

    def test_job_compares_with_the_same_orders_as_the_confirmation(self):
        for days_ago in (800, 801, 802):
            self._sell(self.talisman, quantity=2, days_ago=days_ago)
        # Looked at together with a newer one, this one makes more orders be read.
        older = self._sell(self.talisman, quantity=20, days_ago=400)
        newer = self._sell(self.talisman, quantity=20)
        self.rule._check_orders((older | newer).ids)
        self.assertTrue(self._flags(older))
        self.assertFalse(self._flags(newer))

    def test_other_units_are_converted(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self.assertTrue(
            self._flags(self._sell(quantity=1, product_uom_id=dozen.id)),
        )

    def test_unusual_price_and_discount_and_size_are_flagged(self):
        self.rule.active = False
        for kind in ("price", "discount", "size"):
            self._rule(kind=kind)
        order = self._sell(quantity=2, discount=20)
        kinds = set(self._flags(order).mapped("kind"))
        self.assertEqual(kinds, {"price", "discount"})
        large = self._flags(self._sell(quantity=15))
        self.assertEqual(large.mapped("kind"), ["size"])

    def test_prices_in_a_currency_without_a_rate_are_compared_among_themselves(self):
        self.rule.kind = "price"
        currency = self.env["res.currency"].create({"name": "XNR", "symbol": "n"})
        pricelist = self.env["product.pricelist"].create(
            {"name": "N", "currency_id": currency.id}
        )
        line = {"product_id": self.roast.id, "price_unit": 9000}
        order = self._create_order(
            confirm=True, pricelist_id=pricelist.id, order_line=[Command.create(line)]
        )
        self.assertFalse(self._flags(order))

    # By days

    def test_late_delivery_is_flagged_and_cleared_by_itself(self):
        self._rule(kind="late", days=3)
        order = self._sell(quantity=2)
        order.commitment_date = fields.Datetime.now() - timedelta(days=5)
        self._run_cron()
        flag = self._flags(order)
        self.assertEqual(flag.reason, "Not delivered 5 days after the promised date.")
        order.order_line.qty_delivered = 2
        self._run_cron()
        self.assertEqual(flag.state, "cleared")
        order.order_line.qty_delivered = 1
        self._run_cron()
        self.assertEqual(flag.state, "open")

    def test_unpaid_order_is_flagged_unless_it_is_disputed(self):
        self._rule(kind="unpaid", days=10)
        order = self._sell(quantity=2)
        invoice = self._bill(order, days_late=12)
        self._run_cron()
        flag = self._flags(order)
        self.assertIn("200.00", flag.reason)
        self.assertIn("12 days", flag.reason)
        self.env["crm.payment.dispute"].create(
            {"move_id": invoice.id, "reason": "Burnt"}
        )
        self._run_cron()
        self.assertEqual(flag.state, "cleared")

    def test_orders_invoiced_together_are_flagged_with_their_shares(self):
        self._rule(kind="unpaid", days=10)
        orders = self._sell(quantity=9) | self._sell(quantity=1)
        self._bill(orders, days_late=12)
        self._run_cron()
        flags = self._flags(orders[0]) | self._flags(orders[1])
        unpaid = flags.filtered(lambda flag: flag.kind == "unpaid")
        amounts = {flag.order_id: flag.amount for flag in unpaid}
        self.assertEqual(amounts, {orders[0]: 900, orders[1]: 100})

    def test_delivery_without_an_invoice_is_flagged(self):
        self._rule(kind="uninvoiced", days=7)
        order = self._sell(quantity=2, days_ago=9)
        order.order_line.qty_delivered = 2
        self._run_cron()
        self.assertIn("Delivered 9 days ago", self._flags(order).reason)

    def test_job_run_twice_comes_to_the_same(self):
        order = self._sell(quantity=20)
        self._run_cron()
        self._run_cron()
        flags = self.env["crm.order.flag"].search([("order_id", "=", order.id)])
        self.assertEqual(len(flags), 1)

    def test_flags_of_an_archived_rule_are_cleared(self):
        flag = self._flags(self._sell(quantity=20))
        self.rule.active = False
        self._run_cron()
        self.assertEqual(flag.state, "cleared")

    # Dismissed

    def _dismiss(self, flags, user):
        wizard = self.env["crm.order.flag.dismiss"].with_user(user)
        wizard.create(
            {"flag_ids": flags.ids, "reason": "A second café"}
        ).action_dismiss()

    def test_dismissed_flag_stays_so_until_the_figure_changes(self):
        order = self._sell(quantity=20)
        flag = self._flags(order)
        self._dismiss(flag, self.seller)
        self._run_cron()
        self.assertEqual(
            (flag.state, flag.dismissed_by_id, flag.dismissal),
            ("dismissed", self.seller, "A second café"),
        )
        self.assertIn("A second café", order.message_ids[0].body)
        order.order_line.product_uom_qty = 50
        self._run_cron()
        self.assertEqual((flag.state, flag.value), ("open", 50))

    def test_colleague_does_not_see_nor_dismiss(self):
        flag = self._flags(self._sell(quantity=20))
        flags = self.env["crm.order.flag"].with_user(self.colleague)
        self.assertFalse(flags.search([("id", "=", flag.id)]))
        with self.assertRaises(AccessError):
            self._dismiss(flag, self.colleague)

    def test_nobody_writes_flags_by_hand(self):
        flag = self._flags(self._sell(quantity=20))
        for user in (self.seller, self.manager):
            with self.assertRaises(AccessError):
                flag.with_user(user).state = "cleared"

    def test_user_of_another_company_sees_nothing(self):
        flag = self._flags(self._sell(quantity=20))
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            "orders_stranger",
            groups="sales_team.group_sale_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        for record in (flag, self.rule, self._ladder()):
            found = record.with_user(stranger).search([("id", "=", record.id)])
            self.assertFalse(found)

    # Told

    def test_owner_is_told_by_an_activity_that_goes_with_the_flag(self):
        self.rule.write({"tell": "owner", "by_activity": True})
        order = self._sell(quantity=20)
        self.assertEqual(order.activity_ids.user_id, self.seller)
        self._dismiss(self._flags(order), self.seller)
        self.assertFalse(order.activity_ids)

    def test_manager_is_told_by_a_notification(self):
        self.rule.tell = "manager"
        order = self._sell(quantity=20)
        told = self.env["mail.message"].search(
            [("model", "=", "sale.order"), ("res_id", "=", order.id),
             ("message_type", "=", "user_notification")]
        )  # fmt: skip
        self.assertEqual(told.notified_partner_ids, self.leader.partner_id)

    def test_card_warns(self):
        self._sell(quantity=20)
        parts = self.nordlicht.with_user(self.seller).crm_card()["parts"]
        abnormal = next(part for part in parts if part["key"] == "abnormal")
        self.assertEqual((abnormal["value"], abnormal["warn"]), ("1", True))

    # Bad input

    @mute_logger("odoo.sql_db")
    def test_contradicting_rules_are_refused(self):
        for vals in (
            {"times": 0},
            {"least_orders": 20, "last_orders": 5},
            {"least_orders": 0},
            {"kind": "late", "days": 0},
            {"kind": "quantity"},  # the same as the one that is there
        ):
            with self.assertRaises(IntegrityError), self.env.cr.savepoint():
                self._rule(**vals)
                self.env.flush_all()
