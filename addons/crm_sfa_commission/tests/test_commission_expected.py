from odoo import Command
from odoo.tests import freeze_time, tagged

from .common import JULY, CommissionCase


@tagged("post_install", "-at_install")
@freeze_time(JULY)
class TestCommissionExpected(CommissionCase):
    """What deals and quotations would earn."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        tiers = cls._tiers("whole", (0, 1000, 2), (1000, 0, 4))
        cls.plan = cls._create_plan(rate_ids=[tiers])
        cls.deal = cls._create_lead(
            expected_revenue=600, probability=50, date_deadline="2026-07-30"
        )

    def _expected(self, record, user):
        record.invalidate_recordset()
        return record.with_user(user).commission_expected

    def test_deal_earns_at_the_tier_that_it_would_reach(self):
        self.assertEqual(self._expected(self.deal, self.seller), 6)
        self._invoice("2026-07-10", 500)
        self.assertEqual(self._expected(self.deal, self.seller), 12)

    def test_only_the_person_responsible_and_managers_see_it(self):
        self.assertEqual(self._expected(self.deal, self.manager), 6)
        self.assertEqual(self._expected(self.deal, self.leader), 0)
        offer = self._create_order()
        self.assertEqual(self._expected(offer, self.manager), 4)
        self.assertEqual(self._expected(offer, self.leader), 0)

    def test_quotation_earns_the_share_of_the_salesperson(self):
        offer = self._create_order()
        self.assertEqual(self._expected(offer, self.seller), 4)
        self._share(offer, (self.seller, 50), (self.colleague, 50))
        self.assertEqual(self._expected(offer, self.seller), 2)
        offer.action_confirm()
        self.assertEqual(self._expected(offer, self.seller), 0)

    def test_goods_of_a_deal_are_those_of_its_quotation(self):
        plan = self._create_plan(
            name="Margins",
            measure="margin",
            rate_ids=[self._rate(10, categ_id=self.machines.id)],
        )
        self.assertEqual(self._expected(self.deal, self.seller), 6)
        line = {"product_id": self.grinder.id, "product_uom_qty": 6}
        self._create_order(
            opportunity_id=self.deal.id, order_line=[Command.create(line)]
        )
        self.deal.expected_revenue = 600
        # A margin of 240 at 10 %, at even odds, and the 6 of the other plan.
        self.assertEqual(self._expected(self.deal, self.seller), 18)
        self.assertEqual(plan.state, "running")

    def test_who_has_no_plan_expects_nothing(self):
        self.deal.user_id = self.colleague
        self.assertEqual(self._expected(self.deal, self.colleague), 0)

    def test_statement_that_runs_tells_what_deals_would_add(self):
        self._create_lead(
            expected_revenue=600, probability=50, date_deadline="2026-08-30"
        )
        statement = self._settle(self.plan, "2026-07-01").with_user(self.seller)
        self.assertEqual(statement.total, 0)
        self.assertEqual(statement.expected, 6)
        domain = statement.action_open_deals()["domain"]
        self.assertEqual(self.env["crm.lead"].search(domain), self.deal)

    def test_deal_of_no_company_is_priced_by_the_plan_of_the_statement(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self._create_plan(company_id=company.id, rate_ids=[self._rate(10)])
        self.deal.company_id = False
        statement = self.env["crm.commission.statement"].create(
            {
                "user_id": self.seller.id,
                "company_id": company.id,
                "date_from": "2026-07-01",
                "date_to": "2026-07-31",
            }
        )
        self.assertFalse(self.deal.company_id)
        self.assertEqual(statement.expected, 30)
