from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .common import ServiceCase

CRON = "crm_css.ir_cron_satisfaction"
CLOSED, ASKED = "2026-03-02 08:00:00", "2026-03-02 12:30:00"


class SatisfactionCase(ServiceCase):
    """The team asks, four hours after a ticket is closed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.done = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        cls.rejected = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_rejected")
        cls.work = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_in_progress")
        cls.leader = new_test_user(
            cls.env, "css_leader", groups="helpdesk_mgmt.group_helpdesk_manager"
        )
        cls.team.write({"satisfaction_ask": True, "user_id": cls.leader.id})
        cls.ticket = cls._create_ticket(cls.anna, user_id=cls.agent.id)

    def _run_job(self, at=ASKED, job=CRON):
        with self.enter_registry_test_mode(), freeze_time(at):
            self.env.ref(job).method_direct_trigger()
        self.env.invalidate_all()

    def _close(self, ticket=None, at=CLOSED):
        with freeze_time(at):
            (ticket or self.ticket).stage_id = self.done

    def _votes(self, ticket=None):
        ticket = ticket or self.ticket
        return self.env["rating.rating"].search([("ticket_id", "=", ticket.id)])

    def _mails(self, ticket=None):
        ticket = ticket or self.ticket
        domain = [("model", "=", "helpdesk.ticket"), ("res_id", "=", ticket.id)]
        mails = self.env["mail.mail"].search(domain)
        return mails.filtered(lambda mail: "How did we do" in mail.subject)

    def assertSkipped(self, reason, ticket=None):
        ticket = ticket or self.ticket
        self.assertFalse(self._mails(ticket))
        self.assertEqual(ticket.satisfaction_skip, reason)
        self.assertFalse(ticket.satisfaction_due)


@tagged("post_install", "-at_install")
class TestAsking(SatisfactionCase):
    def test_customer_is_asked_by_mail_some_hours_after_closing(self):
        self._close()
        self._run_job("2026-03-02 11:59:00")
        self.assertFalse(self._mails())
        self._run_job("2026-03-02 12:01:00")
        mail = self._mails()
        self.assertEqual(mail.recipient_ids, self.anna)
        token = self._votes().access_token
        self.assertIn(f"/rate/{token}/5", mail.body_html)
        self.assertFalse(self.ticket.satisfaction_due)

    def test_job_that_runs_again_asks_nobody_twice(self):
        self._close()
        self._run_job()
        self._run_job()
        self.assertEqual(len(self._mails()), 1)

    def test_link_does_not_stand_in_the_history_that_colleagues_read(self):
        self._close()
        self._run_job()
        token = self._votes().access_token
        shown = self.ticket.message_ids.filtered(
            lambda message: message.message_type != "user_notification"
        )
        self.assertNotIn(token, "".join(shown.mapped("body")))

    def test_team_that_does_not_ask_leaves_customers_alone(self):
        self.team.satisfaction_ask = False
        self._close()
        self.assertFalse(self.ticket.satisfaction_due)

    def test_ticket_that_is_imported_as_closed_is_not_asked_for(self):
        ticket = self._create_ticket(self.anna, stage_id=self.done.id)
        self.assertFalse(ticket.satisfaction_due)

    def test_ticket_reopened_in_the_meantime_is_not_asked_for(self):
        self._close()
        with freeze_time("2026-03-02 09:00:00"):
            self.ticket.stage_id = self.work
        self._run_job()
        self.assertFalse(self._mails())

    def test_same_person_is_asked_once_in_thirty_days(self):
        other = self._create_ticket(self.anna)
        later = self._create_ticket(self.anna)
        self._close()
        self._close(other)
        self._run_job()
        self.assertEqual(
            sorted([bool(self._mails()), bool(self._mails(other))]), [False, True]
        )
        skipped = self.ticket if not self._mails() else other
        self.assertSkipped("recent", skipped)
        self._close(later, "2026-04-10 08:00:00")
        self._run_job("2026-04-10 12:30:00")
        self.assertTrue(self._mails(later))

    def test_colleague_of_that_person_is_asked_all_the_same(self):
        berta = self.anna.copy({"name": "Berta", "email": "b@nordlicht.example.com"})
        other = self._create_ticket(berta)
        self._close()
        self._close(other)
        self._run_job()
        self.assertTrue(self._mails() and self._mails(other))

    def test_customer_with_an_open_complaint_is_not_asked(self):
        self.env["crm.complaint"].create(
            {"name": "Broken", "partner_id": self.nordlicht.id}
        )
        self._close()
        self._run_job()
        self.assertSkipped("complaint")

    def test_spam_stage_is_not_asked_for(self):
        with freeze_time(CLOSED):
            self.ticket.stage_id = self.rejected
        self._run_job()
        self.assertSkipped("stage")

    def test_machine_is_not_asked(self):
        self.anna.email = "no-reply@nordlicht.example.com"
        self._close()
        self._run_job()
        self.assertSkipped("machine")

    def test_colleague_is_not_asked(self):
        self.ticket.partner_id = self.agent.partner_id
        self.agent.partner_id.email = "agent@suite.example.com"
        self._close()
        self._run_job()
        self.assertSkipped("colleague")

    def test_customer_without_a_mail_address_is_not_asked(self):
        self.anna.email = "not an address"
        self._close()
        self._run_job()
        self.assertSkipped("no_mail")

    def test_blacklisted_address_is_not_asked(self):
        self.env["mail.blacklist"]._add(self.anna.email)
        self._close()
        self._run_job()
        self.assertSkipped("refused")

    def test_who_wants_no_contact_at_all_is_not_asked(self):
        self.anna.do_not_contact = True
        self._close()
        self._run_job()
        self.assertSkipped("refused")

    def test_no_marketing_does_not_stop_a_mail_of_the_service(self):
        self.anna.no_email_marketing = True
        self._close()
        self._run_job()
        self.assertTrue(self._mails())

    def test_ticket_marked_as_not_rated_is_not_asked_for(self):
        self.ticket.rating_status = "no_rate"
        self._close()
        self._run_job()
        self.assertSkipped("unwanted")

    def test_job_that_is_weeks_late_asks_nobody_out_of_the_blue(self):
        self._close()
        self._run_job("2026-04-02 12:00:00")
        self.assertSkipped("late")

    def test_ticket_that_fails_does_not_hold_up_the_others(self):
        other = self._create_ticket(self.lucia)
        self._close()
        self._close(other)
        model = self.env.registry["helpdesk.ticket"]
        mail, broken = model._mail_satisfaction, self.ticket.id

        def fail_for_one(ticket):
            mail(ticket)
            if ticket.id == broken:
                raise ValueError("no template")

        logger = "odoo.addons.crm_css.models.helpdesk_ticket_satisfaction"
        failing = patch.object(model, "_mail_satisfaction", fail_for_one)
        with failing, mute_logger(logger):
            self._run_job()
        self.assertTrue(self._mails(other))
        self.assertFalse(self._votes())
        self.assertTrue(self.ticket.satisfaction_due)

    def test_stage_with_a_mail_of_its_own_does_not_ask_as_well(self):
        self.done.rating_mail_template_id = self.env.ref(
            "helpdesk_mgmt_rating.rating_ticket_email_template"
        )
        self._close()
        self.assertFalse(self._votes())


@tagged("post_install", "-at_install")
class TestVote(SatisfactionCase):
    def setUp(self):
        super().setUp()
        self._close()
        self._run_job()
        self.vote = self._votes()

    def _cast(self, rate, at="2026-03-03 08:00:00", words=""):
        with freeze_time(at):
            self.ticket.rating_apply(rate, rating=self.vote, feedback=words)

    def test_vote_may_be_changed_for_a_day(self):
        self._cast(1)
        with freeze_time("2026-03-04 07:59:00"):
            self.assertTrue(self.vote._may_be_cast())
        with freeze_time("2026-03-04 08:01:00"):
            self.assertFalse(self.vote._may_be_cast())

    def test_change_does_not_make_the_time_longer(self):
        self._cast(1)
        self._cast(5, "2026-03-04 07:00:00")
        self.assertEqual(str(self.vote.valid_until), "2026-03-04 08:00:00")

    def test_link_expires(self):
        with freeze_time("2026-03-16 12:00:00"):
            self.assertTrue(self.vote._may_be_cast())
        with freeze_time("2026-03-17 12:00:00"):
            self.assertFalse(self.vote._may_be_cast())

    def test_reopening_revokes_the_link_for_good(self):
        with freeze_time("2026-03-03 08:00:00"):
            self.ticket.stage_id = self.work
            self.assertFalse(self.vote._may_be_cast())
            self.ticket.stage_id = self.done
            self.assertFalse(self.vote._may_be_cast())

    def test_each_closing_has_a_vote_of_its_own(self):
        self.env.company.satisfaction_pause_days = 0
        self._cast(1)
        with freeze_time("2026-03-03 09:00:00"):
            self.ticket.stage_id = self.work
        self._close(at="2026-03-04 08:00:00")
        self._run_job("2026-03-04 13:00:00")
        votes = self._votes()
        self.assertEqual(sorted(votes.mapped("closing")), [0, 1])
        self.assertEqual(len(set(votes.mapped("access_token"))), 2)

    def test_agent_may_not_write_a_vote(self):
        for vals in ({"rating": 5}, {"feedback": "Great"}, {"consumed": True}):
            with self.assertRaises(AccessError):
                self.vote.with_user(self.agent).write(vals)

    def test_agent_may_not_make_up_a_vote(self):
        with self.assertRaises(AccessError):
            self.env["rating.rating"].with_user(self.agent).create(
                {
                    "res_model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
                    "res_id": self.ticket.id,
                    "rating": 5,
                    "consumed": True,
                }
            )

    def test_agent_may_not_read_the_token(self):
        vote = self.vote.with_user(self.agent)
        self.assertEqual(vote.partner_id, self.anna)
        with self.assertRaises(AccessError):
            vote.read(["access_token"])
        with self.assertRaises(AccessError):
            vote.search([("access_token", "=", "x")])

    def test_vote_is_seen_by_who_may_see_its_ticket_only(self):
        limited = new_test_user(
            self.env, "css_limited", groups="helpdesk_mgmt.group_helpdesk_user_own"
        )
        employee = new_test_user(self.env, "css_outside", groups="base.group_user")
        for user in (limited, employee):
            vote = self.vote.with_user(user)
            self.assertFalse(vote.search([("id", "=", vote.id)]))
            with self.assertRaises(AccessError):
                vote.read(["rating"])
        self.ticket.user_id = limited
        self.env.invalidate_all()
        self.assertTrue(self.vote.with_user(limited).read(["rating"]))

    def test_rating_of_another_document_is_read_and_written_as_before(self):
        employee = new_test_user(self.env, "css_outside", groups="base.group_user")
        other = self.env["rating.rating"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("res.partner"),
                "res_id": self.anna.id,
                "rating": 5,
            }
        )
        other.with_user(employee).feedback = "Nice"
        self.assertEqual(other.feedback, "Nice")

    def test_waiting_of_the_customer_is_not_touched_by_a_vote(self):
        self._cast(1, words="Slow")
        self.assertTrue(self.ticket.closed)
        self.assertFalse(self.ticket.asked_date)

    def test_forgotten_person_leaves_the_vote_and_no_words(self):
        self._cast(1, words="I am Anna Berg")
        self.anna._forget("letter")
        self.env.invalidate_all()
        self.assertEqual(self.vote.rating, 1)
        self.assertFalse(self.vote.feedback)
        feedback = self.env["crm.feedback"].search([("rating_id", "=", self.vote.id)])
        self.assertNotIn("Anna", f"{feedback.text}{feedback.name}")

    def test_constraint_of_the_delay(self):
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
            self.team.satisfaction_delay = -1
            self.env.flush_all()

    def test_recent_hour_is_counted_from_now(self):
        due = fields.Datetime.now() + timedelta(hours=self.team.satisfaction_delay)
        ticket = self._create_ticket(self.lucia)
        ticket.stage_id = self.done
        self.assertLess(abs(ticket.satisfaction_due - due), timedelta(minutes=1))
