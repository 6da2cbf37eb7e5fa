from odoo.tests import HttpCase, new_test_user, tagged

from .test_assign import TeamCase
from .test_macro import MacroCase
from .test_service_partner import ServicePartnerCase
from .test_ticket_merge import MergeCase


@tagged("post_install", "-at_install")
class TestMergeTour(HttpCase, MergeCase):
    def test_agent_merges_tickets_and_undoes_it(self):
        self.agent.password = "css_agent"
        self.keep.name = "Grinder stops"
        self.third.unlink()
        self.start_tour(
            "/odoo/action-helpdesk_mgmt.helpdesk_ticket_action",
            "crm_css_ticket_merge",
            login="css_agent",
        )
        self.assertTrue(self.double.active)
        self.assertEqual(self.keep.priority, "1")


@tagged("post_install", "-at_install")
class TestMacroTour(HttpCase, MacroCase):
    def test_agent_answers_with_a_macro(self):
        self.agent.password = "css_agent"
        self.start_tour(
            f"/odoo/helpdesk.ticket/{self.ticket.id}",
            "crm_css_ticket_macro",
            login="css_agent",
        )
        self.assertEqual(self.ticket.user_id, self.agent)


@tagged("post_install", "-at_install")
class TestServiceTour(HttpCase, ServicePartnerCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_partner_answers_and_moves_a_ticket_on_the_phone(self):
        self.start_tour("/my/service", "crm_css_service_portal", login="css_marta")
        self.assertEqual(self.ticket.stage_id, self.progress)
        self.assertFalse(self.ticket.asked_date)


@tagged("post_install", "-at_install")
class TestSkillTour(HttpCase, TeamCase):
    def test_manager_notes_a_skill_and_the_ticket_goes_to_who_has_it(self):
        new_test_user(
            self.env, "css_boss", groups="helpdesk_mgmt.group_helpdesk_manager"
        )
        self.start_tour(
            "/odoo/action-crm_css.crm_service_agent_action",
            "crm_css_skill",
            login="css_boss",
        )
        ticket = self._create_ticket(self.petr, type_id=self.papers.id)
        self.start_tour(
            f"/odoo/helpdesk.ticket/{ticket.id}",
            "crm_css_skill_decides",
            login="css_boss",
        )
        self.assertEqual(ticket.user_id, self.ines)
