from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from ..tools.forget import Part
from .common import CrmCase

NAME = "Xaverine O'Quellmalz"
MAIL = "xaverine.quellmalz@nordlicht.example.com"
PHONE = "+49 30 7771234"
MARKS = ("Quellmalz", "xaverine", "7771234", "Geheimstraße", "DE89370400440532013000")


class ForgetCase(CrmCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls.env["res.partner"].create(
            {
                "name": NAME,
                "email": MAIL,
                "phone": PHONE,
                "country_id": cls.env.ref("base.de").id,
                "street": "Geheimstraße 7",
                "comment": "<p>Geheimstraße, second bell</p>",
                "ref": "Quellmalz-1",
                "image_1920": cls._image(),
            }
        )

    @classmethod
    def _image(cls):
        return (
            b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
            b"+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
        )

    def _wizard(self, user=None, partner=None):
        wizards = self.env["crm.forget.wizard"].with_user(user or self.manager)
        return wizards.create({"partner_id": (partner or self.person).id})

    def _forget(self, partner=None):
        partner = partner or self.person
        wizard = self._wizard(partner=partner)
        wizard.typed_name = partner.name
        action = wizard.action_forget()
        return self.env["crm.forget.log"].browse(action["res_id"])

    def _portal_user(self):
        group = self.env.ref("base.group_portal")
        return self.env["res.users"].create(
            {
                "login": MAIL,
                "password": "portal-secret",
                "partner_id": self.person.id,
                "group_ids": [(6, 0, group.ids)],
            }
        )

    def _found(self, *marks):
        """Look for texts in all text columns of all tables."""
        self.env.flush_all()
        self.env.cr.execute(
            """SELECT table_name, column_name FROM information_schema.columns
            JOIN information_schema.tables USING (table_schema, table_name)
            WHERE table_schema = current_schema AND table_type = 'BASE TABLE'
              AND (data_type IN ('text', 'character varying', 'json', 'jsonb')
                   OR data_type = 'ARRAY')"""
        )
        found = set()
        for table, column in self.env.cr.fetchall():
            for mark in marks or MARKS:
                self.env.cr.execute(
                    f'SELECT 1 FROM "{table}" WHERE "{column}"::text ILIKE %s LIMIT 1',
                    (f"%{mark}%",),
                )
                if self.env.cr.rowcount:
                    found.add((table, column, mark))
        return found


@tagged("post_install", "-at_install")
class TestForgetProof(ForgetCase):
    """Nothing in the database tells any more who it was."""

    def _live(self):
        """Let the person leave traces wherever the customer base keeps any."""
        person, env = self.person, self.env
        self._portal_user().signature = f"<p>{NAME}</p>"
        env["res.partner"].create(
            {
                "name": f"{NAME} at home",
                "parent_id": person.id,
                "type": "delivery",
                "street": "Geheimstraße 8",
            }
        )
        env["res.partner.bank"].create(
            {"partner_id": person.id, "acc_number": "DE89370400440532013000"}
        )
        self._talk()
        self._note(person, f"{NAME} called", description=f"<p>{MAIL}</p>")
        self._note(self.jonas, f"Jonas says {NAME} left", description=PHONE)
        env["crm.consent"].create(
            {
                "partner_id": person.id,
                "proof": f"Letter of {NAME}",
                "proof_file": "UXVlbGxtYWx6",
                "proof_filename": "Quellmalz.txt",
            }
        )
        env["crm.occasion"].create(
            {"partner_id": person.id, "date": "1980-01-02", "note": NAME}
        )
        env["mail.blacklist"].create({"email": MAIL})
        env["phone.blacklist"].create({"number": "+49307771234"})
        person.write({"street": "Geheimstraße 9", "function": "Quellmalz"})
        env.flush_all()

    def _talk(self):
        person, env = self.person, self.env
        person.message_post(
            body=f"I am {NAME}",
            author_id=person.id,
            email_from=f'"{NAME}" <{MAIL}>',
            message_type="email",
            attachments=[("Quellmalz.txt", "xaverine")],
        )
        note = self._note(self.customer, "Asked for a list")
        note.message_post(
            body=f"Dear {NAME}, call {PHONE}",
            partner_ids=person.ids,
            subject=f"For {NAME}",
            message_type="comment",
        )
        env["mail.mail"].create(
            {"email_to": MAIL, "body_html": f"<p>{NAME}</p>", "subject": NAME}
        )
        note.activity_schedule(
            "mail.mail_activity_data_call", summary=f"Call {NAME}", note=PHONE
        )
        person.activity_schedule("mail.mail_activity_data_call", summary=NAME)
        env["calendar.event"].create(
            {
                "name": f"Meeting with {NAME}",
                "description": f"<p>{NAME}</p>",
                "start": "2026-05-01 08:00:00",
                "stop": "2026-05-01 09:00:00",
                "partner_ids": [(6, 0, person.ids)],
            }
        )

    def test_nothing_is_left_in_any_table(self):
        self._live()
        self.assertGreater(len(self._found()), 20)
        log = self._forget()
        self.assertEqual(self._found(), set())
        self.assertEqual(log.left_count, 0)

    def test_what_the_plan_does_not_know_is_told(self):
        self.env["res.country.state"].create(
            {
                "name": f"Land of {NAME}",
                "code": "XQ",
                "country_id": self.env.ref("base.de").id,
            }
        )
        log = self._forget()
        self.assertEqual(log.details["left"], {"res_country_state.name": 1})
        self.assertIn("res_country_state.name", log.summary)

    def test_others_keep_their_own(self):
        self.person.phone = self.customer.phone = "+49 30 111222"
        namesake = self.env["res.partner"].create({"name": "Xaverine O'Quellmalzova"})
        message = self.anna.message_post(body="Ask Xaverine O'Quellmalzova")
        own = self._note(self.anna, "About Anna Berg", description="<p>Anna</p>")
        self._forget()
        self.assertEqual(self.customer.phone, "+49 30 111222")
        self.assertEqual(namesake.name, "Xaverine O'Quellmalzova")
        self.assertIn("Quellmalzova", message.body)
        self.assertEqual(own.name, "About Anna Berg")

    def test_mail_shared_with_another_contact_stays_with_that_one(self):
        self.jonas.email = MAIL
        self.env["mail.blacklist"].create({"email": MAIL})
        message = self.jonas.message_post(body=f"Write to {MAIL}")
        self._forget()
        self.assertIn(MAIL, message.body)
        self.assertTrue(self.jonas.is_blacklisted)
        self.assertFalse(self.person.email)

    def test_name_of_one_word_is_not_replaced_in_the_texts_of_others(self):
        self.person.name = "Xaverine"
        note = self._note(self.anna, "Xaverine Street is closed")
        self._forget()
        self.assertEqual(note.name, "Xaverine Street is closed")
        self.assertNotEqual(self.person.name, "Xaverine")


@tagged("post_install", "-at_install")
class TestForget(ForgetCase):
    def test_person_is_anonymous_and_archived_and_history_stays(self):
        self.person.parent_id = self.customer
        note = self._note(self.person, "Asked for Quellmalz")
        self._forget()
        self.assertEqual(self.person.name, f"Forgotten person #{self.person.id}")
        self.assertFalse(self.person.active)
        self.assertFalse(self.person.email_normalized or self.person.phone_sanitized)
        self.assertFalse(self.person.image_1920)
        self.assertIn("Forgotten person", self.person.complete_name)
        self.assertEqual(self.person.parent_id, self.customer)
        self.assertEqual(note.partner_id, self.person)
        self.assertEqual(note.kind, "call")

    def test_mails_of_the_person_are_emptied_and_keep_their_place(self):
        message = self.person.message_post(
            body="Private",
            subject="Secret",
            author_id=self.person.id,
            message_type="email",
            attachments=[("file.txt", "secret")],
        )
        files = message.attachment_ids
        other = self.jonas.message_post(body="Not hers", author_id=self.jonas.id)
        self._forget()
        self.assertTrue(message.exists())
        self.assertFalse(message.body or message.subject or message.email_from)
        self.assertFalse(files.exists())
        self.assertIn("Not hers", other.body)

    def test_nothing_is_contacted_afterwards(self):
        self.env["crm.consent"].create(
            {
                "partner_id": self.person.id,
                "purpose_id": self.env.ref("crm_base.purpose_marketing").id,
                "date": fields.Datetime.now() - timedelta(days=1),
            }
        )
        self._forget()
        self.assertFalse(self.person.may_contact("email", "marketing"))
        self.assertFalse(self.person.may_contact("post", "service"))
        self.assertTrue(self.person.do_not_contact)
        self.assertEqual(len(self.person.consent_ids), 2)

    def test_portal_user_no_longer_gets_in(self):
        portal = self._portal_user()
        self._forget()
        self.assertFalse(portal.active)
        self.assertEqual(portal.login, f"forgotten-{portal.id}")
        self.env.cr.execute("SELECT password FROM res_users WHERE id = %s", [portal.id])
        self.assertEqual(self.env.cr.fetchall(), [(None,)])

    def test_log_proves_it_without_personal_data(self):
        self._note(self.person, "One")
        self._note(self.person, "Two")
        log = self._forget()
        self.assertEqual(log.user_id, self.manager)
        self.assertEqual(log.partner_number, self.person.id)
        counts = {line["model"]: line["count"] for line in log.details["parts"]}
        self.assertEqual(counts["crm.interaction"], 2)
        self.assertTrue(log.is_intact)
        self.assertIn("Contact with a Customer", log.summary)

    def test_seal_breaks_when_the_log_is_changed(self):
        log = self._forget()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_forget_log SET partner_number = 1 WHERE id = %s", [log.id]
        )
        log.invalidate_recordset()
        self.assertFalse(log.is_intact)

    def test_log_is_not_changed_or_deleted(self):
        log = self._forget().with_user(self.manager)
        for change in (lambda: log.write({"left_count": 0}), log.unlink):
            with self.assertRaisesRegex(AccessError, "prove"):
                change()
        with self.assertRaises(AccessError):
            log.copy()

    def test_failure_leaves_all_as_it_was(self):
        def fail(partner, plan):
            raise ValueError("no power")

        self.patch(type(self.person), "_forget_recompute", fail)
        wizard = self._wizard()
        wizard.typed_name = NAME
        self.env.flush_all()
        with self.assertRaisesRegex(ValueError, "no power"), self.env.cr.savepoint():
            wizard.action_forget()
        self.assertEqual(self.person.name, NAME)
        self.assertFalse(self.env["crm.forget.log"].search_count([]))


@tagged("post_install", "-at_install")
class TestForgetDialog(ForgetCase):
    def test_preview_tells_what_will_be_done(self):
        self._note(self.person, "One")
        form = Form(self.env["crm.forget.wizard"].with_user(self.manager))
        form.partner_id = self.person
        self.assertIn("Contact with a Customer", form.preview)
        self.assertIn("personal data taken out", form.preview)
        self.assertFalse(form.obstacles)

    def test_preview_changes_nothing(self):
        self._wizard().read(["preview"])
        self.assertEqual(self.person.name, NAME)

    def test_name_has_to_be_typed(self):
        wizard = self._wizard()
        for typed in (False, "Xaverine", NAME.upper()):
            wizard.typed_name = typed
            with self.assertRaisesRegex(UserError, "not the name"):
                wizard.action_forget()
        wizard.typed_name = f"  {NAME} "
        wizard.action_forget()

    def test_dialog_leaves_no_trace_of_its_own(self):
        wizard = self._wizard()
        wizard.typed_name = NAME
        other = self._wizard()
        wizard.action_forget()
        self.assertFalse((wizard | other).exists())

    def test_manager_only(self):
        portal = new_test_user(self.env, "forget_portal", groups="base.group_portal")
        for user in (self.user, self.outsider, portal):
            with self.assertRaises(AccessError):
                self._wizard(user)
            with self.assertRaises(AccessError):
                self.env["crm.forget.log"].with_user(user).search([])
        wizard = self._wizard()
        wizard.typed_name = NAME
        with self.assertRaises(AccessError):
            wizard.with_user(self.user).action_forget()

    def _refused(self, partner, words, user=None):
        wizard = self._wizard(user, partner)
        self.assertIn(words, str(wizard.obstacles))
        self.assertFalse(wizard.preview)
        wizard.typed_name = partner.name
        with self.assertRaisesRegex(UserError, words):
            wizard.action_forget()

    def test_colleague_is_refused(self):
        self._refused(self.colleague.partner_id, "colleague")
        self.colleague.active = False
        self._refused(self.colleague.partner_id, "colleague")

    def test_oneself_is_refused(self):
        self._refused(self.manager.partner_id, "This is you")

    def test_company_with_people_is_refused(self):
        self._refused(self.customer, "has 2 people")

    def test_own_company_and_public_contact_are_refused(self):
        self._refused(self.env.company.partner_id, "The system itself")
        self._refused(self.env.ref("base.public_partner"), "The system itself")

    def test_second_time_tells_that_it_is_done(self):
        self._forget()
        self._refused(self.person, "forgotten already")

    def test_contact_of_another_company_is_not_reached(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.person.company_id = other
        wizard = self._wizard()
        wizard.typed_name = NAME
        with self.assertRaises(AccessError):
            wizard.action_forget()

    def test_obstacle_is_told_and_the_rest_is_forgotten(self):
        def obstacles(partner):
            return ["Two invoices are open."]

        self.patch(type(self.person), "_forget_obstacles", obstacles)
        wizard = self._wizard()
        self.assertIn("Two invoices are open.", wizard.obstacles)
        self.assertTrue(wizard.preview)
        self._forget()
        self.assertNotEqual(self.person.name, NAME)

    def test_button_on_the_contact_opens_the_dialog(self):
        action = self.person.with_user(self.manager).action_forget()
        self.assertEqual(action["context"], {"default_partner_id": self.person.id})

    def test_part_that_would_take_every_record_is_refused(self):
        with self.assertRaisesRegex(ValueError, "every record"):
            self.person._forget_ids(Part("res.partner", delete=True), [])
