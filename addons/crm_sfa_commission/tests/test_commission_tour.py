from datetime import timedelta

from odoo import Command, fields
from odoo.tests import HttpCase, tagged

from .common import CommissionCase


class CommissionTourCase(HttpCase, CommissionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in cls.seller | cls.manager:
            user.password = user.login
        first = fields.Date.today().replace(day=1)
        cls.last_month = first - timedelta(days=1)
        cls.own = cls._invoice(cls.last_month, 300)


@tagged("post_install", "-at_install")
class TestCommissionManagerTour(CommissionTourCase):
    def test_manager_makes_a_plan_and_confirms_a_statement(self):
        self.env["crm.commission.plan"].search([]).active = False
        self.start_tour(
            "/odoo/commission-plans", "crm_sfa_commission_manager", login="sfa_manager"
        )
        statement = self._statement(str(self.last_month))
        self.assertEqual((statement.total, statement.state), (12, "confirmed"))


@tagged("post_install", "-at_install")
class TestCommissionSellerTour(CommissionTourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_seller_opens_the_own_statement_and_a_document_on_the_phone(self):
        plan = self._create_plan(
            date_from=self.last_month.replace(day=1),
            rate_ids=[Command.create({"rate": 4})],
        )
        self._settle(plan, str(self.last_month), confirm=True)
        self.start_tour(
            "/odoo/my-commission", "crm_sfa_commission_seller", login="sfa_seller"
        )
