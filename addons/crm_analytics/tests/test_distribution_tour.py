from odoo.tests import HttpCase, tagged

from .test_distribution import DistributionCase

PAGE = "/odoo/customer-distribution?date_from=2026-01-01&date_to=2026-12-31"


class DistributionTourCase(HttpCase, DistributionCase):
    def _tour(self):
        self.reader.password = self.reader.login
        self.start_tour(PAGE, "crm_analytics_distribution", login=self.reader.login)


@tagged("post_install", "-at_install")
class TestDistributionTour(DistributionTourCase):
    def test_reader_tells_customers_apart_opens_them_and_comes_back(self):
        self._tour()


@tagged("post_install", "-at_install")
class TestDistributionTourPhone(DistributionTourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_reader_does_the_same_on_a_phone(self):
        self._tour()
