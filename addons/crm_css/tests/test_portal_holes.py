from odoo import http
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import ServiceCase


@tagged("post_install", "-at_install")
class TestPortalHoles(HttpCase, ServiceCase):
    """The holes of helpdesk_mgmt that OCA's module leaves open."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(
            cls.env, "css_portal", password="css_portal", groups="base.group_portal",
            partner_id=cls.anna.id,
        )  # fmt: skip
        cls.own = cls._create_ticket(cls.anna)
        cls.others = cls._create_ticket(cls.lucia)
        cls.done = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")

    def _close(self, ticket, stage=None, method="POST"):
        data = {"ticket_id": ticket.id, "stage_id": (stage or self.done).id}
        if method == "GET":
            return self.url_open(
                f"/ticket/close?ticket_id={ticket.id}&stage_id={self.done.id}"
            )
        data["csrf_token"] = http.Request.csrf_token(self)
        return self.url_open("/ticket/close", data=data)

    def test_own_ticket_is_closed_by_post(self):
        self.authenticate("css_portal", "css_portal")
        self.assertEqual(self._close(self.own).status_code, 200)
        self.assertTrue(self.own.closed)

    def test_link_closes_nothing(self):
        self.authenticate("css_portal", "css_portal")
        with mute_logger("odoo.http"):
            self.assertEqual(self._close(self.own, method="GET").status_code, 405)
        self.assertFalse(self.own.closed)

    def test_ticket_of_another_customer_is_not_found(self):
        self.authenticate("css_portal", "css_portal")
        self.assertEqual(self._close(self.others).status_code, 404)
        self.assertFalse(self.others.closed)

    def test_stage_that_is_not_for_customers_is_refused(self):
        self.authenticate("css_portal", "css_portal")
        inner = self.done.copy({"name": "Inner", "close_from_portal": False})
        self._close(self.own, inner)
        self.assertNotEqual(self.own.stage_id, inner)

    def test_nonsense_ids_are_not_found(self):
        self.authenticate("css_portal", "css_portal")
        token = http.Request.csrf_token(self)
        for data in ({}, {"ticket_id": "x"}, {"ticket_id": 0, "stage_id": "1 OR 1"}):
            reply = self.url_open("/ticket/close", data={"csrf_token": token, **data})
            self.assertEqual(reply.status_code, 404)

    def test_link_makes_no_ticket(self):
        self.authenticate("css_portal", "css_portal")
        before = self.env["helpdesk.ticket"].search_count([])
        with mute_logger("odoo.http"):
            reply = self.url_open("/submitted/ticket?subject=Forged&description=Forged")
        self.assertEqual(reply.status_code, 405)
        self.assertEqual(self.env["helpdesk.ticket"].search_count([]), before)

    def test_form_with_a_token_makes_a_ticket_and_without_one_none(self):
        self.authenticate("css_portal", "css_portal")
        data = {"subject": "By form", "description": "Broken", "category": ""}
        with mute_logger("odoo.http"):
            self.assertEqual(
                self.url_open("/submitted/ticket", data=data).status_code, 400
            )
        data["csrf_token"] = http.Request.csrf_token(self)
        self.assertEqual(self.url_open("/submitted/ticket", data=data).status_code, 200)
        made = self.env["helpdesk.ticket"].search([("name", "=", "By form")])
        self.assertEqual(made.partner_id, self.anna)

    def test_anonymous_visitor_may_not_write_stages(self):
        public = self.env.ref("base.public_user")
        with self.assertRaises(AccessError):
            self.done.with_user(public).write({"name": "Mine"})

    def test_sidebar_of_the_ticket_offers_to_close_it(self):
        self.authenticate("css_portal", "css_portal")
        page = self.url_open(f"/my/ticket/{self.own.id}").text
        self.assertIn(self.own.number, page)
        self.assertIn('action="/ticket/close"', page)
        self.assertNotIn('method="GET" action="/ticket/close"', page)
