from datetime import date

from odoo import Command
from odoo.tests import HttpCase, tagged

from .test_quota import QuotaCase


class QuotaTourCase(HttpCase, QuotaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in cls.seller | cls.manager:
            user.password = user.login
        line = {"product_id": cls.grinder.id, "price_unit": 300}
        cls._create_order(confirm=True, order_line=[Command.create(line)])
        year = date.today().year
        cls.year = {"date_from": f"{year}-01-01", "date_to": f"{year}-12-31"}


@tagged("post_install", "-at_install")
class TestQuotaManagerTour(QuotaTourCase):
    def test_manager_distributes_a_year_to_people_and_months(self):
        quota = self._create_quota(
            False, user_id=False, team_id=self.team.id, **self.year
        )
        self.start_tour(
            f"/odoo/crm.quota/{quota.id}", "crm_sfa_quota_manager", login="sfa_manager"
        )
        self.assertEqual(len(quota.child_ids.child_ids), 24)


@tagged("post_install", "-at_install")
class TestQuotaSellerTour(QuotaTourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_seller_sees_the_own_quota_on_the_phone(self):
        self._create_quota(**self.year)
        self.start_tour("/odoo/my-quota", "crm_sfa_quota_seller", login="sfa_seller")
