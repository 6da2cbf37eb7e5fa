from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from .common import CrmCase


@tagged("post_install", "-at_install")
class TestInteraction(CrmCase):
    def test_a_call_is_noted_with_name_and_customer_only(self):
        form = Form(
            self.env["crm.interaction"].with_user(self.user),
            view="crm_base.crm_interaction_view_quick",
        )
        form.partner_id = self.anna
        form.name = "Asked for a second offer"
        note = form.save()
        self.assertRecordValues(
            note, [{"kind": "call", "direction": "in", "user_id": self.user.id}]
        )

    def test_own_note_may_be_changed_and_deleted(self):
        note = self._note(self.anna, "Call").with_user(self.user)
        note.name = "Long call"
        note.unlink()

    def test_note_of_a_colleague_is_read_only(self):
        note = self._note(self.anna, "Call").with_user(self.colleague)
        self.assertEqual(note.name, "Call")
        with self.assertRaises(AccessError):
            note.name = "Not my call"
        with self.assertRaises(AccessError):
            note.unlink()

    def test_nobody_notes_in_the_name_of_a_colleague(self):
        vals = {"partner_id": self.anna.id, "name": "Forged", "user_id": self.user.id}
        with self.assertRaises(AccessError):
            self.env["crm.interaction"].with_user(self.colleague).create(vals)

    def test_manager_changes_all(self):
        note = self._note(self.anna, "Call").with_user(self.manager)
        note.user_id = self.colleague
        note.unlink()

    def test_users_outside_the_suite_and_portal_see_nothing(self):
        note = self._note(self.anna, "Call")
        portal = new_test_user(self.env, "crm_portal_user", groups="base.group_portal")
        for user in (self.outsider, portal, self.env.ref("base.public_user")):
            with self.assertRaises(AccessError):
                note.with_user(user).read(["name"])

    def test_note_of_another_company_is_not_there(self):
        other = self.env["res.company"].create({"name": "Other"})
        note = self._note(self.anna, "Call", company_id=other.id)
        found = self.env["crm.interaction"].with_user(self.user).search([])
        self.assertNotIn(note, found)
        self.assertNotIn("Call", self._subjects(self.anna))
        with self.assertRaises(AccessError):
            note.with_user(self.user).read(["name"])

    def test_next_step_becomes_an_activity_of_who_noted_it(self):
        self._note(
            self.anna, "Call", next_step="Send the list", date_next_step="2027-01-15"
        )
        self.assertRecordValues(
            self.anna.activity_ids,
            [{"summary": "Send the list", "user_id": self.user.id}],
        )

    def test_next_step_needs_its_day(self):
        note = self._note(self.anna, "Call", next_step="Send it")
        self.assertEqual(
            note.date_next_step, fields.Date.context_today(note) + timedelta(days=1)
        )
        with self.assertRaisesRegex(ValidationError, "its text and its day"):
            note.date_next_step = False

    def test_person_is_found_by_phone_in_any_format(self):
        self.env.company.country_id = self.env.ref("base.de")
        self.anna.phone = "+49 30 901820"
        partners = self.env["res.partner"].with_user(self.user)
        for typed in ("+49 30 901820", "030 901820", "(030) 90-18-20", "004930901820"):
            with self.subTest(typed=typed):
                found = [number for number, _name in partners.name_search(typed)]
                self.assertIn(self.anna.id, found)
        self.assertFalse(partners.name_search("+49 30 901821"))

    def test_long_and_foreign_names_do_no_harm(self):
        for name in ("א" * 50, "👩‍💻 Zoë", "n" * 10_000, "'; DROP TABLE", "{{7*7}}"):
            self.anna.name = name
            self.assertTrue(self._note(self.anna, name).display_name)
