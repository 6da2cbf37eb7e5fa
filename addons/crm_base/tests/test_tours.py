from odoo.tests import HttpCase, tagged

from .common import CrmCase


@tagged("post_install", "-at_install")
class TestTours(HttpCase, CrmCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user.password = "crm_user"
        cls._note(cls.anna, "Met at the fair", kind="visit", date="2026-01-05 09:00:00")

    def test_spreadsheet_is_imported_in_the_web_client(self):
        self.start_tour(
            "/odoo/action-contacts.action_contacts?view_type=list",
            "crm_base_import",
            login="crm_user",
        )
        added = self.env["res.partner"].search([("city", "in", ("Berlin", "Москва"))])
        phones = set(
            added.filtered(lambda p: "Ту" in p.name or "Tour" in p.name).mapped("phone")
        )
        self.assertEqual(phones, {"+49 30 901820", "+7 495 123-45-67"})

    def test_card_on_the_customer(self):
        self._show_card()

    def _show_card(self):
        self.start_tour(
            f"/odoo/res.partner/{self.anna.id}",
            "crm_base_customer_card",
            login="crm_user",
        )
        self.assertTrue(
            self.anna.interaction_ids.filtered(lambda i: "second offer" in i.name)
        )


@tagged("post_install", "-at_install")
class TestToursOnPhone(TestTours):
    browser_size = "375x667"
    touch_enabled = True

    def test_spreadsheet_is_imported_in_the_web_client(self):
        """Spreadsheets are imported at a desk."""
