from odoo.tests import HttpCase, tagged

from .test_complaint import ComplaintCase
from .test_feedback import FeedbackCase
from .test_satisfaction import SatisfactionCase
from .test_scorecard import ScorecardCase

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


@tagged("post_install", "-at_install")
class TestFeedbackTour(HttpCase, FeedbackCase):
    def test_leader_follows_a_bad_vote_until_something_was_done(self):
        self.leader.password = "css_leader"
        feedback = self._feedback(self._vote(1, "Nobody called me back"))
        self.start_tour(
            "/odoo/action-crm_css.crm_feedback_action",
            "crm_css_feedback",
            login="css_leader",
        )
        self.assertRecordValues(
            feedback, [{"state": "done", "closed_by_id": self.leader.id}]
        )


@tagged("post_install", "-at_install")
class TestReviewTour(HttpCase, ScorecardCase):
    def test_reviewer_gives_points_and_the_agent_answers(self):
        self.manager.password = "css_manager"
        self.agent.password = "css_agent"
        review = self._review()
        self.start_tour(
            "/odoo/action-crm_css.crm_scorecard_review_action",
            "crm_css_review",
            login="css_manager",
        )
        self.assertEqual(review.result, 55)
        self.start_tour(
            "/odoo/action-crm_css.crm_scorecard_review_action_own",
            "crm_css_review_own",
            login="css_agent",
        )
        self.assertEqual(review.answer, "I did, on the phone")
