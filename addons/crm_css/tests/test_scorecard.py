from datetime import date

from psycopg2.errors import CheckViolation, UniqueViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .common import ServiceCase

CRON = "crm_css.ir_cron_scorecard_sample"
GROUP = "helpdesk_mgmt.group_helpdesk_user"


class ScorecardCase(ServiceCase):
    """Two agents with tickets closed in February; samples are drawn in March."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.done = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        cls.other = new_test_user(cls.env, "css_other", groups=GROUP)
        cls.team.user_ids |= cls.other
        cls.manager = new_test_user(
            cls.env, "css_manager", groups="helpdesk_mgmt.group_helpdesk_manager"
        )
        cls.env["crm.scorecard"].search([]).active = False
        cls.card = cls.env["crm.scorecard"].create(
            {
                "name": "Answers",
                "team_ids": [(6, 0, cls.team.ids)],
                "reviewer_id": cls.manager.id,
                "sample_count": 2,
                "criterion_ids": [
                    (0, 0, {"name": "Friendly", "weight": 1, "points_most": 5}),
                    (0, 0, {"name": "Solved", "weight": 3, "points_most": 5}),
                ],
            }
        )

    @classmethod
    def _closed(cls, user, count=1, day="2026-02-10", **vals):
        with freeze_time(f"{day} 12:00:00"):
            tickets = cls.env["helpdesk.ticket"]
            for _count in range(count):
                tickets |= cls._create_ticket(cls.anna, user_id=user.id, **vals)
            tickets.stage_id = cls.done
        return tickets

    def _run(self, day="2026-03-01"):
        with self.enter_registry_test_mode(), freeze_time(f"{day} 02:00:00"):
            self.env.ref(CRON).method_direct_trigger()
        self.env.invalidate_all()

    def _reviews(self, agent=None):
        mine = [("scorecard_id", "=", self.card.id)]
        if agent:
            mine.append(("agent_id", "=", agent.id))
        return self.env["crm.scorecard.review"].search(mine)

    def _review(self, **vals):
        ticket = self._closed(self.agent)
        vals = {"scorecard_id": self.card.id, "ticket_id": ticket.id} | vals
        return self.env["crm.scorecard.review"].create(vals)


@tagged("post_install", "-at_install")
class TestSampling(ScorecardCase):
    def test_each_agent_has_so_many_samples_of_the_month_that_is_over(self):
        self._closed(self.agent, 6)
        self._closed(self.other, 1)
        self._closed(self.agent, 3, day="2026-03-01")
        self._run()
        self.assertEqual(len(self._reviews(self.agent)), 2)
        self.assertEqual(len(self._reviews(self.other)), 1)
        self.assertEqual(set(self._reviews().mapped("month")), {date(2026, 2, 1)})
        self.assertEqual(self._reviews().reviewer_id, self.manager)
        self.assertEqual(len(self._reviews()[0].line_ids), 2)

    def test_job_that_runs_again_draws_nothing_more(self):
        self._closed(self.agent, 6)
        self._run()
        before = self._reviews()
        self._run()
        self._run("2026-03-20")
        self.assertEqual(self._reviews(), before)

    def test_choice_that_was_cut_off_is_completed_with_the_same_tickets(self):
        self._closed(self.agent, 8)
        self._run()
        chosen = self._reviews().ticket_id
        self._reviews()[0].unlink()
        self._run()
        self.assertEqual(self._reviews().ticket_id, chosen)

    def test_samples_are_of_every_sort(self):
        self._closed(self.agent, 6, severity="0")
        self._closed(self.agent, 6, severity="3")
        self._run()
        self.assertEqual(set(self._reviews().ticket_id.mapped("severity")), {"0", "3"})

    def test_ticket_of_one_card_is_not_drawn_by_another(self):
        self._closed(self.agent, 2)
        twin = self.card.copy({"name": "Twin"})
        self._run()
        drawn = self.env["crm.scorecard.review"].search(
            [("scorecard_id", "in", (self.card | twin).ids)]
        )
        self.assertEqual(len(drawn), 2)

    def test_same_ticket_twice_is_refused(self):
        review = self._review()
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            self._review(ticket_id=review.ticket_id.id)

    def test_other_teams_and_open_tickets_are_not_drawn(self):
        team = self.team.copy({"name": "Other", "alias_name": "other"})
        self._closed(self.agent, 2, team_id=team.id)
        self._create_ticket(self.anna, user_id=self.agent.id)
        self._run()
        self.assertFalse(self._reviews())

    def test_own_work_of_the_reviewer_goes_to_the_service_manager(self):
        self.team.user_ids |= self.manager
        self.env.company.service_manager_id = self.other
        self._closed(self.manager, 1)
        self._run()
        self.assertEqual(self._reviews(self.manager).reviewer_id, self.other)


@tagged("post_install", "-at_install")
class TestReview(ScorecardCase):
    def _score(self, review, *points):
        for line, number in zip(review.line_ids, points, strict=True):
            line.points = number

    def test_result_is_weighted(self):
        review = self._review()
        self._score(review, 5, 0)
        self.assertEqual(review.result, 25)
        self._score(review, 0, 5)
        self.assertEqual(review.result, 75)

    def test_criterion_that_does_not_apply_is_left_out(self):
        review = self._review()
        self._score(review, 4, 0)
        review.line_ids[1].skipped = True
        self.assertEqual(review.result, 80)

    def test_more_points_than_there_are_is_refused(self):
        review = self._review()
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
            review.line_ids[0].points = 6
            self.env.flush_all()

    def test_changed_card_does_not_change_old_results(self):
        review = self._review()
        self._score(review, 5, 0)
        review.action_done()
        self.card.criterion_ids.weight = 50
        self.assertEqual(review.result, 25)

    def test_points_of_a_review_that_is_done_stay(self):
        review = self._review()
        self._score(review, 5, 0)
        review.action_done()
        with self.assertRaises(ValidationError):
            review.line_ids[1].points = 5

    def test_review_without_points_is_not_done(self):
        review = self._review()
        review.line_ids.skipped = True
        with self.assertRaisesRegex(UserError, "no points"):
            review.action_done()

    def test_nobody_reviews_the_own_work(self):
        with self.assertRaises(ValidationError):
            self._review(reviewer_id=self.agent.id)

    def test_agent_sees_the_review_when_it_is_done_and_answers_it(self):
        review = self._review()
        mine = review.with_user(self.agent)
        with self.assertRaises(AccessError):
            mine.read(["result"])
        review.with_user(self.manager).action_done()
        self.env.invalidate_all()
        self.assertTrue(mine.read(["result"]))
        self.assertTrue(mine.line_ids.read(["points"]))
        mine.answer = "The customer was happy"

    def test_agent_writes_nothing_but_the_answer(self):
        review = self._review()
        review.with_user(self.manager).action_done()
        mine = review.with_user(self.agent)
        for vals in ({"comment": "Great"}, {"agent_id": self.other.id}):
            with self.assertRaises(AccessError):
                mine.write(vals)
        with self.assertRaises(AccessError):
            mine.line_ids[0].points = 5
        with self.assertRaises(AccessError):
            mine.action_reopen()
        with self.assertRaises(AccessError):
            mine.unlink()

    def test_colleague_never_sees_it(self):
        review = self._review()
        review.with_user(self.manager).action_done()
        self.env.invalidate_all()
        theirs = review.with_user(self.other)
        self.assertFalse(theirs.search([("id", "=", review.id)]))
        lines = review.line_ids.with_user(self.other)
        for record, name in ((theirs, "result"), (lines, "points")):
            with self.assertRaises(AccessError):
                record.read([name])
        self.assertFalse(lines.search([("id", "in", lines.ids)]))

    def test_manager_does_not_write_the_answer_of_the_agent(self):
        review = self._review()
        with self.assertRaises(AccessError):
            review.with_user(self.manager).answer = "I agree"

    def test_agent_is_told_of_the_review(self):
        review = self._review()
        review.with_user(self.manager).action_done()
        notice = self.env["mail.notification"].search(
            [("res_partner_id", "=", self.agent.partner_id.id)]
        )
        self.assertIn("reviewed", "".join(notice.mail_message_id.mapped("subject")))

    def test_average_over_time_is_of_the_own_reviews(self):
        review = self._review()
        self._score(review, 5, 5)
        review.with_user(self.manager).action_done()
        rows = review.with_user(self.agent)._read_group(
            [], ["month:month"], ["result:avg"]
        )
        self.assertEqual([result for _month, result in rows], [100])
        self.assertEqual(
            review.with_user(self.other)._read_group([], ["month:month"]), []
        )
