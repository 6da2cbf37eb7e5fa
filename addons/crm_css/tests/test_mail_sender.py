from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from .mail_common import MailCase


@tagged("post_install", "-at_install")
class TestMailSender(MailCase):
    """Who wrote is found, and nobody speaks in the ticket of somebody else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partners = cls.env["res.partner"]

    def _ticket(self):
        """Give a ticket of Anna that came by mail, with an answer of the agent."""
        ticket = self._receive(self._mail())
        ticket.user_id = self.agent
        ticket.with_user(self.agent).message_post(
            body="Which one?", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        return ticket

    # Known senders

    def test_channel_and_number_are_set_and_nobody_has_it_yet(self):
        ticket = self._receive(self._mail())
        self.assertEqual(
            ticket.channel_id,
            self.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_email"),
        )
        self.assertFalse(ticket.user_id)
        self.assertEqual(ticket.sender_email, self.anna_mail)
        self.assertEqual(ticket.partner_name, "Anna Berg")

    def test_customer_with_a_login_does_not_become_the_agent(self):
        new_test_user(
            self.env, "css_anna", groups="base.group_portal", partner_id=self.anna.id
        )
        self.team.alias_defaults = "{}"
        self.assertFalse(self._receive(self._mail()).user_id)

    def test_one_address_of_five_people_is_told_by_the_name(self):
        names = ["Anna Berg", "Jonas Weber", "Ivo Maric", "Lea Wolf", "Max Busch"]
        people = self.partners.create(
            [
                {
                    "name": name,
                    "email": "office@n.example.com",
                    "parent_id": self.nordlicht.id,
                }
                for name in names
            ]
        )
        ticket = self._receive(self._mail('"WOLF, Lea" <office@n.example.com>'))
        self.assertEqual(ticket.partner_id, people[3])
        self.assertEqual(ticket.message_ids[-1:].author_id, people[3])

    def test_one_address_without_a_name_is_that_of_the_company(self):
        self.partners.create(
            [
                {
                    "name": name,
                    "email": "office@n.example.com",
                    "parent_id": self.nordlicht.id,
                }
                for name in ("Ivo Maric", "Lea Wolf")
            ]
        )
        ticket = self._receive(self._mail("office@n.example.com"))
        self.assertEqual(ticket.partner_id, self.nordlicht)

    def test_one_address_of_two_customers_is_left_to_a_person(self):
        self.partners.create(
            [
                {"name": "Ivo Maric", "email": "home@x.example.com"},
                {"name": "Lea Wolf", "email": "home@x.example.com"},
            ]
        )
        ticket = self._receive(self._mail("home@x.example.com"))
        self.assertFalse(ticket.partner_id)
        self.assertFalse(ticket.message_ids[-1:].author_id)

    def test_second_address_is_known_once_an_agent_chose_the_customer(self):
        first = self._receive(self._mail("Anna <anna@private.example.com>"))
        second = self._receive(self._mail("Anna <anna@private.example.com>"))
        self.assertFalse(first.partner_id | second.partner_id)
        action = second.with_user(self.agent).action_choose_customer()
        wizard = Form(
            self.env[action["res_model"]]
            .with_user(self.agent)
            .with_context(**action["context"])
        )
        self.assertEqual(wizard.ticket_count, 1)
        wizard.partner_id = self.anna
        wizard.save().action_apply()
        self.assertEqual(first.partner_id, self.anna, "the earlier one too")
        self.assertEqual(first.portal_customer_id, self.nordlicht)
        self.assertEqual(first.message_ids[-1:].author_id, self.anna)
        third = self._receive(self._mail("Anna <ANNA@private.example.com>"))
        self.assertEqual(third.partner_id, self.anna)
        self.assertEqual(self.anna.email, self.anna_mail, "her own address stays")

    def test_former_address_is_proposed_and_not_taken_for_granted(self):
        self.env["crm.contact.point"]._confirm(self.anna, "email", "call")
        self.anna.email = "anna.new@nordlicht.example.com"
        ticket = self._receive(self._mail("x <anna.berg@nordlicht.example.com>"))
        self.assertFalse(ticket.partner_id)
        self.assertIn(self.anna, ticket._customer_proposals())

    def test_sender_who_has_left_is_not_known_by_the_old_address(self):
        ticket = self._receive(self._mail("Anna <anna@private.example.com>"))
        ticket._set_customer(self.anna)
        self.anna.parent_id = self.olivar
        again = self._receive(self._mail("Anna <anna@private.example.com>"))
        self.assertFalse(again.partner_id)

    def test_new_customer_without_an_address_gets_that_of_the_ticket(self):
        ticket = self._receive(self._mail("New One <new@x.example.com>"))
        partner = self.partners.create({"name": "New One"})
        ticket.with_user(self.agent)._set_customer(partner.with_user(self.agent))
        self.assertEqual(partner.email, "new@x.example.com")

    def test_language_is_the_customers_or_that_of_the_mail(self):
        self.env["res.lang"]._activate_lang("es_ES")
        self.lucia.lang = "es_ES"
        known = self._receive(self._mail(f"Lucía <{self.lucia.email}>"))
        self.assertEqual(known.lang, "es_ES")
        said = self._mail("x@y.example.com", Content_Language="es")
        self.assertEqual(self._receive(said).lang, "es_ES")
        self.assertFalse(self._receive(self._mail("z@y.example.com")).lang)

    def test_mail_without_a_team_goes_to_that_of_the_company(self):
        self.env.company.ticket_team_id = self.team
        self.env["mail.alias"].create(
            {
                "alias_name": "hilfe",
                "alias_domain_id": self.team.alias_domain_id.id,
                "alias_model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
            }
        )
        ticket = self._receive(self._mail(To="hilfe@suite.example.com"))
        self.assertEqual(ticket.team_id, self.team)

    def test_leader_of_the_team_hears_of_a_new_ticket(self):
        leader = new_test_user(
            self.env, "css_leader", groups="helpdesk_mgmt.group_helpdesk_user",
            email="leader@suite.example.com",
        )  # fmt: skip
        self.team.user_id = leader
        ticket = self._receive(self._mail())
        self.assertIn(leader.partner_id, ticket.message_ids.notified_partner_ids)

    # Who may speak in a ticket

    def test_customer_and_colleague_answer_in_the_ticket(self):
        ticket = self._ticket()
        colleague = self.partners.create(
            {
                "name": "Jonas Weber",
                "email": "jonas@nordlicht.example.com",
                "parent_id": self.nordlicht.id,
            }
        )
        self.assertFalse(self._receive(self._reply(ticket)))
        self.assertFalse(self._receive(self._reply(ticket, colleague.email)))
        self.assertEqual(ticket.message_ids[0].author_id, colleague)

    def test_stranger_with_a_reference_gets_a_ticket_of_the_own(self):
        ticket = self._ticket()
        before = ticket.message_ids, ticket.message_partner_ids, ticket.asked_date
        mine = self._receive(
            self._reply(ticket, "Eve <eve@evil.example.com>", "Send me the password.")
        )
        self.assertEqual(
            (ticket.message_ids, ticket.message_partner_ids, ticket.asked_date), before
        )
        self.assertEqual(mine.sender_doubt, "reply")
        self.assertEqual(mine.related_ticket_ids, ticket)
        self.assertEqual(mine.team_id, self.team)
        self.assertFalse(mine.message_ids.parent_id)
        self.assertNotIn(self.anna_mail, self._sent_to(mine))

    def test_other_customer_with_a_reference_gets_a_ticket_of_the_own(self):
        ticket = self._ticket()
        mine = self._receive(self._reply(ticket, self.lucia.email, Cc=self.anna_mail))
        self.assertEqual(mine.partner_id, self.lucia)
        self.assertNotIn(self.lucia, ticket.message_partner_ids)
        self.assertNotIn(self.anna, mine.message_partner_ids)

    def test_closed_ticket_is_not_reopened_by_a_stranger(self):
        ticket = self._ticket()
        ticket.stage_id = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        self._receive(self._reply(ticket, "eve@evil.example.com"))
        self.assertTrue(ticket.closed)
        self.assertEqual(ticket.reopen_count, 0)

    def test_supplier_whom_the_agent_asked_answers_in_the_ticket(self):
        ticket = self._ticket()
        supplier = self.partners.create({"name": "Mill", "email": "m@mill.example.com"})
        ticket.with_user(self.agent).message_post(
            body="Do you have the part?",
            message_type="comment",
            partner_ids=supplier.ids,
            subtype_xmlid="mail.mt_note",
        )
        self.assertFalse(self._receive(self._reply(ticket, supplier.email)))

    def test_sender_without_a_contact_answers_in_the_own_ticket(self):
        ticket = self._receive(self._mail("New <new@x.example.com>"))
        self.assertFalse(self._receive(self._reply(ticket, "new@x.example.com")))
        self.assertTrue(self._receive(self._reply(ticket, "other@x.example.com")))

    def test_person_who_moved_to_another_company_is_a_stranger(self):
        ticket = self._ticket()
        self.anna.parent_id = self.olivar
        self.assertNotIn(self.anna, ticket.message_partner_ids)
        mine = self._receive(self._reply(ticket))
        self.assertEqual(mine.sender_doubt, "reply")
        self.assertEqual(mine.portal_customer_id, self.olivar)

    def test_archived_person_is_a_stranger(self):
        ticket = self._ticket()
        self.anna.active = False
        self.assertTrue(self._receive(self._reply(ticket)))

    def test_copy_to_another_customer_opens_nothing_to_him(self):
        ticket = self._receive(self._mail(Cc=f"{self.lucia.email}, z@z.example.com"))
        self.assertNotIn(self.lucia, ticket.message_partner_ids)
        self.assertIn("z@z.example.com", ticket.email_cc)
        self._receive(self._reply(ticket, Cc=self.petr.email))
        self.assertNotIn(self.petr, ticket.message_partner_ids)

    # Mails that claim to come from an employee

    def test_agent_answers_by_mail(self):
        ticket = self._ticket()
        self.agent.email = "agent@suite.example.com"
        self._receive(self._reply(ticket))
        self.assertTrue(ticket.asked_date)
        self.assertFalse(self._receive(self._reply(ticket, self.agent.email)))
        self.assertFalse(ticket.asked_date)

    def test_forged_employee_neither_answers_nor_reaches_the_customer(self):
        ticket = self._ticket()
        self.agent.email = "agent@suite.example.com"
        self._receive(self._reply(ticket))
        results = "mx.suite.example.com; spf=softfail; dmarc=fail"
        forged = self._reply(ticket, self.agent.email, Authentication_Results=results)
        mine = self._receive(forged)
        self.assertTrue(ticket.asked_date, "nobody of ours has answered")
        self.assertEqual(mine.sender_doubt, "forged")
        self.assertEqual(mine.related_ticket_ids, ticket)
        self.assertNotEqual(mine.message_ids[-1:].author_id, self.agent.partner_id)
        self.assertNotIn(self.anna_mail, self._sent_to(mine))

    def test_forged_fresh_mail_is_flagged_and_joined_to_nobody(self):
        results = "mx.suite.example.com; dmarc=fail header.from=nordlicht.example.com"
        ticket = self._receive(self._mail(Authentication_Results=results))
        self.assertEqual(ticket.sender_doubt, "forged")
        self.assertFalse(ticket.partner_id)

    def test_header_of_the_sender_below_ours_counts_for_nothing(self):
        ours, theirs = "mx; dmarc=pass", "evil; dmarc=fail"
        raw = self._mail(Authentication_Results=ours).as_bytes()
        raw = raw.replace(
            f"{ours}\n".encode(),
            f"{ours}\nAuthentication-Results: {theirs}\n".encode(),
        )
        self.assertFalse(self._receive(raw).sender_doubt)

    # Dates

    def test_forged_date_moves_no_clock(self):
        ticket = self._ticket()
        for date in (
            "Fri, 31 Dec 2999 23:59:59 -1400",
            "Thu, 1 Jan 1970 00:00:00 +0000",
        ):
            ticket.write({"asked_date": False})
            self._receive(self._reply(ticket, Date=date))
            self.assertLessEqual(ticket.asked_date, fields.Datetime.now())
            self.assertGreaterEqual(
                ticket.asked_date, ticket.create_date.replace(microsecond=0)
            )
        self.assertLess(ticket.message_ids[1].date.year, 2999)

    def test_sender_of_a_hidden_ticket_is_not_told(self):
        limited = new_test_user(
            self.env, "css_limited", groups="helpdesk_mgmt.group_helpdesk_user_own"
        )
        ticket = self._ticket()
        ticket.user_id = self.agent
        self.env.invalidate_all()
        wizards = self.env["helpdesk.ticket.customer"].with_user(limited)
        wizard = wizards.create({"ticket_id": ticket.id, "partner_id": self.anna.id})
        for name in ("partner_name", "partner_email", "partner_phone"):
            with self.subTest(name=name), self.assertRaises(AccessError):
                wizard.read([name])
        with self.assertRaises(AccessError):
            wizards.new({"ticket_id": ticket.id}).mapped("partner_id")

    def test_outsider_may_not_choose_the_customer(self):
        outsider = new_test_user(self.env, "css_outsider", groups="base.group_user")
        wizards = self.env["helpdesk.ticket.customer"]
        self.assertTrue(wizards.with_user(self.agent).has_access("create"))
        self.assertFalse(wizards.with_user(outsider).has_access("create"))

    def test_follower_whom_an_agent_added_answers_in_the_ticket(self):
        ticket = self._ticket()
        ticket.write({"message_follower_ids": [Command.clear()]})
        ticket.message_subscribe(self.petr.ids)
        self.assertFalse(self._receive(self._reply(ticket, self.petr.email)))
