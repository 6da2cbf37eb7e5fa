from psycopg2.errors import CheckViolation, UniqueViolation

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .test_satisfaction import SatisfactionCase

ACTIVITY = "crm_css.mail_activity_type_feedback"


class FeedbackCase(SatisfactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket.stage_id = cls.done
        cls.grinder = cls.env["product.product"].create({"name": "Grinder"})
        cls.ticket.product_id = cls.grinder

    def _vote(self, rate, words="", ticket=None):
        ticket = ticket or self.ticket
        vote = ticket._vote(self.anna) or ticket._make_vote(self.anna)
        ticket.rating_apply(rate, rating=vote, feedback=words)
        return vote

    def _feedback(self, vote):
        return self.env["crm.feedback"].search([("rating_id", "=", vote.id)])

    def _tasks(self, feedback):
        return feedback.activity_ids.filtered(
            lambda one: one.activity_type_id == self.env.ref(ACTIVITY)
        )


@tagged("post_install", "-at_install")
class TestRecovery(FeedbackCase):
    @freeze_time("2026-03-02 08:00:00")
    def test_bad_vote_is_a_task_for_the_leader_of_the_team(self):
        feedback = self._feedback(self._vote(1, "Too slow"))
        self.assertRecordValues(
            feedback,
            [
                {
                    "text": "Too slow",
                    "score": 1,
                    "partner_id": self.anna.id,
                    "product_id": self.grinder.id,
                    "user_id": self.leader.id,
                    "state": "new",
                    "is_bad": True,
                }
            ],
        )
        task = self._tasks(feedback)
        self.assertEqual(task.user_id, self.leader)
        self.assertEqual(str(task.date_deadline), "2026-03-04")

    def test_bad_vote_without_words_is_one_too(self):
        self.assertEqual(len(self._tasks(self._feedback(self._vote(1)))), 1)

    def test_good_vote_with_words_is_listed_and_no_task(self):
        feedback = self._feedback(self._vote(5, "Thank you"))
        self.assertEqual(feedback.name, "Thank you")
        self.assertFalse(self._tasks(feedback))

    def test_good_vote_without_words_is_nothing_to_follow(self):
        self.assertFalse(self._feedback(self._vote(5)))

    def test_task_goes_to_the_stand_in_of_a_leader_who_is_away(self):
        stand_in = self.env["crm.stand.in"].create(
            {"user_id": self.leader.id, "stand_in_id": self.agent.id}
        )
        stand_in.action_confirm()
        feedback = self._feedback(self._vote(1))
        self.assertEqual(self._tasks(feedback).user_id, self.agent)

    def test_team_without_a_leader_has_the_service_manager(self):
        self.team.user_id = False
        self.env.company.service_manager_id = self.agent
        self.assertEqual(self._feedback(self._vote(1)).user_id, self.agent)

    def test_leader_who_is_no_agent_any_more_gets_no_task(self):
        self.leader.group_ids = self.env.ref("base.group_user")
        self.env.company.service_manager_id = self.agent
        self.assertEqual(self._feedback(self._vote(1)).user_id, self.agent)

    def test_vote_sent_twice_is_one_task(self):
        vote = self._vote(1, "Slow")
        self._vote(1, "Slow")
        self.assertEqual(len(self._tasks(self._feedback(vote))), 1)

    def test_vote_that_is_changed_to_good_takes_the_task_back(self):
        vote = self._vote(1)
        self._vote(5)
        feedback = self._feedback(vote)
        self.assertEqual((feedback.state, feedback.outcome), ("done", "satisfied"))
        self.assertFalse(self._tasks(feedback))

    def test_vote_that_is_changed_to_bad_opens_one(self):
        vote = self._vote(5, "Fine")
        self._vote(1, "Not fine after all")
        feedback = self._feedback(vote)
        self.assertEqual(feedback.text, "Not fine after all")
        self.assertEqual(len(self._tasks(feedback)), 1)

    def test_recovery_is_closed_with_action_and_outcome(self):
        feedback = self._feedback(self._vote(1)).with_user(self.leader)
        with self.assertRaisesRegex(UserError, "Action Taken"):
            feedback.action_done()
        feedback.action_taken = "Called, new grinder sent"
        with self.assertRaisesRegex(UserError, "Outcome"):
            feedback.action_done()
        feedback.outcome = "satisfied"
        feedback.action_done()
        self.assertEqual(feedback.state, "done")
        self.assertEqual(feedback.closed_by_id, self.leader)
        self.assertFalse(self._tasks(feedback))

    def test_task_that_is_ticked_off_needs_words_and_closes_the_recovery(self):
        feedback = self._feedback(self._vote(1))
        task = self._tasks(feedback).with_user(self.leader)
        with self.assertRaisesRegex(UserError, "win the customer back"):
            task.action_feedback()
        task.action_feedback(feedback="Called her")
        self.assertEqual(
            (feedback.state, feedback.action_taken), ("done", "Called her")
        )

    def test_bad_votes_are_found_by_whether_they_are_recovered(self):
        votes = self.env["rating.rating"].with_user(self.leader)
        vote = self._vote(1)
        mine = [("id", "=", vote.id)]
        is_open, is_done = ([("recovery", "=", key)] for key in ("open", "done"))
        self.assertTrue(votes.search(mine + is_open))
        self.assertFalse(votes.search(mine + is_done))
        feedback = self._feedback(vote)
        feedback.write({"action_taken": "Called", "outcome": "unreached"})
        feedback.action_done()
        self.assertFalse(votes.search(mine + is_open))
        self.assertTrue(votes.search(mine + is_done))
        self.assertEqual(vote.recovery, "done")

    def test_card_warns_of_a_bad_vote_that_nobody_followed_up(self):
        self._vote(1)
        parts = self.nordlicht.with_user(self.agent).crm_card()["parts"]
        part = next(part for part in parts if part["key"] == "bad_feedback")
        self.assertEqual((part["value"], part["warn"]), ("1", True))


@tagged("post_install", "-at_install")
class TestFeedback(FeedbackCase):
    def test_past_votes_are_taken_in_once_and_are_no_tasks(self):
        vote = self._vote(1, "Long ago")
        self._feedback(vote).unlink()
        for _run in range(2):
            self._run_job(job="crm_css.ir_cron_feedback")
        feedback = self._feedback(vote)
        self.assertEqual(len(feedback), 1)
        self.assertFalse(self._tasks(feedback))

    def test_vote_cannot_become_feedback_twice(self):
        vote = self._vote(1)
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            self.env["crm.feedback"]._collect(vote)

    def test_review_is_noted_by_hand(self):
        with Form(self.env["crm.feedback"].with_user(self.agent)) as form:
            form.source = "review"
            form.name = "Two stars: hard to clean"
            form.score = 2
            form.product_id = self.grinder
        feedback = form.record
        self.assertEqual((feedback.user_id, feedback.is_bad), (self.agent, True))

    def test_average_per_product_leaves_out_what_has_no_score(self):
        feedback = self.env["crm.feedback"]
        for score in (5, 2, 0):
            feedback.create(
                {"name": "x", "score": score, "product_id": self.grinder.id}
            )
        rows = feedback._read_group(
            [("product_id", "=", self.grinder.id)], ["product_id"], ["score:avg"]
        )
        self.assertEqual(rows, [(self.grinder, 3.5)])

    def test_score_above_five_is_refused(self):
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
            self.env["crm.feedback"].create({"name": "x", "score": 6})

    def test_state_is_not_typed(self):
        feedback = self.env["crm.feedback"].create({"name": "x"})
        for vals in ({"state": "done"}, {"rating_id": 1}):
            with self.assertRaises(UserError):
                feedback.with_user(self.agent).write(vals)

    def test_feedback_that_is_done_is_not_started(self):
        feedback = self.env["crm.feedback"].create({"name": "x", "action_taken": "y"})
        feedback.action_done()
        with self.assertRaises(UserError):
            feedback.action_start()
        feedback.action_reopen()
        self.assertEqual(feedback.state, "work")

    def test_agent_with_own_tickets_sees_feedback_of_those_only(self):
        limited = new_test_user(
            self.env, "css_limited", groups="helpdesk_mgmt.group_helpdesk_user_own"
        )
        feedback = self._feedback(self._vote(1))
        mine = feedback.with_user(limited)
        self.assertFalse(mine.search([("id", "=", mine.id)]))
        with self.assertRaises(AccessError):
            mine.read(["text"])
        self.ticket.user_id = limited
        self.env.invalidate_all()
        self.assertTrue(mine.search([("id", "=", mine.id)]))
        mine.action_taken = "Called"

    def test_who_is_responsible_sees_it_whoever_has_the_ticket(self):
        limited = new_test_user(
            self.env, "css_limited", groups="helpdesk_mgmt.group_helpdesk_user_own"
        )
        feedback = self._feedback(self._vote(1))
        feedback.user_id = limited
        self.env.invalidate_all()
        feedback.with_user(limited).action_start()

    def test_employee_portal_and_visitor_see_none(self):
        feedback = self._feedback(self._vote(1))
        for login, group in (("a", "user"), ("b", "portal"), ("c", "public")):
            user = new_test_user(self.env, f"css_{login}", groups=f"base.group_{group}")
            with self.assertRaises(AccessError):
                feedback.with_user(user).read(["text"])
            with self.assertRaises(AccessError):
                feedback.with_user(user).search([])
            with self.assertRaises(AccessError):
                feedback.with_user(user).create({"name": "x"})

    def test_other_company_sees_none(self):
        company = self.env["res.company"].create({"name": "Other"})
        user = new_test_user(
            self.env, "css_far", groups="helpdesk_mgmt.group_helpdesk_manager",
            company_id=company.id, company_ids=[(6, 0, company.ids)],
        )  # fmt: skip
        feedback = self.env["crm.feedback"].create({"name": "x"})
        self.assertFalse(feedback.with_user(user).search([("id", "=", feedback.id)]))
        with self.assertRaises(AccessError):
            feedback.with_user(user).read(["name"])

    def test_agent_deletes_none(self):
        feedback = self.env["crm.feedback"].create({"name": "x"})
        with self.assertRaises(AccessError):
            feedback.with_user(self.agent).unlink()
        feedback.with_user(self.leader).unlink()
