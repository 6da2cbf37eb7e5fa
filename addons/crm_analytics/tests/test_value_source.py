from datetime import datetime

from odoo.tests import tagged

from .common import AnalyticsCase


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
