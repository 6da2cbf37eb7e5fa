from odoo.tests import HttpCase, tagged

from .test_complaint import ComplaintCase
from .test_satisfaction import SatisfactionCase

PHONE = "390,844"


@tagged("post_install", "-at_install")
class TestComplaintTour(HttpCase, ComplaintCase):
    def test_complaint_goes_from_the_ticket_to_the_confirmation(self):
        self.agent.password = "css_agent"
        self.start_tour(
            f"/odoo/helpdesk.ticket/{self.ticket.id}",
            "crm_css_complaint",
            login="css_agent",
        )
        complaint = self.ticket.complaint_ids
        self.assertEqual(complaint.state, "proposed")
        self.start_tour(
            complaint._answer_link(), "crm_css_complaint_answer", login=None
        )
        self.assertRecordValues(
            complaint,
            [{"state": "confirmed", "answer_how": "link", "answer_note": "Thank you"}],
        )


@tagged("post_install", "-at_install")
class TestVoteTour(HttpCase, SatisfactionCase):
    browser_size = PHONE

    def test_customer_votes_on_the_phone(self):
        self.ticket.stage_id = self.done
        link = self.ticket._satisfaction_link()
        self.start_tour(f"{link}/1", "crm_css_vote", login=None)
        vote = self.ticket._vote(self.anna)
        self.assertRecordValues(vote, [{"rating": 3, "feedback": "A bit slow"}])


@tagged("post_install", "-at_install")
class TestBoardTour(HttpCase, SatisfactionCase):
    def test_leader_sees_the_figures_and_what_is_behind_them(self):
        self.leader.password = "css_leader"
        team = self.team.copy({"name": "Board Team", "alias_name": "board"})
        self._create_ticket(self.anna, team_id=team.id, name="Waits for us")
        self.start_tour("/odoo/service-board", "crm_css_board", login="css_leader")


@tagged("post_install", "-at_install")
class TestBoardPhoneTour(TestBoardTour):
    browser_size = PHONE
    touch_enabled = True
