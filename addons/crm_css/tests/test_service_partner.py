from odoo import http
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .test_assign import TeamCase


class ServicePartnerCase(TeamCase):
    """Sevitec serves Europe for us, and Iberica the part that is called Portugal."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sevitec = cls._create_company("Sevitec", "Marta Gil", "marta")
        cls.iberica = cls._create_company("Iberica", "Rui Costa", "rui")
        cls.marta = cls._portal(cls.sevitec, "css_marta")
        cls.rui = cls._portal(cls.iberica, "css_rui")
        cls.customer = cls._portal(cls.olivar, "css_lucia")
        cls.portugal = cls.europe.copy(
            {
                "name": "Portugal",
                "parent_id": cls.europe.id,
                "service_partner_id": cls.iberica.id,
            }
        )
        cls.europe.service_partner_id = cls.sevitec
        cls.ticket = cls._create_ticket(cls.lucia, user_id=cls.carla.id)
        cls.german = cls._create_ticket(cls.anna)
        cls.talisman.territory_id = cls.portugal
        cls.portuguese = cls._create_ticket(cls.petr)
        cls.progress = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_in_progress")
        cls.progress.for_service_partner = True
        cls.rejected = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_rejected")

    @classmethod
    def _portal(cls, company, login):
        user = new_test_user(cls.env, login, groups="base.group_portal", password=login)
        user.partner_id.write({"parent_id": company.id, "name": login})
        return user

    def _seen(self, user):
        self.env.flush_all()
        self.env.invalidate_all()
        tickets = self.env["helpdesk.ticket"].with_user(user)
        return tickets.search([("service_partner_id", "!=", False)]).sudo()


@tagged("post_install", "-at_install")
class TestServicePartnerRights(ServicePartnerCase):
    def test_partner_sees_the_territory_and_its_parts_and_nothing_else(self):
        self.assertEqual(self._seen(self.marta), self.ticket)
        for other in (self.german, self.portuguese):
            with self.assertRaises(AccessError):
                other.with_user(self.marta).read(["name"])

    def test_part_with_a_partner_of_its_own_belongs_to_that_one(self):
        self.assertEqual(self._seen(self.rui), self.portuguese)

    def test_customer_sees_the_own_ticket_as_ever(self):
        self.assertFalse(self._seen(self.customer))
        self.customer.partner_id.portal_company_tickets = True
        self.assertEqual(self._seen(self.customer), self.ticket)

    def test_partner_writes_nothing_past_the_pages(self):
        with self.assertRaises(AccessError):
            self.ticket.with_user(self.marta).name = "Mine"

    def test_former_employee_of_the_partner_sees_nothing(self):
        self.marta.partner_id.parent_id = False
        self.assertFalse(self._seen(self.marta))

    def test_tickets_follow_when_the_partner_changes(self):
        self.europe.service_partner_id = self.iberica
        self.assertFalse(self._seen(self.marta))
        self.assertEqual(self._seen(self.rui), self.ticket | self.portuguese)

    def test_answer_of_the_partner_is_ours(self):
        self.assertTrue(self.ticket.asked_date)
        self.ticket._partner_post(self.marta, "We come tomorrow.")
        self.assertFalse(self.ticket.asked_date)
        self.assertTrue(self.ticket.first_answer_date)

    def test_question_of_the_partner_as_a_customer_is_a_question(self):
        own = self._create_ticket(self.sevitec, territory_id=self.spain.id)
        own._note_answer(own.create_date)
        own.message_post(
            body="And?", author_id=self.marta.partner_id.id, message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )  # fmt: skip
        self.assertTrue(own.asked_date)


@tagged("post_install", "-at_install")
class TestServicePages(HttpCase, ServicePartnerCase):
    def _page(self, ticket=None, **query):
        path = f"/my/service/{ticket.id}" if ticket else "/my/service"
        asked = "&".join(f"{key}={value}" for key, value in query.items())
        with mute_logger("odoo.http"):
            return self.url_open(f"{path}?{asked}")

    def _post(self, ticket, what, files=None, **data):
        data["csrf_token"] = http.Request.csrf_token(self)
        with mute_logger("odoo.http"):
            return self.url_open(
                f"/my/service/{ticket.id}/{what}", data=data, files=files
            )

    def test_list_shows_the_tickets_of_the_territory(self):
        self.authenticate("css_marta", "css_marta")
        text = self._page().text
        self.assertIn(self.ticket.number, text)
        self.assertNotIn(self.german.number, text)
        self.assertNotIn(self.portuguese.number, text)

    def test_list_is_searched_by_the_name_of_the_customer(self):
        self.authenticate("css_marta", "css_marta")
        self.assertIn(self.ticket.number, self._page(search="Luc").text)
        self.assertNotIn(self.ticket.number, self._page(search="Anna").text)

    def test_closed_ones_are_there_on_demand(self):
        self.ticket.stage_id = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        self.authenticate("css_marta", "css_marta")
        self.assertNotIn(self.ticket.number, self._page().text)
        self.assertIn(self.ticket.number, self._page(show="all").text)

    def test_nonsense_in_the_address_is_harmless(self):
        self.authenticate("css_marta", "css_marta")
        for query in ({"search": "%27%3B%20DROP"}, {"show": "x"}, {"error": "<b>"}):
            self.assertEqual(self._page(**query).status_code, 200)
        reply = self._page(self.ticket, error="%3Cscript%3E")
        self.assertNotIn("<script>alert", reply.text)

    def test_tickets_of_others_are_not_found_whatever_the_id(self):
        self.authenticate("css_marta", "css_marta")
        for ticket in (self.german, self.portuguese):
            self.assertEqual(self._page(ticket).status_code, 404)
            self.assertEqual(self._post(ticket, "write", text="Hi").status_code, 404)
            stage = str(self.progress.id)
            reply = self._post(ticket, "stage", stage_id=stage)
            self.assertEqual(reply.status_code, 404)
        self.assertNotIn("Hi", "".join(self.german.message_ids.mapped("body")))

    def test_plain_customer_does_not_find_the_own_ticket_here(self):
        self.authenticate("css_lucia", "css_lucia")
        self.assertEqual(self._page(self.ticket).status_code, 404)
        self.assertNotIn(self.ticket.number, self._page().text)

    def test_visitor_is_asked_to_log_in(self):
        self.authenticate(None, None)
        self.assertIn("/web/login", self._page().url)

    def test_answer_goes_to_the_customer_with_its_files(self):
        self.authenticate("css_marta", "css_marta")
        files = [("files", ("photo.txt", b"x", "text/plain"))]
        reply = self._post(
            self.ticket, "write", text="We <b>come</b>", to="customer", files=files
        )
        self.assertEqual(reply.status_code, 200)
        message = self.ticket.message_ids.filtered(lambda m: "come" in m.body)
        self.assertIn("&lt;b&gt;", message.body)
        self.assertEqual(message.author_id, self.marta.partner_id)
        self.assertIn(self.lucia, message.notified_partner_ids)
        self.assertEqual(message.attachment_ids.name, "photo.txt")
        self.assertIn("photo.txt", reply.text)

    def _file(self, ticket):
        return self.env["ir.attachment"].create(
            {
                "name": f"of {ticket.number}.txt",
                "raw": b"content",
                "res_model": "helpdesk.ticket",
                "res_id": ticket.id,
            }
        )

    def test_files_are_opened_from_the_page_and_not_by_a_guess(self):
        files = [self._file(ticket) for ticket in (self.ticket, self.german)]
        self.authenticate("css_marta", "css_marta")
        page = self._page(self.ticket).text
        self.assertIn(files[0].name, page)
        token = files[0].access_token
        reply = self.url_open(f"/web/content/{files[0].id}?access_token={token}")
        self.assertEqual(reply.content, b"content")
        for guess in ("", f"?access_token={token}"):
            with mute_logger("odoo.http"):
                reply = self.url_open(f"/web/content/{files[1].id}{guess}")
            self.assertEqual(reply.status_code, 404)

    def test_note_to_us_is_not_the_customers_to_read(self):
        self.authenticate("css_marta", "css_marta")
        reply = self._post(self.ticket, "write", text="She is hard to please", to="us")
        self.assertIn("hard to please", reply.text)
        message = self.ticket.message_ids.filtered(lambda m: "please" in m.body)
        self.assertTrue(message.subtype_id.internal)
        self.assertNotIn(self.lucia, message.notified_partner_ids)
        self.assertIn(self.carla.partner_id, message.notified_partner_ids)
        self.authenticate("css_lucia", "css_lucia")
        page = self.url_open(f"/my/ticket/{self.ticket.id}").text
        self.assertNotIn("hard to please", page)
        with self.assertRaises(AccessError):
            message.with_user(self.customer).read(["body"])

    def test_partner_reads_our_note_only_where_it_is_meant(self):
        self.ticket.message_post(body="Bad payer", subtype_xmlid="mail.mt_note")
        self.ticket.message_post(
            body="Take the long ladder", subtype_xmlid="mail.mt_note",
            message_type="comment", partner_ids=self.marta.partner_id.ids,
        )  # fmt: skip
        self.authenticate("css_marta", "css_marta")
        text = self._page(self.ticket).text
        self.assertNotIn("Bad payer", text)
        self.assertIn("long ladder", text)

    def test_empty_answer_says_what_to_do(self):
        self.authenticate("css_marta", "css_marta")
        reply = self._post(self.ticket, "write", text="  ", to="customer")
        self.assertIn("Write something", reply.text)

    def test_stage_is_one_of_those_allowed(self):
        self.authenticate("css_marta", "css_marta")
        self._post(self.ticket, "stage", stage_id=str(self.progress.id))
        self.assertEqual(self.ticket.stage_id, self.progress)
        for wrong in (str(self.rejected.id), "x", "", "1 OR 1"):
            reply = self._post(self.ticket, "stage", stage_id=wrong)
            self.assertIn("cannot be put into this stage", reply.text)
        self.assertEqual(self.ticket.stage_id, self.progress)

    def test_link_changes_nothing(self):
        self.authenticate("css_marta", "css_marta")
        for what in ("stage", "write"):
            with mute_logger("odoo.http"):
                reply = self.url_open(f"/my/service/{self.ticket.id}/{what}?text=Hi")
            self.assertEqual(reply.status_code, 405)

    def test_form_without_its_token_is_refused(self):
        self.authenticate("css_marta", "css_marta")
        with mute_logger("odoo.http"):
            reply = self.url_open(
                f"/my/service/{self.ticket.id}/write", data={"text": "Hi"}
            )
        self.assertEqual(reply.status_code, 400)

    def test_too_many_files_are_refused(self):
        self.authenticate("css_marta", "css_marta")
        files = [("files", (f"{i}.txt", b"x", "text/plain")) for i in range(11)]
        reply = self._post(self.ticket, "write", text="Hi", files=files)
        self.assertIn("too much", reply.text)
        self.assertFalse(self.ticket.message_ids.filtered(lambda m: "Hi" in m.body))

    def test_start_page_counts_open_tickets(self):
        self.authenticate("css_marta", "css_marta")
        counts = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["service_count"]}
        )
        self.assertEqual(counts["service_count"], 1)

    def test_list_takes_the_same_queries_for_ten_tickets_and_for_one(self):
        self.authenticate("css_marta", "css_marta")
        self._page()
        few = self._queries()
        for number in range(10):
            self._create_ticket(self.lucia, name=f"No. {number}")
        self.env.flush_all()
        self.assertLessEqual(self._queries(), few + 3)

    def _queries(self):
        before = self.env.cr.sql_log_count
        self._page()
        return self.env.cr.sql_log_count - before
