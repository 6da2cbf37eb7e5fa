from odoo.tests import HttpCase, tagged

from .mail_common import MailCase


@tagged("post_install", "-at_install")
class TestMailTour(HttpCase, MailCase):
    def test_agent_brings_a_mail_to_a_resolved_ticket(self):
        """From an address that nobody knows, to an answer that the sender gets."""
        self.agent.password = "css_agent"
        ticket = self._receive(self._mail("Anna <anna@private.example.com>"))
        ticket.user_id = self.agent
        self.start_tour(
            f"/odoo/helpdesk.ticket/{ticket.id}",
            "crm_css_mail_ticket",
            login="css_agent",
        )
        self.assertEqual(ticket.partner_id, self.anna)
        self.assertTrue(ticket.closed)
        self.assertTrue(ticket.first_answer_date)
        self.assertIn(self.anna_mail, self._sent_to(ticket))
