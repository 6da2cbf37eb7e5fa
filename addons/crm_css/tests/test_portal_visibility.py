from lxml import etree

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import convert_file, file_path

from .. import _uninstall_hook
from .common import ServiceCase


class PortalCase(HttpCase, ServiceCase):
    """Anna and her colleague Jonas of one customer, and Lucía of another."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.jonas = cls.env["res.partner"].create(
            {
                "name": "Jonas Weber",
                "email": "jonas@nordlicht.example.com",
                "parent_id": cls.nordlicht.id,
            }
        )
        cls.anna_user = cls._portal_user(cls.anna, "css_anna")
        cls.jonas_user = cls._portal_user(cls.jonas, "css_jonas")
        cls.lucia_user = cls._portal_user(cls.lucia, "css_lucia")
        cls.ticket = cls._create_ticket(cls.anna)

    @classmethod
    def _portal_user(cls, partner, login):
        return new_test_user(
            cls.env,
            login,
            password=login,
            groups="base.group_portal",
            partner_id=partner.id,
        )

    def _sees(self, user, record=None):
        """Tell whether a user finds and may read a record, each by its own way."""
        record = (record or self.ticket).with_user(user)
        record.invalidate_recordset()  # each visit begins without a cache
        found = bool(record.search([("id", "=", record.id)]))
        self.assertEqual(record.has_access("read"), found, "search and check disagree")
        return found

    def _page(self, user, token=None):
        """Tell whether the page of the ticket opens."""
        self.authenticate(user and user.login, user and user.login)
        url = f"/my/ticket/{self.ticket.id}{f'/{token}' if token else ''}"
        return self.ticket.number in self.url_open(url).text


@tagged("post_install", "-at_install")
class TestPortalVisibility(PortalCase):
    def test_own_ticket_is_seen(self):
        self.assertTrue(self._sees(self.anna_user))
        self.assertTrue(self._page(self.anna_user))

    def test_colleague_sees_it_only_with_the_switch(self):
        self.assertFalse(self._sees(self.jonas_user))
        self.assertFalse(self._page(self.jonas_user))
        self.jonas.portal_company_tickets = True
        self.assertTrue(self._sees(self.jonas_user))
        self.assertTrue(self._page(self.jonas_user))
        self.jonas.portal_company_tickets = False
        self.assertFalse(self._sees(self.jonas_user), "at once, not after a restart")
        self.assertFalse(self._page(self.jonas_user))

    def test_colleague_who_follows_sees_that_ticket_alone(self):
        other = self._create_ticket(self.anna)
        self.ticket.message_subscribe(self.jonas.ids)
        self.assertTrue(self._sees(self.jonas_user))
        self.assertFalse(self._sees(self.jonas_user, other))

    def test_ticket_of_the_company_itself_is_seen_with_the_switch(self):
        ticket = self._create_ticket(self.nordlicht)
        self.assertFalse(self._sees(self.jonas_user, ticket))
        self.jonas.portal_company_tickets = True
        self.assertTrue(self._sees(self.jonas_user, ticket))

    def test_other_customer_sees_nothing_even_as_a_follower(self):
        self.lucia.portal_company_tickets = True
        self.ticket.message_subscribe(self.lucia.ids)
        self.assertFalse(self._sees(self.lucia_user))
        self.assertFalse(self._page(self.lucia_user))

    def test_ticket_without_a_customer_is_seen_by_no_customer(self):
        ticket = self._create_ticket(self.env["res.partner"])
        self.jonas.portal_company_tickets = True
        for user in (self.anna_user, self.jonas_user, self.lucia_user):
            self.assertFalse(self._sees(user, ticket))

    def test_public_visitor_sees_nothing(self):
        public = self.env.ref("base.public_user")
        with self.assertRaises(AccessError):
            self.ticket.with_user(public).read(["name"])
        self.assertFalse(self._page(None))

    def test_person_who_moved_leaves_the_tickets_to_the_company(self):
        self.anna.write({"portal_company_tickets": True, "portal_administrator": True})
        self.jonas.portal_company_tickets = True
        self.lucia.portal_company_tickets = True
        self.ticket.message_subscribe(self.anna.ids)
        self.anna.parent_id = self.olivar
        self.assertFalse(self._sees(self.anna_user))
        self.assertFalse(self._sees(self.lucia_user), "her new colleague")
        self.assertTrue(self._sees(self.jonas_user), "her former one")
        self.assertFalse(self.anna.portal_company_tickets)
        self.assertFalse(self.anna.portal_administrator)
        self.assertNotIn(self.anna, self.ticket.message_partner_ids)

    def test_private_ticket_goes_along_with_its_person(self):
        single = self.env["res.partner"].create({"name": "Max Busch"})
        user = self._portal_user(single, "css_max")
        ticket = self._create_ticket(single)
        single.parent_id = self.nordlicht
        self.jonas.portal_company_tickets = True
        self.assertTrue(self._sees(user, ticket))
        self.assertFalse(self._sees(self.jonas_user, ticket))

    def test_archived_person_has_no_rights_left(self):
        self.jonas.write({"portal_company_tickets": True, "portal_administrator": True})
        self.jonas_user.active = False
        self.jonas.active = False
        self.assertFalse(self.jonas.portal_company_tickets)
        self.assertFalse(self.jonas.portal_administrator)
        self.assertFalse(self.nordlicht._set_company_tickets(self.anna.id, True))

    def test_link_with_the_token_opens_the_one_ticket_to_anybody(self):
        token = self.ticket._portal_ensure_token()
        self.assertTrue(self._page(None, token))
        self.assertFalse(self._page(None, "guessed"))
        other = self._create_ticket(self.anna)
        page = self.url_open(f"/my/ticket/{other.id}/{token}").text
        self.assertNotIn(other.number, page)

    def test_link_with_the_token_ends_when_the_person_leaves(self):
        token = self.ticket._portal_ensure_token()
        self.anna.parent_id = self.olivar
        self.assertFalse(self._page(None, token))

    def test_page_of_a_customer_with_a_login_holds_no_token(self):
        token = self.ticket._portal_ensure_token()
        self.authenticate("css_anna", "css_anna")
        page = self.url_open(f"/my/ticket/{self.ticket.id}").text
        self.assertIn(self.ticket.number, page)
        self.assertNotIn(token, page)

    def test_list_shows_what_the_rule_shows(self):
        secret = self._create_ticket(self.jonas, name="Salary sheet")
        self.authenticate("css_anna", "css_anna")
        page = self.url_open("/my/tickets").text
        self.assertIn(self.ticket.number, page)
        self.assertNotIn(secret.name, page)
        for query in ("search=Salary", "search_in=name&search=Salary", "groupby=stage"):
            page = self.url_open(f"/my/tickets?{query}").text
            self.assertNotIn(secret.number, page)

    def test_internal_user_outside_sees_only_what_he_follows(self):
        outsider = new_test_user(self.env, "css_out", groups="base.group_user")
        self.assertFalse(self._sees(outsider))
        self.ticket.message_subscribe(outsider.partner_id.ids)
        self.assertTrue(self._sees(outsider))

    def test_ticket_of_another_company_is_seen_by_no_agent_of_ours(self):
        company = self.env["res.company"].create({"name": "Second"})
        self.ticket.write({"team_id": False, "company_id": company.id})
        self.assertFalse(self._sees(self.agent))

    # Messages and files

    def _post(self, body, internal=False):
        subtype = "mail.mt_note" if internal else "mail.mt_comment"
        return self.ticket.with_user(self.agent).message_post(
            body=body,
            message_type="comment",
            subtype_xmlid=subtype,
            attachments=[(f"{body}.txt", b"text")],
        )

    def test_messages_follow_the_ticket_and_notes_are_never_seen(self):
        spoken, note = self._post("spoken"), self._post("note", internal=True)
        self.assertTrue(self._sees(self.anna_user, spoken))
        self.assertFalse(self._sees(self.anna_user, note))
        self.assertFalse(self._sees(self.jonas_user, spoken))

    def test_files_are_read_by_customers_on_the_page_only(self):
        file = self._post("spoken").attachment_ids
        for user in (self.anna_user, self.jonas_user):
            self.assertFalse(file.with_user(user).has_access("read"))
            with self.assertRaises(AccessError):
                file.with_user(user).search([("res_model", "=", "helpdesk.ticket")])

    def test_page_lists_the_files_of_answers_and_not_of_notes(self):
        spoken, note = self._post("spoken"), self._post("note", internal=True)
        inner = self.env["ir.attachment"].create(
            {
                "name": "margin.txt",
                "raw": b"x",
                "res_model": "helpdesk.ticket",
                "res_id": self.ticket.id,
            }
        )
        self.authenticate("css_anna", "css_anna")
        page = self.url_open(f"/my/ticket/{self.ticket.id}").text
        self.assertIn(f"/web/content/{spoken.attachment_ids.id}?", page)
        for hidden in (note.attachment_ids, inner):
            self.assertNotIn(f"/web/content/{hidden.id}?", page)
            self.assertEqual(
                self.url_open(f"/web/content/{hidden.id}").status_code, 404
            )

    # Calls past the pages

    def test_customer_changes_nothing_by_a_call(self):
        ticket = self.ticket.with_user(self.anna_user)
        stranger = self.lucia.id
        calls = {
            "write": lambda: ticket.write({"priority": "3"}),
            "create": lambda: ticket.create({"name": "x", "description": "x"}),
            "unlink": ticket.unlink,
            "copy": ticket.copy,
            "assign_to_me": ticket.assign_to_me,
            "duplicate": ticket.with_context(
                active_ids=ticket.ids
            ).action_duplicate_tickets,
            "subscribe": lambda: ticket.message_subscribe([stranger]),
            "new": lambda: ticket.message_new({"subject": "x", "body": "x"}),
            "update": lambda: ticket.message_update({}, {"priority": "3"}),
            "rights": lambda: self.anna.with_user(self.anna_user).write(
                {"portal_company_tickets": True}
            ),
        }
        for name, call in calls.items():
            with self.subTest(call=name), self.assertRaises(AccessError):
                call()
                self.env.flush_all()

    def test_customer_speaks_in_no_ticket_of_others(self):
        with self.assertRaises(AccessError):
            self.ticket.with_user(self.lucia_user).message_post(
                body="x", message_type="comment", subtype_xmlid="mail.mt_comment"
            )

    def test_fields_for_the_staff_are_not_read_by_the_customer(self):
        with self.assertRaises(AccessError):
            self.ticket.with_user(self.anna_user).read(["sender_doubt"])

    def test_account_form_changes_no_right(self):
        self.authenticate("css_anna", "css_anna")
        writable = self.env["res.partner"]._get_frontend_writable_fields()
        self.assertFalse(
            {"portal_company_tickets", "portal_administrator"} & set(writable)
        )

    # The rule itself

    def test_rule_is_ours_and_the_uninstallation_puts_back_theirs(self):
        rule = self.env.ref("helpdesk_mgmt.helpdesk_ticket_rule_portal")
        self.assertEqual(rule.domain_force, '[("is_portal_visible", "=", True)]')
        _uninstall_hook(self.env)
        theirs = file_path("helpdesk_mgmt/security/helpdesk_security.xml")
        path = "//record[@id='helpdesk_ticket_rule_portal']/field[@name='domain_force']"
        (field,) = etree.parse(theirs).xpath(path)
        self.assertEqual(rule.domain_force, field.text)
        self.assertTrue(self._sees(self.jonas_user), "as helpdesk_mgmt has it")

    def test_update_writes_the_rule_again(self):
        rule = self.env.ref("helpdesk_mgmt.helpdesk_ticket_rule_portal")
        rule.domain_force = "[(1, '=', 1)]"
        convert_file(
            self.env,
            "crm_css",
            "security/helpdesk_ticket_portal_rules.xml",
            None,
            mode="update",
        )
        self.assertEqual(rule.domain_force, '[("is_portal_visible", "=", True)]')

    def test_administrator_of_the_customer_switches_for_colleagues_only(self):
        self.anna.portal_administrator = True
        self.assertTrue(self.anna._set_company_tickets(self.jonas.id, True))
        self.assertTrue(self.jonas.portal_company_tickets)
        self.assertFalse(self.anna._set_company_tickets(self.lucia.id, True))
        self.assertFalse(self.lucia.portal_company_tickets)
        self.assertFalse(self.jonas._set_company_tickets(self.anna.id, True))
        self.assertFalse(self.anna.portal_company_tickets)

    def test_queries_of_the_rule_do_not_grow_with_the_tickets(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            tickets = self.env["helpdesk.ticket"].with_user(self.anna_user)
            tickets.search_read([], ["name"])
            return self.env.cr.sql_log_count - before

        count()
        few = count()
        for _number in range(10):
            self._create_ticket(self.anna)
        self.assertEqual(count(), few)
