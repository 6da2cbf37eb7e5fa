from odoo import fields
from odoo.http import Request
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .test_satisfaction import SatisfactionCase


@tagged("post_install", "-at_install")
class TestSatisfactionPage(HttpCase, SatisfactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket.stage_id = cls.done
        cls.vote = cls.ticket._make_vote(cls.anna)
        cls.token = cls.vote.access_token

    def _see(self, rate=5, token=None):
        return self.url_open(f"/rate/{token or self.token}/{rate}")

    def _send(self, rate=5, token=None, **data):
        # The page gives an anonymous visitor a session to send from.
        if not self.session:
            self.authenticate(None, None)
        data = {"csrf_token": Request.csrf_token(self), "rate": rate} | data
        return self.url_open(f"/rate/{token or self.token}/submit_feedback", data=data)

    def test_customer_votes_with_words_without_a_login(self):
        page = self._see(3)
        self.assertRegex(page.text, r'id="rate_3"[^>]*checked')
        self.assertIn("o_crm_vote_thanks", self._send(3, feedback="Fine <b>x</b>").text)
        self.assertRecordValues(
            self.vote, [{"rating": 3, "feedback": "Fine <b>x</b>", "consumed": True}]
        )
        self.assertNotIn("<b>x", self.ticket.message_ids[0].body)

    def test_looking_votes_nothing(self):
        for rate in (1, 3, 5):
            self.assertEqual(self._see(rate).status_code, 200)
        self.url_open(f"/rate/{self.token}/submit_feedback?rate=1&feedback=x")
        self.opener.head(f"{self.base_url()}/rate/{self.token}/1")
        self.assertFalse(self.vote.consumed)

    def test_form_that_another_site_posts_votes_nothing(self):
        with mute_logger("odoo.http"):
            reply = self.url_open(
                f"/rate/{self.token}/submit_feedback", data={"rate": "1"}
            )
        self.assertEqual(reply.status_code, 400)
        self.assertFalse(self.vote.consumed)

    def test_vote_is_changed_and_is_still_one(self):
        self._send(1, feedback="Slow")
        self._send(5, feedback="Sorry, good")
        self.assertEqual(self.vote.rating, 5)
        self.assertEqual(
            self.env["rating.rating"].search_count(
                [("ticket_id", "=", self.ticket.id)]
            ),
            1,
        )

    def test_nonsense_votes_nothing(self):
        for rate in ("", "4", "-1", "5; DROP", "999", "５"):
            self.assertEqual(self._send(rate).status_code, 200)
        self.assertFalse(self.vote.consumed)
        self.assertEqual(self._see(999).status_code, 200)

    def test_unknown_token_is_not_found(self):
        self.assertEqual(self._see(5, "0" * 32).status_code, 404)

    def test_expired_link_takes_no_vote(self):
        self.vote.valid_until = fields.Datetime.now()
        self.assertIn("o_crm_vote_over", self._send(5).text)
        self.assertFalse(self.vote.consumed)

    def test_link_of_a_reopened_ticket_takes_no_vote(self):
        self.ticket.stage_id = self.work
        self.assertIn("o_crm_vote_over", self._see(5).text)
        self._send(1)
        self.assertFalse(self.vote.consumed)

    def test_agent_who_has_the_link_does_not_vote_for_the_customer(self):
        self.agent.password = "css_agent"
        self.authenticate("css_agent", "css_agent")
        self._send(5)
        self.assertFalse(self.vote.consumed)

    def test_portal_user_of_another_customer_does_not_vote(self):
        new_test_user(
            self.env, "css_lucia", password="css_lucia", groups="base.group_portal",
            partner_id=self.lucia.id,
        )  # fmt: skip
        self.authenticate("css_lucia", "css_lucia")
        self._send(1)
        self.assertFalse(self.vote.consumed)

    def test_customer_who_is_logged_in_votes(self):
        new_test_user(
            self.env, "css_anna", password="css_anna", groups="base.group_portal",
            partner_id=self.anna.id,
        )  # fmt: skip
        self.authenticate("css_anna", "css_anna")
        self._send(5)
        self.assertEqual(self.vote.rating, 5)

    def test_long_comment_is_cut(self):
        self._send(5, feedback="x" * 100000)
        self.assertEqual(len(self.vote.feedback), 2000)

    def test_address_with_the_token_goes_nowhere_else(self):
        headers = self._see().headers
        self.assertEqual(headers["Referrer-Policy"], "no-referrer")
        self.assertIn("noindex", headers["X-Robots-Tag"])

    def test_page_speaks_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.anna.lang = "es_ES"
        self.env.ref("crm_css.satisfaction_page").update_field_translations(
            "arch_db", {"es_ES": {"Send My Vote": "Enviar mi voto"}}
        )
        page = self._see().text
        self.assertIn("Enviar mi voto", page)
        self.assertIn('lang="es-ES"', page)
