from datetime import datetime

from odoo.tests import tagged

from .common import AnalyticsCase
from .profit_common import ProfitCase


@tagged("post_install", "-at_install")
class TestValueSource(AnalyticsCase):
    def test_confirmed_orders_count_drafts_and_cancelled_ones_do_not(self):
        self._create_order(self.anna, "2026-03-01", 250)
        self._create_order(self.anna, "2026-03-02", 70, state="draft")
        self._create_order(self.anna, "2026-03-03", 80, state="sent")
        self._create_order(self.anna, "2026-03-04", 90, state="cancel")
        (fact,) = self._facts()
        self.assertEqual(fact["partner_id"], self.anna.id)
        self.assertEqual(float(fact["amount"]), 250)
        self.assertEqual(float(fact["margin"]), 190)
        self.assertEqual(fact["orders"], 1)

    def test_foreign_money_counts_at_the_rate_of_the_orders_day(self):
        order = self._create_order(self.olivar, "2026-03-01", 250)
        order.currency_rate = 2.0
        (fact,) = self._facts()
        self.assertEqual(float(fact["amount"]), 125)
        order.currency_rate = 0
        (fact,) = self._facts()
        self.assertEqual(float(fact["amount"]), 250)

    def test_days_are_those_of_the_companys_own_clock(self):
        self.company.partner_id.tz = "Pacific/Auckland"
        order = self._create_order(self.olivar, "2026-03-01")
        # Noon of the last day of February in UTC is the first of March over there.
        order.date_order = datetime(2026, 2, 28, 12)
        self.assertEqual(len(self._facts("2026-03-01", "2026-03-01")), 1)
        self.assertEqual(self._facts("2026-02-01", "2026-02-28"), [])

    def test_orders_of_another_company_do_not_count(self):
        other = self.env["res.company"].create({"name": "Other"})
        self._create_order(self.olivar, "2026-03-01")
        self.assertEqual(len(self._facts()), 1)
        self.assertEqual(self._facts(company=other), [])


@tagged("post_install", "-at_install")
class TestInvoices(ProfitCase):
    def _sum(self):
        """Turnover, margin and number of orders of the year."""
        facts = self._facts("2025-01-01", "2025-12-31")
        names = ("amount", "margin", "orders")
        return tuple(float(sum(fact[name] for fact in facts)) for name in names)

    def _linked(self, order, amount, move_type="out_invoice"):
        line = {"sale_line_ids": [(6, 0, order.order_line.ids)]}
        return self._bill(order.partner_id, amount, move_type=move_type, line=line)

    def test_invoice_of_an_order_does_not_count_again(self):
        self._linked(self._sell(self.olivar), 100)
        self.assertEqual(self._sum(), (100, 40, 1))

    def test_invoice_without_an_order_counts(self):
        self._bill(self.olivar, 70)
        self.assertEqual(self._sum(), (70, 70, 1))

    def test_line_beside_an_order_is_no_further_order(self):
        invoice = self._linked(self._sell(self.olivar), 100)
        invoice.button_draft()
        line = {"name": "Fee", "price_unit": 5, "tax_ids": False}
        invoice.write({"invoice_line_ids": [(0, 0, line)]})
        invoice.action_post()
        self.assertEqual(self._sum(), (105, 45, 1))

    def test_credit_note_takes_turnover_and_its_share_of_the_margin(self):
        order = self._sell(self.olivar)
        self._refund(order, 50)
        self.assertEqual(self._sum(), (50, 20, 1))

    def test_cancelled_order_that_was_credited_leaves_nothing(self):
        order = self._sell(self.olivar)
        self._linked(order, 100)
        self._refund(order, 100)
        order.state = "cancel"
        amount, _margin, _orders = self._sum()
        self.assertEqual(amount, 0)

    def test_credited_down_payment_takes_nothing_away(self):
        order = self._sell(self.olivar)
        down = order.order_line.copy(
            {"order_id": order.id, "is_downpayment": True, "product_uom_qty": 0}
        )
        line = {"sale_line_ids": [(6, 0, down.ids)]}
        self._bill(self.olivar, 30, line=line)
        self._bill(self.olivar, 30, move_type="out_refund", line=line)
        self.assertEqual(self._sum()[0], 100)
