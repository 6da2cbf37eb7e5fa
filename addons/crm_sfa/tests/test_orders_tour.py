from odoo.tests import HttpCase, tagged

from .orders_common import OrdersCase


class OrdersTourCase(HttpCase, OrdersCase):
    browser_size = "1366x768"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in (cls.seller, cls.accountant):
            user.password = user.login


@tagged("post_install", "-at_install")
class TestOrderBoardTour(OrdersTourCase):
    def test_seller_finds_an_abnormal_order_and_dismisses_the_flag(self):
        rules = self.env["crm.order.rule"]
        rules.search([]).active = False
        rules.create({"name": "Far from usual", "kind": "quantity"})
        for days_ago, quantity in ((90, 2), (60, 3), (30, 2), (0, 20)):
            order = self._sell(quantity=quantity, days_ago=days_ago)
        self.start_tour(
            "/odoo/action-crm_sfa.crm_order_board_action",
            "crm_sfa_order_board",
            login=self.seller.login,
        )
        flag = self.env["crm.order.flag"].search([("order_id", "=", order.id)])
        self.assertEqual((flag.state, flag.dismissed_by_id), ("dismissed", self.seller))


@tagged("post_install", "-at_install")
class TestReminderTour(OrdersTourCase):
    def test_accountant_looks_at_the_preview_and_sends(self):
        self.env["crm.payment.ladder"].search([]).active = False
        self.nordlicht.email = "books@nordlicht.example.com"
        invoice = self._owe(days_late=10)
        self._ladder()
        self.start_tour(
            "/odoo/action-crm_sfa.crm_payment_due_action",
            "crm_sfa_reminder",
            login=self.accountant.login,
        )
        reminder = self.env["crm.payment.reminder"].search(
            [("partner_id", "=", self.nordlicht.id)]
        )
        self.assertEqual(
            (reminder.sender_id, reminder.line_ids.move_id), (self.accountant, invoice)
        )
