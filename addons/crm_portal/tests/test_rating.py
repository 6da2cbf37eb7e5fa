from odoo import http
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.crm_css.tests.common import ServiceCase


@tagged("post_install", "-at_install")
class TestRating(HttpCase, ServiceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(
            cls.env, "portal_anna", password="portal_anna", groups="base.group_portal",
            partner_id=cls.anna.id,
        )  # fmt: skip
        cls.done = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        cls.ticket = cls._create_ticket(cls.anna, stage_id=cls.done.id)
        cls.others = cls._create_ticket(cls.lucia, stage_id=cls.done.id)

    def _rate(self, ticket, method="POST", **data):
        url = f"/my/ticket/{ticket.id}/rate"
        if method == "GET":
            return self.url_open(f"{url}?rate=5")
        data["csrf_token"] = http.Request.csrf_token(self)
        return self.url_open(url, data=data)

    def _rating(self, ticket):
        return ticket.rating_ids.filtered("consumed")

    def test_customer_rates_a_closed_ticket_with_words(self):
        self.authenticate("portal_anna", "portal_anna")
        self._rate(self.ticket, rate="5", feedback="Quick <script>x</script>")
        rating = self._rating(self.ticket)
        self.assertRecordValues(
            rating, [{"rating": 5.0, "partner_id": self.anna.id, "consumed": True}]
        )
        self.assertNotIn("<script>", self.ticket.message_ids[0].body)
        page = self.url_open(f"/my/ticket/{self.ticket.id}").text
        self.assertIn("o_crm_rated", page)
        self.assertNotIn('o_crm_rate"', page)

    def test_rating_stands_on_the_time_line(self):
        self.authenticate("portal_anna", "portal_anna")
        self._rate(self.ticket, rate="1", feedback="Too slow")
        page = self.env["crm.timeline"].with_user(self.agent).read_page(self.anna.id)
        self.assertIn("Too slow", [row["subject"] for row in page["rows"]])

    def test_open_ticket_takes_no_rating(self):
        self.authenticate("portal_anna", "portal_anna")
        ticket = self._create_ticket(self.anna)
        self.assertNotIn("o_crm_rate", self.url_open(f"/my/ticket/{ticket.id}").text)
        self._rate(ticket, rate="5")
        self.assertFalse(self._rating(ticket))

    def test_ticket_of_another_customer_is_not_found(self):
        self.authenticate("portal_anna", "portal_anna")
        self.assertEqual(self._rate(self.others, rate="1").status_code, 404)
        self.assertFalse(self._rating(self.others))

    def test_link_rates_nothing(self):
        self.authenticate("portal_anna", "portal_anna")
        self._rate(self.ticket, method="GET")
        self.assertFalse(self._rating(self.ticket))

    def test_anonymous_visitor_rates_nothing(self):
        self.authenticate(None, None)
        self._rate(self.ticket, rate="5")
        self.assertFalse(self._rating(self.ticket))

    def test_nonsense_is_ignored(self):
        self.authenticate("portal_anna", "portal_anna")
        for rate in ("", "4", "-1", "5; DROP", "999"):
            self._rate(self.ticket, rate=rate)
        self.assertFalse(self._rating(self.ticket))

    def test_second_rating_replaces_none(self):
        self.authenticate("portal_anna", "portal_anna")
        self._rate(self.ticket, rate="5")
        self._rate(self.ticket, rate="1")
        self.assertEqual(self._rating(self.ticket).mapped("rating"), [5.0])
