from odoo.tests import tagged
from odoo.tools import file_open, mute_logger

from .common import ServiceCase

REPLY = """From: {sender}
To: {to}
Subject: Re: Grinder stops
Message-ID: <reply-{number}@nordlicht.example.com>
In-Reply-To: {message_id}
References: {message_id}
Content-Type: text/plain; charset=utf-8

It happened again.
"""
FRESH = """From: {sender}
To: support@suite.example.com
Subject: Message {number}
Message-ID: <fresh-{number}@loop.example.com>
Content-Type: text/plain; charset=utf-8

Automatic text.
"""


@tagged("post_install", "-at_install")
class TestMailGateway(ServiceCase):
    def _receive(self, raw):
        """Put a raw mail through the gateway; give the tickets it made."""
        tickets = self.env["helpdesk.ticket"]
        known = tickets.search([])
        if isinstance(raw, str):
            raw = raw.encode()
        with mute_logger("odoo.addons.mail.models.mail_thread"):
            self.env["mail.thread"].message_process(None, raw)
        return tickets.search([]) - known

    def _receive_file(self, name):
        with file_open(f"crm_css/tests/data/{name}.eml", "rb") as file:
            return self._receive(file.read())

    def test_plain_mail_becomes_a_ticket_of_the_right_customer(self):
        ticket = self._receive_file("plain")
        self.assertRecordValues(
            ticket,
            [
                {
                    "name": "Grinder stops",
                    "partner_id": self.anna.id,
                    "team_id": self.team.id,
                }
            ],
        )
        self.assertEqual(ticket.commercial_partner_id, self.nordlicht)
        self.assertFalse(ticket.user_id, "the gateway's own user must not own it")
        self.assertIn("ten minutes", ticket.description)

    def test_html_mail_in_koi8_is_read_and_made_harmless(self):
        ticket = self._receive_file("html_koi8")
        self.assertEqual(ticket.name, "Не пришёл счёт")
        self.assertEqual(ticket.partner_id, self.petr)
        self.assertIn("счёт", ticket.description)
        for html in (ticket.description, ticket.message_ids[-1:].body):
            self.assertNotIn("script", html)
            self.assertNotIn("onclick", html)

    def test_attachment_comes_with_its_name(self):
        ticket = self._receive_file("attachment")
        self.assertEqual(ticket.name, "Foto de la máquina")
        self.assertEqual(ticket.partner_id, self.lucia)
        self.assertEqual(
            ticket.message_ids.attachment_ids.mapped("name"), ["máquina.png"]
        )
        self.assertIn("300 €", ticket.description)

    def test_unknown_charset_still_makes_a_ticket(self):
        ticket = self._receive_file("wrong_charset")
        self.assertEqual(ticket.partner_id, self.lucia)
        self.assertIn("roto", ticket.description)

    def test_unknown_sender_makes_a_ticket_without_customer(self):
        ticket = self._receive(
            FRESH.format(sender="new@elsewhere.example.com", number=1)
        )
        self.assertFalse(ticket.partner_id)
        self.assertEqual(ticket.partner_email, "new@elsewhere.example.com")

    def test_second_mail_joins_the_thread(self):
        ticket = self._receive_file("plain")
        message_id = ticket.message_ids.filtered(
            lambda m: m.message_type == "email"
        ).message_id
        reply = REPLY.format(
            sender="anna.berg@nordlicht.example.com",
            to="support@suite.example.com",
            message_id=message_id,
            number=1,
        )
        self.assertFalse(self._receive(reply))
        self.assertIn("again", ticket.message_ids[0].body)
        self.assertEqual(ticket.message_ids[0].author_id, self.anna)

    def test_same_mail_twice_makes_one_ticket(self):
        self.assertTrue(self._receive_file("plain"))
        self.assertFalse(self._receive_file("plain"))

    def test_out_of_office_makes_none(self):
        self.assertFalse(self._receive_file("out_of_office"))

    def test_bounce_makes_none(self):
        self.assertFalse(self._receive_file("bounce"))

    def test_loop_ends_by_itself(self):
        made = self.env["helpdesk.ticket"]
        for number in range(40):
            sender = "robot@loop.example.com"
            made += self._receive(FRESH.format(sender=sender, number=number))
        self.assertGreater(len(made), 0)
        self.assertLess(len(made), 30)

    def test_mail_from_our_own_address_makes_none(self):
        made = self._receive(FRESH.format(sender="support@suite.example.com", number=1))
        self.assertFalse(made)

    def test_template_text_in_a_subject_stays_text(self):
        raw = FRESH.format(sender="anna.berg@nordlicht.example.com", number=7)
        ticket = self._receive(
            raw.replace("Message 7", "{{7*7}} =HYPERLINK('x') '; DROP")
        )
        self.assertEqual(ticket.name, "{{7*7}} =HYPERLINK('x') '; DROP")
