from datetime import timedelta

from odoo import fields
from odoo.http import Request
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .test_complaint import ComplaintCase


@tagged("post_install", "-at_install")
class TestComplaintPage(HttpCase, ComplaintCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.complaint = cls._propose()
        cls.complaint.action_ask()
        cls.url = f"/crm/complaint/{cls.complaint.answer_token}"

    def _send(self, answer="confirmed", **data):
        if not self.session:
            self.authenticate(None, None)
        data = {"csrf_token": Request.csrf_token(self), "answer": answer} | data
        return self.url_open(self.url, data=data)

    def test_customer_sees_the_remedy_and_accepts_it(self):
        self.assertIn("A new grinder", self.url_open(self.url).text)
        self.assertIn("o_crm_remedy_confirmed", self._send(note="Thanks").text)
        self.assertRecordValues(
            self.complaint,
            [
                {
                    "state": "confirmed",
                    "answer_how": "link",
                    "answer_partner_id": self.anna.id,
                    "answer_user_id": False,
                    "answer_note": "Thanks",
                }
            ],
        )

    def test_customer_refuses_it(self):
        self.assertIn("o_crm_remedy_refused", self._send("refused", note="No").text)
        self.assertEqual(self.complaint.state, "refused")
        self.assertEqual(self.complaint.activity_ids.user_id, self.agent)

    def test_looking_answers_nothing(self):
        self.url_open(self.url)
        self.url_open(f"{self.url}?answer=confirmed")
        self.opener.head(self.base_url() + self.url)
        self.assertEqual(self.complaint.state, "proposed")

    def test_form_of_another_site_answers_nothing(self):
        with mute_logger("odoo.http"):
            reply = self.url_open(self.url, data={"answer": "confirmed"})
        self.assertEqual(reply.status_code, 400)
        self.assertEqual(self.complaint.state, "proposed")

    def test_second_answer_changes_nothing(self):
        self._send("confirmed")
        self._send("refused")
        self.assertEqual(self.complaint.state, "confirmed")

    def test_nonsense_answers_nothing(self):
        for answer in ("", "closed", "work", "x" * 10000):
            self._send(answer)
        self.assertEqual(self.complaint.state, "proposed")

    def test_link_expires(self):
        self.complaint.answer_until = fields.Datetime.now() - timedelta(seconds=1)
        self._send()
        self.assertEqual(self.complaint.state, "proposed")

    def test_new_link_ends_the_old_one(self):
        self.complaint.action_ask()
        self.assertEqual(self.url_open(self.url).status_code, 404)

    def test_link_of_a_remedy_that_is_reworked_is_gone(self):
        self.complaint.action_rework()
        self.assertEqual(self.url_open(self.url).status_code, 404)

    def test_made_up_tokens_are_not_found(self):
        for token in ("0" * 32, "x", "False", "None"):
            reply = self.url_open(f"/crm/complaint/{token}")
            self.assertEqual(reply.status_code, 404)

    def test_colleague_does_not_answer_for_the_customer(self):
        self.agent.password = "css_agent"
        self.authenticate("css_agent", "css_agent")
        self._send()
        self.assertEqual(self.complaint.state, "proposed")

    def test_script_in_the_remedy_is_text(self):
        self.complaint.sudo().remedy = "<script>alert(1)</script>"
        self.assertNotIn("<script>alert", self.url_open(self.url).text)
