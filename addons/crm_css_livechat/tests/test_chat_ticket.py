from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.crm_css.tests.common import ServiceCase


@tagged("post_install", "-at_install")
class TestChatTicket(ServiceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent.group_ids += cls.env.ref("im_livechat.im_livechat_group_user")
        cls.colleague = new_test_user(
            cls.env, "css_chat", groups="im_livechat.im_livechat_group_user"
        )
        cls.portal = new_test_user(
            cls.env, "css_chat_anna", groups="base.group_portal", partner_id=cls.anna.id
        )

    def _chat(self, agent=None, guest=None):
        """Make a chat of an agent with Anna, or with a visitor who has no login."""
        agent = agent or self.agent
        visitor = (
            {"guest_id": guest.id} if guest else {"partner_id": self.anna.id}
        ) | {"livechat_member_type": "visitor"}
        chat = self.env["discuss.channel"].create(
            {
                "name": "Chat",
                "channel_type": "livechat",
                "livechat_operator_id": agent.partner_id.id,
                "channel_member_ids": [
                    Command.create(
                        {
                            "partner_id": agent.partner_id.id,
                            "livechat_member_type": "agent",
                        }
                    ),
                    Command.create(visitor),
                ],
            }
        )
        author = {} if guest else {"author_id": self.anna.id}
        chat.message_post(
            body="It stops <script>x()</script>", message_type="comment", **author
        )
        return chat

    def _command(self, chat, body, user=None):
        """Give the command, and give the ticket it made and the answer to it."""
        tickets = self.env["helpdesk.ticket"]
        known = tickets.search([])
        answers = []
        users = type(self.env["res.users"])
        with patch.object(
            users,
            "_bus_send_transient_message",
            lambda self, channel, answer: answers.append(answer),
        ):
            chat.with_user(user or self.agent).execute_command_ticket(body=body)
        return tickets.search([]) - known, str(answers[0])

    def test_chat_with_a_customer_becomes_a_ticket(self):
        chat = self._chat()
        ticket, answer = self._command(chat, "/ticket Grinder stops")
        self.assertRecordValues(
            ticket,
            [
                {
                    "name": "Grinder stops",
                    "partner_id": self.anna.id,
                    "livechat_id": chat.id,
                    "channel_id": self.env.ref(
                        "crm_css_livechat.helpdesk_ticket_channel_chat"
                    ).id,
                }
            ],
        )
        self.assertIn("It stops", ticket.description)
        self.assertNotIn("<script", ticket.description)
        self.assertIn(ticket.number, answer)

    def test_visitor_without_a_login_is_kept_by_name_and_language(self):
        self.env["res.lang"]._activate_lang("es_ES")
        guest = self.env["mail.guest"].create({"name": "Visitor 7", "lang": "es_ES"})
        ticket, _answer = self._command(self._chat(guest=guest), "/ticket Help")
        self.assertFalse(ticket.partner_id)
        self.assertEqual((ticket.partner_name, ticket.lang), ("Visitor 7", "es_ES"))

    def test_command_without_a_title_explains_itself(self):
        ticket, answer = self._command(self._chat(), "/ticket ")
        self.assertFalse(ticket)
        self.assertIn("/ticket", answer)

    def test_chat_among_colleagues_becomes_no_ticket(self):
        chat = (
            self.env["discuss.channel"]
            .with_user(self.agent)
            .create({"name": "Room", "channel_type": "channel"})
        )
        self.assertFalse(self._command(chat, "/ticket Secret")[0])

    def test_who_may_not_make_tickets_may_not_do_it_in_a_chat(self):
        chat = self._chat(self.colleague)
        for user in (self.colleague, self.portal):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._command(chat, "/ticket Mine", user)

    def test_chat_of_others_is_not_turned_into_a_ticket(self):
        stranger = new_test_user(
            self.env, "css_other", groups="helpdesk_mgmt.group_helpdesk_user"
        )
        with self.assertRaises(AccessError):
            self._command(self._chat(), "/ticket Peek", stranger)

    def test_ticket_opens_its_chat(self):
        ticket, _answer = self._command(self._chat(), "/ticket Help")
        ticket.with_user(self.agent).action_open_livechat()
        public = self.env.ref("base.public_user")
        with self.assertRaises(AccessError):
            ticket.with_user(public).action_open_livechat()
