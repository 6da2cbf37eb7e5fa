from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import ServiceCase


@tagged("post_install", "-at_install")
class TestPhoneNote(ServiceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colleague = new_test_user(
            cls.env, "css_colleague", groups="crm_base.crm_base_group_user"
        )
        cls.note = cls.env["crm.interaction"].create(
            {
                "name": "Grinder stops",
                "description": "<p>After ten minutes.</p>",
                "partner_id": cls.anna.id,
                "user_id": cls.colleague.id,
            }
        )

    def test_agent_makes_a_ticket_of_a_colleagues_call(self):
        action = self.note.with_user(self.agent).action_make_ticket()
        ticket = self.env["helpdesk.ticket"].browse(action["res_id"])
        self.assertRecordValues(
            ticket,
            [
                {
                    "name": "Grinder stops",
                    "partner_id": self.anna.id,
                    "partner_email": self.anna.email,
                    "user_id": self.agent.id,
                    "interaction_ids": self.note.ids,
                    "channel_id": self.env.ref(
                        "helpdesk_mgmt.helpdesk_ticket_channel_phone"
                    ).id,
                }
            ],
        )
        self.assertIn("ten minutes", ticket.description)
        self.assertEqual(self.note.ticket_id, ticket)

    def test_second_click_opens_the_ticket_that_is_there(self):
        note = self.note.with_user(self.agent)
        first = note.action_make_ticket()["res_id"]
        self.assertEqual(note.action_make_ticket()["res_id"], first)

    def test_note_without_a_text_makes_one_too(self):
        self.note.description = False
        self.assertTrue(self.note.with_user(self.agent).action_make_ticket()["res_id"])

    def test_colleague_who_is_no_agent_may_not(self):
        with self.assertRaises(AccessError):
            self.note.with_user(self.colleague).action_make_ticket()
        self.assertFalse(self.note.ticket_id)

    def test_agent_makes_none_of_a_note_that_he_may_not_read(self):
        self.note.company_id = self.env["res.company"].create({"name": "Elsewhere"})
        tickets = self.env["helpdesk.ticket"]
        before = tickets.search_count([])
        with self.assertRaises(AccessError):
            self.note.with_user(self.agent).action_make_ticket()
        self.assertEqual(tickets.search_count([]), before)

    def test_colleague_who_is_no_agent_does_not_read_the_link(self):
        self.note.with_user(self.agent).action_make_ticket()
        with self.assertRaises(AccessError):
            self.note.with_user(self.colleague).read(["ticket_id"])

    def test_ticket_leads_back_to_the_note(self):
        action = self.note.with_user(self.agent).action_make_ticket()
        ticket = self.env["helpdesk.ticket"].browse(action["res_id"])
        found = ticket.with_user(self.agent).action_view_interactions()
        self.assertEqual(self.env["crm.interaction"].search(found["domain"]), self.note)
