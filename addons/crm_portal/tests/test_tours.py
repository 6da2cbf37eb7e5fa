from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.crm_css.tests.common import ServiceCase


@tagged("post_install", "-at_install")
class TestTours(HttpCase, ServiceCase):
    def test_customer_answers_closes_and_rates(self):
        new_test_user(
            self.env,
            "portal_tour",
            password="portal_tour",
            groups="base.group_portal",
            partner_id=self.anna.id,
        )
        ticket = self._create_ticket(self.anna)
        self.start_tour("/my", "crm_portal_ticket", login="portal_tour")
        self.assertTrue(ticket.closed)
        page = self.env["crm.timeline"].with_user(self.agent).read_page(self.anna.id)
        subjects = [row["subject"] for row in page["rows"]]
        self.assertIn("It happened again today", subjects)
        self.assertIn("Quick help", subjects)


@tagged("post_install", "-at_install")
class TestToursOnPhone(TestTours):
    browser_size = "375x667"
    touch_enabled = True
