from lxml import html

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from .test_promise import PromiseCase

REPORT = "crm_base.agreement_dossier"


@tagged("post_install", "-at_install")
class TestAgreementDossier(PromiseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        note = cls._note(cls.anna, "Fair in Berlin", date="2026-01-05 12:00:00")
        cls.promise = cls._promise(
            name="Send <b>two</b> samples", interaction_id=note.id
        )
        cls._promise(cls.stranger, name="Not theirs")

    def _text(self, partner=None, user=None, **context):
        report = self.env["ir.actions.report"].with_user(user or self.user)
        content, _kind = report.with_context(**context)._render_qweb_html(
            REPORT, (partner or self.anna).ids
        )
        self.source = content.decode()
        return " ".join(html.fromstring(content).text_content().split())

    def test_says_who_promised_what_until_when_and_where(self):
        text = self._text()
        for words in (
            "Nordlicht",
            "Send <b>two</b> samples",
            "01/15/2026",
            "Fair in Berlin",
            "(overdue)",
            "Us",
        ):
            self.assertIn(words, text)
        self.assertNotIn("Not theirs", text)

    def test_a_name_with_tags_is_text(self):
        self._text()
        self.assertNotIn("<b>two</b>", self.source)

    def test_shows_outcome_proof_and_every_change(self):
        promise = self._on_record(self.promise)
        promise.date_due = "2026-02-20"
        self.cr.flush()
        self._close(promise, "action_keep", "Waybill 4711")
        self.cr.flush()
        text = self._text()
        self.assertIn("Waybill 4711", text)
        self.assertRegex(text, r"Due 01/15/2026 02/20/2026")
        self.assertRegex(text, r"crm_user.*State Open Kept")

    def test_customer_without_agreements_gets_a_page_that_says_so(self):
        partner = self.env["res.partner"].create({"name": "Nobody"})
        self.assertIn("Nothing was agreed", self._text(partner))

    def test_one_dossier_for_two_people_of_one_company(self):
        text = self._text(self.anna | self.jonas)
        self.assertEqual(text.count("Dossier of Agreements"), 1)

    def test_is_for_users_of_the_suite(self):
        portal = new_test_user(self.env, "crm_portal_user", groups="base.group_portal")
        for user in (self.outsider, portal, self.env.ref("base.public_user")):
            with self.assertRaises(AccessError):
                self._text(user=user)

    def test_promises_of_another_company_are_not_printed(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.user.company_ids |= other
        self._promise(name="Secret", company_id=other.id)
        self.assertNotIn("Secret", self._text(user=self.colleague))

    def test_is_a_pdf(self):
        report = self.env["ir.actions.report"].with_user(self.user)
        with self.allow_pdf_render():
            content, kind = report.with_context(
                force_report_rendering=True
            )._render_qweb_pdf(REPORT, self.anna.ids)
        self.assertEqual(kind, "pdf")
        self.assertTrue(content.startswith(b"%PDF"))


@tagged("post_install", "-at_install")
class TestAgreementDossierRoute(HttpCase, PromiseCase):
    def test_user_opens_it_and_outsider_does_not(self):
        self._promise(name="Send two samples")
        (self.user | self.outsider).password = "crm_user"
        self.authenticate("crm_user", "crm_user")
        page = self.url_open(f"/report/html/{REPORT}/{self.anna.id}")
        self.assertIn("Send two samples", page.text)
        self.authenticate("crm_outsider", "crm_user")
        page = self.url_open(f"/report/html/{REPORT}/{self.anna.id}")
        self.assertEqual(page.status_code, 403)
        self.assertNotIn("Send two samples", page.text)
