from odoo.tests import HttpCase, tagged

from .common import ServiceCase


@tagged("post_install", "-at_install")
class TestTours(HttpCase, ServiceCase):
    def test_agent_sees_the_customer_beside_the_ticket(self):
        self.agent.password = "css_agent"
        self.nordlicht.value_class = "a"
        ticket = self._create_ticket(self.anna)
        ticket.message_post(
            author_id=self.anna.id,
            message_type="email",
            subject="Still hot",
            body="Hot",
        )
        self.start_tour(
            f"/odoo/helpdesk.ticket/{ticket.id}",
            "crm_css_ticket_card",
            login="css_agent",
        )
