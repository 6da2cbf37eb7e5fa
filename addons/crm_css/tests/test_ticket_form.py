import io
import re

from odoo import http
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import ServiceCase

SCRIPT = b"<html><script>alert(document.domain)</script></html>"


class FormCase(HttpCase, ServiceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.ticket_team_id = cls.team
        cls.team.send_receipt = True
        cls.types = cls.env["helpdesk.ticket.type"].create(
            [{"name": "Repair"}, {"name": "Inner", "show_in_portal": False}]
        )
        cls.foreign = cls.env["res.company"].create({"name": "Second"})
        teams = cls.env["helpdesk.ticket.team"]
        cls.second = teams.create({"name": "Returns"})
        cls.hidden = teams.create({"name": "Board", "show_in_portal": False})
        cls.foreign_team = teams.create(
            {
                "name": "Foreign",
                "company_id": cls.foreign.id,
                "show_in_web_form": True,
            }
        )

    def _post(self, url, files=(), **data):
        """Send a form; give the answer and the ticket that it made."""
        tickets = self.env["helpdesk.ticket"].with_context(active_test=False)
        known = tickets.search([])
        data = {
            "subject": "Grinder stops",
            "description": "It stops.\n<script>x()</script>",
            "csrf_token": http.Request.csrf_token(self),
        } | data
        files = [("attachment", (name, io.BytesIO(raw))) for name, raw in files]
        with mute_logger("odoo.http"):
            reply = self.url_open(url, data=data, files=files or None)
        return reply, tickets.search([]) - known


@tagged("post_install", "-at_install")
class TestPortalForm(FormCase):
    """A customer with a login opens a ticket, and only what the form offers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(
            cls.env, "css_anna", password="css_anna", groups="base.group_portal",
            partner_id=cls.anna.id,
        )  # fmt: skip
        cls.env.company.write(
            {
                "helpdesk_mgmt_portal_select_team": True,
                "helpdesk_mgmt_portal_select_category": True,
                "helpdesk_mgmt_portal_type": True,
            }
        )
        categories = cls.env["helpdesk.ticket.category"]
        cls.category, cls.inner, cls.abroad = categories.create(
            [
                {"name": "Machines"},
                {"name": "Inner", "show_in_portal": False},
                {"name": "Abroad", "company_id": cls.foreign.id},
            ]
        )

    def setUp(self):
        super().setUp()
        self.authenticate("css_anna", "css_anna")

    def _submit(self, files=(), **data):
        return self._post("/submitted/ticket", files, **data)

    def test_ticket_goes_to_the_team_of_the_company_and_waits_for_somebody(self):
        reply, ticket = self._submit()
        self.assertEqual(reply.status_code, 200)
        self.assertRecordValues(
            ticket,
            [
                {
                    "name": "Grinder stops",
                    "partner_id": self.anna.id,
                    "team_id": self.team.id,
                    "user_id": False,
                    "channel_id": self.env.ref(
                        "crm_css.helpdesk_ticket_channel_portal"
                    ).id,
                }
            ],
        )
        self.assertNotIn("<script", ticket.description)

    def test_leader_hears_of_it_and_the_customer_gets_the_number(self):
        leader = new_test_user(
            self.env, "css_leader", groups="helpdesk_mgmt.group_helpdesk_user",
            email="leader@suite.example.com",
        )  # fmt: skip
        self.team.user_id = leader
        _reply, ticket = self._submit()
        self.assertIn(leader.partner_id, ticket.message_ids.notified_partner_ids)
        receipt = ticket.message_ids.filtered(
            lambda m: m.message_type == "auto_comment"
        )
        self.assertEqual(receipt.partner_ids, self.anna)

    def test_choice_that_is_offered_is_taken(self):
        _reply, ticket = self._submit(
            team=self.second.id, category=self.category.id, type=self.types[0].id
        )
        self.assertRecordValues(
            ticket,
            [
                {
                    "team_id": self.second.id,
                    "category_id": self.category.id,
                    "type_id": self.types[0].id,
                }
            ],
        )

    def test_choice_that_is_not_offered_is_dropped(self):
        for data in (
            {"team": self.hidden.id},
            {"team": self.foreign_team.id},
            {"category": self.inner.id},
            {"category": self.abroad.id},
            {"type": self.types[1].id},
            {"team": "x", "category": "1 OR 1", "type": "-1", "product": "9" * 50},
        ):
            with self.subTest(data=data):
                _reply, ticket = self._submit(**data)
                self.assertEqual(ticket.team_id, self.team)
                self.assertEqual(ticket.company_id, self.env.company)
                self.assertFalse(ticket.category_id)
                self.assertFalse(ticket.type_id)

    def test_team_is_not_taken_where_none_is_offered(self):
        self.env.company.helpdesk_mgmt_portal_select_team = False
        _reply, ticket = self._submit(team=self.second.id)
        self.assertEqual(ticket.team_id, self.team)

    def test_fields_that_the_form_does_not_have_are_ignored(self):
        done = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        _reply, ticket = self._submit(
            stage_id=done.id,
            user_id=self.agent.id,
            partner_id=self.lucia.id,
            partner_email="x@x.example.com",
            company_id=self.foreign.id,
            priority="3",
            number="HT99999",
            sender_doubt="",
            active="0",
        )
        self.assertEqual(ticket.partner_id, self.anna)
        self.assertEqual(ticket.company_id, self.env.company)
        self.assertFalse(ticket.closed or ticket.user_id)
        self.assertEqual((ticket.priority, ticket.active), ("1", True))
        self.assertNotEqual(ticket.number, "HT99999")

    def test_empty_form_comes_back_with_what_was_filled_in(self):
        reply, ticket = self._submit(description=" ", subject="Grinder & Co")
        self.assertFalse(ticket)
        self.assertIn("o_crm_form_error", reply.text)
        self.assertIn("Grinder &amp; Co", reply.text)

    def test_huge_texts_are_cut(self):
        _reply, ticket = self._submit(subject="s" * 9999, description="d" * 99_999)
        self.assertEqual(len(ticket.name), 200)
        self.assertLess(len(ticket.description), 20_100)

    def test_product_that_the_customer_bought_may_be_chosen_and_no_other(self):
        bought, other = self.env["product.product"].create(
            [{"name": "Grinder"}, {"name": "Secret machine"}]
        )
        order = self.env["sale.order"].create(
            {
                "partner_id": self.nordlicht.id,
                "order_line": [(0, 0, {"product_id": bought.id})],
            }
        )
        order.action_confirm()
        page = self.url_open("/new/ticket").text
        self.assertIn(f'value="{bought.id}"', page)
        self.assertNotIn("Secret machine", page)
        self.assertEqual(self._submit(product=bought.id)[1].product_id, bought)
        self.assertFalse(self._submit(product=other.id)[1].product_id)

    # Files

    def _files(self, *files):
        _reply, ticket = self._submit(files)
        return ticket, self.env["ir.attachment"].search(
            [("res_model", "=", "helpdesk.ticket"), ("res_id", "=", ticket.id)]
        )

    def _served(self, file):
        (token,) = file.generate_access_token()
        return self.url_open(f"/web/content/{file.id}?access_token={token}")

    def test_file_is_kept_and_the_customer_reads_it(self):
        ticket, file = self._files(("photo.txt", b"text"))
        page = self.url_open(f"/my/ticket/{ticket.id}").text
        link = f"/web/content/{file.id}?download=true&amp;access_token="
        self.assertIn(f"{link}{file.access_token}", page)
        self.assertEqual(self._served(file).content, b"text")

    def test_script_in_a_file_is_served_as_text(self):
        svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>x()</script></svg>'
        for name, raw in (
            ("page.html", SCRIPT),
            ("image.svg", svg),
            ("page.xhtml", SCRIPT),
            ("invoice.pdf", SCRIPT),
        ):
            with self.subTest(name=name):
                _ticket, file = self._files((name, raw))
                reply = self._served(file)
                self.assertEqual(reply.status_code, 200)
                kind = reply.headers["Content-Type"]
                self.assertNotRegex(kind, "html|svg|xml")
                self.assertEqual(reply.headers["X-Content-Type-Options"], "nosniff")

    def test_file_name_is_cleaned(self):
        _ticket, file = self._files(("<img src=x onerror=x()>.txt", b"x"))
        self.assertNotRegex(file.name, "[<>]")

    def test_too_many_and_too_large_files_are_refused_with_a_word(self):
        many = [(f"{number}.txt", b"x") for number in range(11)]
        large = [("large.bin", b"x" * (26 * 1024 * 1024))]
        for files in (many, large):
            reply, ticket = self._submit(files)
            self.assertFalse(ticket)
            self.assertIn("o_crm_form_error", reply.text)

    def test_request_beyond_all_sizes_is_not_read(self):
        reply, ticket = self._submit([("huge.bin", b"x" * (31 * 1024 * 1024))])
        self.assertFalse(ticket)
        self.assertEqual(reply.status_code, 413)

    def test_file_is_attached_to_no_ticket_of_others(self):
        others = self._create_ticket(self.lucia)
        self._submit([("x.txt", b"x")], res_id=others.id, ticket_id=others.id)
        domain = [("res_model", "=", "helpdesk.ticket"), ("res_id", "=", others.id)]
        self.assertFalse(self.env["ir.attachment"].search_count(domain))

    def test_list_with_nonsense_in_its_address_opens(self):
        for query in (
            "sortby=x", "groupby=x", "filterby=x", "search_in=x&search=y",
            "date_begin=x&date_end=y", "search=" + "z" * 3000,
        ):  # fmt: skip
            with self.subTest(query=query[:30]):
                reply = self.url_open(f"/my/tickets?{query}")
                self.assertEqual(reply.status_code, 200)


@tagged("post_install", "-at_install")
class TestSupportForm(FormCase):
    """Anybody opens a ticket, and learns nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.ticket_form = True

    def setUp(self):
        super().setUp()
        self.authenticate(None, None)

    def _send(self, files=(), **data):
        return self._post("/support", files, **{"email": "new@x.example.com"} | data)

    def test_form_makes_a_ticket_and_tells_its_number(self):
        self.assertIn("o_crm_support", self.url_open("/support").text)
        reply, ticket = self._send(name="New One", phone="+49 30 901820")
        self.assertIn(ticket.number, reply.text)
        self.assertRecordValues(
            ticket,
            [
                {
                    "partner_id": False,
                    "partner_name": "New One",
                    "sender_email": "new@x.example.com",
                    "partner_phone": "+49 30 901820",
                    "team_id": self.team.id,
                    "user_id": False,
                    "sender_doubt": "form",
                    "lang": "en_US",
                    "channel_id": self.env.ref(
                        "helpdesk_mgmt.helpdesk_ticket_channel_web"
                    ).id,
                }
            ],
        )
        self.assertNotIn("<script", ticket.description)

    def test_switched_off_form_is_not_found(self):
        self.env.company.ticket_form = False
        for url in ("/support", "/support/sent"):
            self.assertEqual(self.url_open(url).status_code, 404)
        reply, ticket = self._send()
        self.assertEqual((reply.status_code, len(ticket)), (404, 0))

    def test_answer_is_the_same_for_a_known_and_an_unknown_address(self):
        known_reply, known = self._send(email=self.anna.email)
        reply, ticket = self._send(email="nobody@x.example.com")
        self.assertEqual(known.partner_id, self.anna)
        pages = [
            re.sub(f"{made.number}|csrf_token: .*|csrf.*value=.*", "", answer.text)
            for answer, made in ((known_reply, known), (reply, ticket))
        ]
        self.assertIn("o_crm_support_sent", pages[0])
        self.assertEqual(*pages)

    def test_number_is_told_once(self):
        _reply, ticket = self._send()
        self.assertNotIn(ticket.number, self.url_open("/support/sent").text)

    def test_receipt_holds_no_word_of_the_sender(self):
        _reply, ticket = self._send(subject="Buy pills", description="Buy pills")
        receipt = ticket.message_ids.filtered(
            lambda m: m.message_type == "auto_comment"
        )
        self.assertEqual(receipt.outgoing_email_to, "new@x.example.com")
        self.assertNotIn("pills", f"{receipt.subject}{receipt.body}")

    def test_caller_without_a_mail_is_known_by_the_phone(self):
        self.anna.write(
            {"phone": "+49 30 901820", "country_id": self.env.ref("base.de")}
        )
        self.env.company.country_id = self.env.ref("base.de")
        for written in ("030 901820", "0049 (30) 90 18 20", "+4930901820"):
            _reply, ticket = self._send(email="", phone=written)
            self.assertEqual(ticket.partner_id, self.anna, written)

    def test_unknown_mail_with_a_known_phone_is_proposed_and_not_joined(self):
        self.anna.phone = "+49 30 901820"
        _reply, ticket = self._send(phone="+4930901820")
        self.assertFalse(ticket.partner_id)
        self.assertIn(self.anna, ticket._customer_proposals())

    def test_nobody_speaks_for_an_employee(self):
        self.agent.email = "agent@suite.example.com"
        self.assertFalse(self._send(email=self.agent.email)[1].partner_id)

    def test_missing_and_wrong_fields_come_back_with_a_word(self):
        for data in (
            {"subject": " "},
            {"description": ""},
            {"email": "", "phone": ""},
            {"email": "no address"},
        ):
            with self.subTest(data=data):
                reply, ticket = self._send(**data)
                self.assertFalse(ticket)
                self.assertIn("o_crm_form_error", reply.text)

    def test_honey_pot_makes_no_ticket_and_says_thanks(self):
        reply, ticket = self._send(website="http://spam.example.com")
        self.assertFalse(ticket)
        self.assertIn("o_crm_support_sent", reply.text)

    def test_form_without_a_token_makes_none(self):
        reply, ticket = self._send(csrf_token="")
        self.assertEqual((reply.status_code, len(ticket)), (400, 0))

    def test_one_mailbox_opens_five_an_hour(self):
        for _number in range(5):
            self.assertTrue(self._send()[1])
        reply, ticket = self._send()
        self.assertEqual((reply.status_code, len(ticket)), (429, 0))
        self.assertTrue(self._send(email="other@x.example.com")[1])

    def test_one_address_of_the_net_opens_twenty_an_hour(self):
        attempts = self.env["crm.form.attempt"]
        limits = {"ip 192.0.2.1": 20}
        allowed = [attempts._allow("support", limits) for _number in range(21)]
        self.assertEqual(allowed, [True] * 20 + [False])
        self.assertTrue(attempts._allow("support", {"ip 192.0.2.2": 20}))

    def test_tries_are_kept_for_a_day_without_names(self):
        self._send()
        attempts = self.env["crm.form.attempt"].search([])
        self.assertEqual(len(attempts), 3)
        self.assertFalse([key for key in attempts.mapped("key") if "x.example" in key])
        self.env.cr.execute(
            "UPDATE crm_form_attempt SET create_date = now() - interval '2 days'"
        )
        attempts._gc_attempts()
        self.assertFalse(attempts.exists())

    def test_tries_are_nobodys_to_read_or_write(self):
        outsider = new_test_user(self.env, "css_out", groups="base.group_user")
        for user in (outsider, self.agent, self.env.ref("base.public_user")):
            attempts = self.env["crm.form.attempt"].with_user(user)
            for right in ("read", "write", "create", "unlink"):
                self.assertFalse(attempts.has_access(right))

    def test_only_teams_of_the_form_may_be_chosen(self):
        self.second.show_in_web_form = True
        self.assertEqual(self._send(team=self.second.id)[1].team_id, self.second)
        for team in (self.hidden, self.foreign_team):
            _reply, ticket = self._send(team=team.id)
            self.assertEqual(ticket.team_id, self.team)
            self.assertEqual(ticket.company_id, self.env.company)
        self.assertNotIn("Foreign", self.url_open("/support").text)

    def test_fields_that_the_form_does_not_have_are_ignored(self):
        _reply, ticket = self._send(
            partner_id=self.lucia.id, user_id=self.agent.id, priority="3", stage_id="4"
        )
        self.assertFalse(ticket.partner_id or ticket.user_id)
        self.assertEqual(ticket.priority, "1")

    def test_files_are_few_and_no_script_runs(self):
        _reply, ticket = self._send([("page.html", SCRIPT)])
        file = ticket.attachment_ids
        self.assertEqual(file.mimetype, "text/plain")
        self.assertFalse(file.public)
        self.assertEqual(self.url_open(f"/web/content/{file.id}").status_code, 404)
        _reply, none = self._send([(f"{n}.txt", b"x") for n in range(4)])
        self.assertFalse(none)

    def test_language_is_that_of_the_form(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.opener.cookies["frontend_lang"] = "es_ES"
        _reply, ticket = self._send()
        self.assertEqual(ticket.lang, "es_ES")

    def test_template_text_stays_text(self):
        _reply, ticket = self._send(subject="{{7*7}} =HYPERLINK('x')", name="${7*7}")
        self.assertEqual(ticket.name, "{{7*7}} =HYPERLINK('x')")
