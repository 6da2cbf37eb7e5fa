from datetime import date, timedelta

from odoo.tests import HttpCase, tagged

from .common import CrmCase


@tagged("post_install", "-at_install")
class TestConsentTours(HttpCase, CrmCase):
    def test_consent_is_noted_and_withdrawn_on_the_contact(self):
        self.user.password = "crm_user"
        self.start_tour(
            f"/odoo/res.partner/{self.anna.id}", "crm_base_consent", login="crm_user"
        )
        entries = self.anna.consent_ids
        self.assertEqual(set(entries.mapped("status")), {"granted", "withdrawn"})
        self.assertIn("Signed at the fair", entries.mapped("proof"))
        self.assertTrue(self.anna.do_not_contact)

    def test_manager_forgets_a_person(self):
        person = self.env["res.partner"].create({"name": "Xaver Tourmann"})
        self.manager.password = "crm_manager"
        self.start_tour(
            f"/odoo/res.partner/{person.id}", "crm_base_forget", login="crm_manager"
        )
        self.assertEqual(person.name, f"Forgotten person #{person.id}")

    def test_greeting_is_written_to_who_has_a_birthday(self):
        born = date.today() + timedelta(days=5)
        self.env["crm.occasion"].create(
            {
                "partner_id": self.anna.id,
                "date": born.replace(year=1984),
                "user_id": self.user.id,
            }
        )
        self.user.password = "crm_user"
        self.start_tour(
            "/odoo/action-crm_base.crm_occasion_action",
            "crm_base_occasion",
            login="crm_user",
        )
        self.assertIn("happy birthday", self.anna.message_ids[:1].body)


@tagged("post_install", "-at_install")
class TestConsentToursOnPhone(TestConsentTours):
    browser_size = "375x667"
    touch_enabled = True
