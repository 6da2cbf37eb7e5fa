from odoo.tests import HttpCase, tagged

from .common import CrmCase


@tagged("post_install", "-at_install")
class TestImportTour(HttpCase, CrmCase):
    def test_spreadsheet_is_imported_in_the_web_client(self):
        self.user.password = "crm_user"
        self.start_tour(
            "/odoo/action-contacts.action_contacts?view_type=list",
            "crm_base_import",
            login="crm_user",
        )
        names = ("Tour Café Müller", "Тур Талисман")
        added = self.env["res.partner"].search([("name", "in", names)])
        self.assertEqual(
            set(added.mapped("phone")), {"+49 30 901820", "+7 495 123-45-67"}
        )


@tagged("post_install", "-at_install")
class TestCardTour(HttpCase, CrmCase):
    def test_contact_is_noted_on_the_card(self):
        self.user.password = "crm_user"
        self._note(
            self.anna, "Met at the fair", kind="visit", date="2026-01-05 09:00:00"
        )
        self.start_tour(
            f"/odoo/res.partner/{self.anna.id}",
            "crm_base_customer_card",
            login="crm_user",
        )
        self.assertIn("Wants a second offer", self.anna.interaction_ids.mapped("name"))


@tagged("post_install", "-at_install")
class TestNoteContactTour(HttpCase, CrmCase):
    def test_contact_is_noted_from_the_top_bar(self):
        self.user.password = "crm_user"
        self.anna.write(
            {"phone": "+49 30 901820", "country_id": self.env.ref("base.de").id}
        )
        self.env.company.country_id = self.env.ref("base.de")
        self.start_tour("/odoo", "crm_base_note_contact_anywhere", login="crm_user")
        note = self.anna.interaction_ids
        self.assertRecordValues(
            note, [{"name": "Asked for a price list", "outcome": "reached"}]
        )
        self.assertEqual(self.anna.activity_ids.summary, "Send the price list")


@tagged("post_install", "-at_install")
class TestCardTourOnPhone(TestCardTour):
    browser_size = "375x667"
    touch_enabled = True
