import io
import os
import zipfile

from dateutil.relativedelta import relativedelta
from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .library import PDF, LibraryCase, b64

SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
HTML = b"<!DOCTYPE html><html><body><script>alert(1)</script></body></html>"


@tagged("post_install", "-at_install")
class TestDocument(LibraryCase):
    def assertState(self, document, state):
        self.assertEqual(document.state, state)
        found = self.env["crm.document"].search([("state", "=", state)])
        self.assertIn(document, found)
        others = self.env["crm.document"].search([("state", "!=", state)])
        self.assertNotIn(document, others)

    # What is stored

    def test_hash_is_that_of_the_bytes_handed_in(self):
        document = self._document(content=b"\x00\xff any bytes")
        self.assertEqual(document.sha256, self._digest(b"\x00\xff any bytes"))
        self.assertEqual(self._attachment(document).raw, b"\x00\xff any bytes")

    def test_what_a_caller_says_of_the_file_does_not_count(self):
        document = self._document(
            sha256="0" * 64, file_size=7, version=9, register=False
        )
        document.write({"sha256": "f" * 64})
        self.assertEqual(document.sha256, self._digest(PDF))
        self.assertEqual(document.file_size, len(PDF))

    def test_big_scan_is_not_shrunk(self):
        from PIL import Image

        scan = io.BytesIO()
        Image.new("RGB", (2500, 3500), "white").save(scan, "PNG")
        document = self._document(content=scan.getvalue(), file_name="scan.png")
        self.assertEqual(self._attachment(document).raw, scan.getvalue())

    def test_page_and_drawing_are_never_shown_as_such(self):
        for content in (HTML, SVG):
            document = self._document(content=content).with_user(self.manager)
            self.assertEqual(self._attachment(document).mimetype, "text/plain")
            self.assertEqual(self._attachment(document).raw, content)

    def test_file_name_deceives_nobody(self):
        document = self._document(file_name="../../x/\u202efdp.exe <b>🎉</b>.pdf")
        self.assertEqual(document.file_name, "b_.pdf")
        document = self._document(file_name="..\\договор 🎉\u202e.pdf")
        self.assertEqual(document.file_name, "договор 🎉.pdf")

    def test_empty_file_is_refused(self):
        with self.assertRaisesRegex(UserError, "empty"):
            self.env["crm.document"].with_user(self.user).upload(
                [{"name": "scan.pdf", "data": ""}]
            )

    def test_document_without_file_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "needs a file"):
            self._document(file=False, register=False)

    def test_file_of_a_draft_is_not_taken_away(self):
        document = self._document(register=False)
        with self.assertRaisesRegex(ValidationError, "needs a file"):
            document.file = False

    def test_broken_file_is_refused(self):
        with self.assertRaisesRegex(UserError, "arrive whole"):
            self._document(file="abcde", register=False)

    def test_too_big_file_is_refused(self):
        self.env["ir.config_parameter"].set_param("web.max_file_upload_size", "1000")
        with self.assertRaisesRegex(UserError, "too big"):
            self._document(content=b"x" * 1001, register=False)

    def test_zip_bomb_is_kept_packed(self):
        bomb = io.BytesIO()
        with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("zeros", b"\0" * 50_000_000)
        document = self._document(content=bomb.getvalue(), file_name="bomb.zip")
        self.assertLess(self._attachment(document).file_size, 100_000)
        self.assertFalse(self._attachment(document).index_content)

    def test_words_in_the_file_are_found(self):
        document = self._document(content=b"plain text with a wombat in it")
        found = self.env["crm.document"].with_user(self.user)
        self.assertEqual(found.search([("content", "ilike", "wombat")]), document)
        self.assertFalse(found.search([("content", "ilike", "dingo")]))

    def test_same_file_twice_is_noticed(self):
        first = self._document()
        second = self._document(partner_id=self.anna.id, register=False)
        stranger = self._document(partner_id=self.stranger.id, register=False)
        self.assertEqual(second.twin_count, 1)
        self.assertEqual(stranger.twin_count, 0)
        twins = self.env["crm.document"].search(second.action_twins()["domain"])
        self.assertEqual(twins, first + second)

    def test_uploaded_files_become_drafts_of_the_customer(self):
        documents = self.env["crm.document"].with_user(self.user)
        ids = documents.with_context(default_partner_id=self.anna.id).upload(
            [
                {"name": "Offer 1.pdf", "data": b64(PDF)},
                {"name": "x" * 10_000 + ".pdf", "data": b64(PDF)},
            ]
        )
        first, second = documents.browse(ids)
        self.assertRecordValues(
            first,
            [{"name": "Offer 1", "partner_id": self.anna.id, "state": "draft"}],
        )
        self.assertLessEqual(len(second.name), 120)

    def test_very_long_title_is_refused_with_a_reason(self):
        with self.assertRaisesRegex(ValidationError, "10000"):
            self._document(name="x" * 10_000, register=False)

    # Status

    def test_states_follow_the_dates(self):
        document = self._document(register=False)
        self.assertState(document, "draft")
        document.action_register()
        self.assertState(document, "valid")
        document.expiry_date = fields.Date.today()
        self.assertState(document, "valid")
        with freeze_time(fields.Date.today() + relativedelta(days=2)):
            document.invalidate_recordset(["state"])
            self.assertState(document, "expired")

    def test_incomplete_document_is_not_registered(self):
        self.contract.needs_expiry = True
        document = self._document(register=False, partner_id=False)
        with self.assertRaisesRegex(ValidationError, "Customer, Expiry"):
            document.action_register()

    def test_moment_of_registration_is_the_servers(self):
        document = self._document(register=False, date_registered="1999-01-01")
        self.assertState(document, "draft")
        document.write(
            {"date_registered": "1999-01-01", "retention_until": "1999-01-01"}
        )
        self.assertEqual(document.date_registered.date(), fields.Date.today())
        self.assertGreater(document.retention_until, fields.Date.today())

    def test_expiry_before_date_is_refused(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            self._document(date="2026-05-01", expiry_date="2026-04-30")
            self.env.flush_all()

    def test_impossible_date_is_refused(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            self._document(date="9999-05-01")
            self.env.flush_all()

    def test_direction_is_for_letters(self):
        letter = self._document(kind_id=self.letter.id, direction="out", register=False)
        self.assertRecordValues(letter, [{"direction": "out", "is_letter": True}])
        letter.kind_id = self.contract
        self.assertRecordValues(letter, [{"direction": False, "is_letter": False}])

    # Versions

    def _next(self, document, **vals):
        context = document.action_new_version()["context"]
        defaults = {
            name.removeprefix("default_"): value for name, value in context.items()
        }
        return self._document(
            content=b"%PDF-1.4 next", register=False, **(defaults | vals)
        )

    def test_new_version_supersedes_once_it_is_registered(self):
        old = self._document()
        new = self._next(old)
        self.assertState(old, "valid")
        new.action_register()
        self.assertState(old, "superseded")
        self.assertRecordValues(new, [{"version": 2, "state": "valid"}])
        self.assertEqual(old.version_ids, new + old)
        self.assertEqual(self._attachment(old).raw, PDF)

    def test_superseded_version_gets_no_second_successor(self):
        old = self._document()
        self._next(old).action_register()
        with self.assertRaises(UserError):
            old.action_new_version()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            self._document(previous_id=old.id)
            self.env.flush_all()

    def test_draft_gets_no_version(self):
        draft = self._document(register=False)
        with self.assertRaises(UserError):
            draft.action_new_version()
        with self.assertRaises(ValidationError):
            self._document(previous_id=draft.id)

    def test_version_belongs_to_the_same_customer(self):
        with self.assertRaisesRegex(ValidationError, "same customer"):
            self._next(self._document(), partner_id=self.stranger.id)

    def test_nobody_supersedes_what_is_a_colleagues(self):
        theirs = self._document()
        document = self.env["crm.document"].with_user(self.colleague)
        with self.assertRaises(AccessError):
            document.create(
                {
                    "name": "Mine now",
                    "previous_id": theirs.id,
                    "partner_id": self.customer.id,
                    "file": b64(PDF),
                }
            )

    # Kept unchanged

    def test_registered_document_is_not_changed_by_anybody(self):
        document = self._document()
        for name, value in {
            "file": b64(b"other"),
            "file_name": "other.pdf",
            "partner_id": self.stranger.id,
            "kind_id": self.free.id,
            "date": "2000-01-01",
            "date_registered": False,
        }.items():
            for user in (self.user, self.manager, self.env.ref("base.user_root")):
                with self.subTest(name), self.assertRaisesRegex(UserError, "stays"):
                    document.with_user(user).write({name: value})

    def test_retention_is_lengthened_and_never_shortened(self):
        document = self._document().with_user(self.manager)
        until = document.retention_until
        for shorter in (False, until - relativedelta(days=1), "2000-01-01"):
            with self.assertRaises(UserError):
                document.retention_until = shorter
        document.retention_until = until + relativedelta(years=1)
        self.contract.retention_years = 1
        self.assertEqual(document.retention_until, until + relativedelta(years=1))

    def test_kept_document_is_deleted_by_nobody(self):
        document = self._document()
        for user in (self.user, self.manager, self.env.ref("base.user_root")):
            with self.assertRaisesRegex(UserError, "must be kept until"):
                document.with_user(user).unlink()

    def test_after_its_time_only_managers_delete_it(self):
        document = self._document()
        attachment = self._attachment(document)
        with freeze_time(document.retention_until + relativedelta(days=1)):
            with self.assertRaisesRegex(UserError, "Only managers"):
                document.unlink()
            document.with_user(self.manager).unlink()
        self.assertFalse(attachment.exists())

    def test_on_its_last_day_it_is_still_kept(self):
        document = self._document()
        with (
            freeze_time(document.retention_until),
            self.assertRaisesRegex(UserError, "must be kept until"),
        ):
            document.with_user(self.manager).unlink()

    def test_draft_is_deleted_by_its_owner(self):
        document = self._document(register=False)
        attachment = self._attachment(document)
        document.unlink()
        self.assertFalse(attachment.exists())

    def test_customer_with_documents_is_not_deleted(self):
        self._document(partner_id=self.anna.id)
        for user in (self.manager, self.env.ref("base.user_root")):
            with self.assertRaisesRegex(UserError, "documents are kept"):
                self.anna.with_user(user).unlink()

    def test_merged_customer_hands_over_the_documents(self):
        document = self._document(partner_id=self.jonas.id)
        merge = self.env["base.partner.merge.automatic.wizard"]
        merge._merge((self.jonas + self.anna).ids, self.anna)
        self.assertFalse(self.jonas.exists())
        self.assertEqual(document.partner_id, self.anna)
        self.assertEqual(document.commercial_partner_id, self.customer)

    def test_attachment_of_a_document_is_not_deleted(self):
        attachment = self._attachment(self._document())
        for user in (self.user, self.manager, self.env.ref("base.user_root")):
            with self.assertRaisesRegex(UserError, "cannot be deleted"):
                attachment.with_user(user).unlink()

    def test_attachment_of_a_document_is_not_replaced(self):
        attachment = self._attachment(self._document())
        for vals in (
            {"raw": b"other"},
            {"datas": b64(b"other")},
            {"raw": False},
            {"res_id": self._document(content=b"second").id},
            {"res_field": False},
            {"public": True},
            {"access_token": "known"},
            {"type": "url", "url": "https://evil.example"},
        ):
            for user in (self.user, self.manager, self.env.ref("base.user_root")):
                with (
                    self.subTest(vals=vals, user=user.login),
                    self.assertRaises(UserError),
                    self.env.cr.savepoint(),
                ):
                    attachment.with_user(user).sudo(user.id == 1).write(vals)
        self.assertEqual(attachment.raw, PDF)

    def test_nothing_is_put_in_the_place_of_the_file(self):
        document = self._document()
        place = {"res_model": "crm.document", "res_id": document.id}
        attachments = self.env["ir.attachment"].with_user(self.user)
        with self.assertRaisesRegex(UserError, "from outside"):
            attachments.create({"name": "x", "raw": b"x", "res_field": "file", **place})
        loose = attachments.create({"name": "x", "raw": b"x"})
        with self.assertRaises(UserError), self.env.cr.savepoint():
            loose.write({"res_field": "file", **place})
        document.invalidate_recordset()
        self.assertEqual(document.with_context(bin_size=False).file, b64(PDF).encode())

    def test_chatter_of_a_document_takes_files(self):
        document = self._document()
        attachment = (
            self.env["ir.attachment"]
            .with_user(self.user)
            .create(
                {
                    "name": "Scan of the envelope",
                    "raw": b"x",
                    "res_model": "crm.document",
                    "res_id": document.id,
                }
            )
        )
        attachment.unlink()

    def test_file_may_move_to_another_store(self):
        attachment = self._attachment(self._document())
        attachment.write({"raw": attachment.raw})
        self.assertEqual(attachment.raw, PDF)

    def test_changed_file_is_found_out(self):
        document = self._document(content=b"signed for 10,000")
        self.assertEqual(document.action_verify()["params"]["type"], "success")
        attachment = self._attachment(document)
        path = attachment._full_path(attachment.store_fname)
        os.unlink(path)
        with open(path, "wb") as stored:
            stored.write(b"signed for 90,000")
        self.assertEqual(document.action_verify()["params"]["type"], "danger")
        self.assertIn("not the one", document.message_ids[0].body)
        os.unlink(path)
        with mute_logger("odoo.addons.base.models.ir_attachment"):
            self.assertEqual(document.action_verify()["params"]["type"], "danger")

    # Rights

    def test_all_users_read_and_only_the_owner_changes(self):
        document = self._document()
        theirs = document.with_user(self.colleague)
        self.assertEqual(theirs.name, "Framework contract")
        with self.assertRaises(AccessError):
            theirs.number = "1"
        document.number = "2"
        document.with_user(self.manager).number = "3"

    def test_nobody_registers_in_the_name_of_a_colleague(self):
        document = self._document(register=False)
        with self.assertRaises(AccessError):
            document.with_user(self.colleague).action_register()
        with self.assertRaises(AccessError):
            self._document(user_id=self.colleague.id)

    def test_others_see_nothing(self):
        document = self._document()
        attachment = self._attachment(document)
        portal = new_test_user(self.env, "crm_portal_user", groups="base.group_portal")
        for user in (self.outsider, portal, self.env.ref("base.public_user")):
            for record in (document, attachment, self.contract):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    record.with_user(user).read(["name"])
            with self.assertRaises(AccessError):
                document.with_user(user).action_verify()
            with self.assertRaises(AccessError):
                self.env["crm.document"].with_user(user).upload(
                    [{"name": "x", "data": b64(PDF)}]
                )

    def test_document_of_another_company_is_not_there(self):
        document = self._document(register=False)
        document.sudo().company_id = self.company_2
        document = document.with_user(self.colleague)
        self.assertFalse(document.search([("id", "=", document.id)]))
        with self.assertRaises(AccessError):
            document.read(["name"])
        with self.assertRaises(AccessError):
            self._attachment(document).with_user(self.colleague).read(["name"])

    def test_who_may_not_see_the_customer_sees_no_document(self):
        document = self._document().with_user(self.colleague)
        self.env["ir.rule"].create(
            {
                "name": "A territory",
                "model_id": self.env["ir.model"]._get("res.partner").id,
                "domain_force": f"[('id', '!=', {self.customer.id})]",
            }
        )
        document.env.invalidate_all()
        self.assertFalse(document.search([("id", "=", document.id)]))
        self.assertFalse(document.search_count([("id", "=", document.id)]))
        for field in ("name", "file"):
            with self.assertRaises(AccessError):
                document.read([field])
        with self.assertRaises(AccessError):
            document.action_verify()
        with self.assertRaises(AccessError):
            self._attachment(document).with_user(self.colleague).read(["name"])

    def test_kinds_are_read_by_users_and_changed_by_managers(self):
        self.assertTrue(self.contract.with_user(self.user).name)
        with self.assertRaises(AccessError):
            self.contract.with_user(self.user).retention_years = 0
        with self.assertRaises(AccessError):
            self.env["crm.document.kind"].with_user(self.user).create({"name": "x"})
        self.contract.with_user(self.manager).retention_years = 12

    # The card

    def test_card_shows_documents_and_those_that_expire(self):
        self._document(partner_id=self.anna.id)
        self._document(expiry_date=fields.Date.today() + relativedelta(days=10))
        self._document(register=False)
        parts = {
            part["key"]: part
            for part in self.customer.with_user(self.user).crm_card()["parts"]
        }
        self.assertEqual(parts["documents"]["value"], "2")
        self.assertEqual(parts["documents_due"]["value"], "1")
        self.assertTrue(parts["documents_due"]["warn"])

    def test_list_of_documents_costs_few_queries(self):
        for number in range(10):
            self._document(content=b"%d" % number)
        self.env.invalidate_all()
        documents = self.env["crm.document"].with_user(self.user)
        specification = {"name": {}, "state": {}, "partner_id": {}, "expiry_date": {}}
        documents.web_search_read([], specification, limit=80)
        self.env.invalidate_all()
        with self.assertQueryCount(8):
            documents.web_search_read([], specification, limit=80)


@tagged("post_install", "-at_install")
class TestDocumentReminder(LibraryCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        today = fields.Date.today()
        cls.document = cls._document(
            expiry_date=today + relativedelta(days=40), date=today
        )

    def _run(self, days):
        """Let the cron run so many days from today, with real commits refused."""
        cron = self.env.ref("crm_base.ir_cron_document_expiry")
        day = fields.Datetime.now() + relativedelta(days=days)
        with freeze_time(day), self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.document.invalidate_recordset()
        return len(self.document.activity_ids)

    def test_owner_is_reminded_once_in_time(self):
        self.assertEqual(self._run(9), 0)
        self.assertEqual(self._run(10), 1)
        self.assertEqual(self._run(10), 1)
        self.assertEqual(self._run(20), 1)
        self.assertRecordValues(
            self.document.activity_ids,
            [
                {
                    "user_id": self.user.id,
                    "date_deadline": self.document.expiry_date,
                }
            ],
        )

    def test_reminder_comes_even_if_the_job_was_down_until_after_the_expiry(self):
        self.assertEqual(self._run(90), 1)

    def test_new_date_of_expiry_is_reminded_of_anew(self):
        self.assertEqual(self._run(10), 1)
        self.document.expiry_date += relativedelta(days=100)
        self.assertEqual(self._run(11), 1)
        self.assertEqual(self._run(115), 2)

    def test_what_expired_before_it_was_registered_is_left_alone(self):
        today = fields.Date.today()
        old = self._document(
            date=today - relativedelta(years=3),
            expiry_date=today - relativedelta(years=1),
        )
        self._run(0)
        self.assertFalse(old.activity_ids)

    def test_new_version_ends_the_reminder(self):
        self.assertEqual(self._run(10), 1)
        self._document(previous_id=self.document.id)
        self.assertFalse(self.document.activity_ids)
        self.assertEqual(self._run(200), 0)

    def test_reminder_of_a_former_employee_goes_to_the_salesperson(self):
        self.customer.user_id = self.colleague
        self.user.active = False
        self._run(10)
        self.assertEqual(self.document.activity_ids.user_id, self.colleague)
