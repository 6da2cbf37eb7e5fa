from odoo import http
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.crm_css.tests.common import ServiceCase


@tagged("post_install", "-at_install")
class TestCompany(HttpCase, ServiceCase):
    """The customer's administrator decides what colleagues see."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.jonas = cls.env["res.partner"].create(
            {"name": "Jonas Weber", "parent_id": cls.nordlicht.id}
        )
        for partner, login in (
            (cls.anna, "p_anna"),
            (cls.jonas, "p_jonas"),
            (cls.lucia, "p_lucia"),
        ):
            new_test_user(
                cls.env, login, password=login, groups="base.group_portal",
                partner_id=partner.id,
            )  # fmt: skip
        cls.jonas.name = "Jonas Weber"  # not that of the login
        cls.anna.portal_administrator = True
        cls.ticket = cls._create_ticket(cls.anna)

    def _switch(self, person, allowed="1", method="POST", **data):
        url = "/my/company/tickets"
        data = {"colleague": person.id, "allowed": allowed} | data
        with mute_logger("odoo.http"):
            if method == "GET":
                return self.url_open(f"{url}?colleague={person.id}&allowed=1")
            data.setdefault("csrf_token", http.Request.csrf_token(self))
            return self.url_open(url, data=data)

    def test_administrator_switches_on_and_off(self):
        self.authenticate("p_anna", "p_anna")
        self.assertIn("Jonas Weber", self.url_open("/my/company").text)
        self.assertEqual(self._switch(self.jonas).status_code, 200)
        self.assertTrue(self.jonas.portal_company_tickets)
        self._switch(self.jonas, "0")
        self.assertFalse(self.jonas.portal_company_tickets)

    def test_switch_opens_the_tickets_to_the_colleague(self):
        self.authenticate("p_jonas", "p_jonas")
        self.assertNotIn(self.ticket.number, self.url_open("/my/tickets").text)
        self.jonas.portal_company_tickets = True
        self.assertIn(self.ticket.number, self.url_open("/my/tickets").text)

    def test_person_who_is_no_administrator_finds_no_page(self):
        self.authenticate("p_jonas", "p_jonas")
        self.assertEqual(self.url_open("/my/company").status_code, 404)
        self.assertEqual(self._switch(self.jonas).status_code, 404)
        self.assertFalse(self.jonas.portal_company_tickets)
        self.assertNotIn('href="/my/company"', self.url_open("/my").text)

    def test_people_of_other_customers_and_nonsense_are_not_found(self):
        self.authenticate("p_anna", "p_anna")
        self.assertNotIn("Lucía", self.url_open("/my/company").text)
        self.assertEqual(self._switch(self.lucia).status_code, 404)
        self.assertFalse(self.lucia.portal_company_tickets)
        for colleague in ("x", "", "1 OR 1"):
            self.assertEqual(
                self._switch(self.jonas, colleague=colleague).status_code, 404
            )

    def test_employee_in_the_company_of_the_customer_is_no_colleague(self):
        self.agent.partner_id.parent_id = self.nordlicht
        self.authenticate("p_anna", "p_anna")
        self.assertEqual(self._switch(self.agent.partner_id).status_code, 404)

    def test_link_and_form_without_a_token_switch_nothing(self):
        self.authenticate("p_anna", "p_anna")
        self.assertEqual(self._switch(self.jonas, method="GET").status_code, 405)
        self.assertEqual(self._switch(self.jonas, csrf_token="").status_code, 400)
        self.assertFalse(self.jonas.portal_company_tickets)

    def test_anonymous_visitor_is_sent_to_the_login(self):
        self.authenticate(None, None)
        self.assertIn("/web/login", self.url_open("/my/company").url)
        self._switch(self.jonas)
        self.assertFalse(self.jonas.portal_company_tickets)

    def test_right_of_the_administrator_ends_with_leaving(self):
        self.anna.parent_id = self.olivar
        self.authenticate("p_anna", "p_anna")
        self.assertEqual(self.url_open("/my/company").status_code, 404)
