from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .sla_common import ALWAYS, SlaCase


@tagged("post_install", "-at_install")
class TestSlaTour(HttpCase, SlaCase):
    def test_agent_sees_the_deadline_answers_and_the_clock_is_met(self):
        self.agent.password = "css_agent"
        calendar = self._calendar("Always", ALWAYS)
        self._policy("Tour Gold", resolution_hours=40, calendar_id=calendar.id)
        now = fields.Datetime.now()
        ticket = self._ticket_at(now - timedelta(hours=3), user_id=self.agent.id)
        self.start_tour(
            "/odoo/action-crm_css.helpdesk_ticket_action_due",
            "crm_css_sla",
            login="css_agent",
        )
        self.assertEqual(self._clock(ticket).state, "met")
