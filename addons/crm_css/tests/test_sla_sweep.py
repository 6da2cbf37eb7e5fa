from datetime import date

from odoo.tests import freeze_time, new_test_user, tagged

from .sla_common import ALWAYS, SlaCase, utc

# Four hours from Monday, 10 o'clock in Berlin: half is used at 12, 80 % at 14:12.
MONDAY_10 = "2026-03-02 09:00:00"
HALF, MOST, OVER = (
    "2026-03-02 11:01:00",
    "2026-03-02 13:13:00",
    "2026-03-02 14:01:00",
)


@tagged("post_install", "-at_install")
class TestSlaSweep(SlaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        group = "helpdesk_mgmt.group_helpdesk_user"
        cls.leader = new_test_user(
            cls.env, "css_leader", groups=group, tz="Europe/Berlin", name="Leader"
        )
        cls.deputy = new_test_user(
            cls.env, "css_deputy", groups=group, tz="Europe/Berlin", name="Deputy"
        )
        cls.agent.write({"tz": "Europe/Berlin", "name": "Agent"})
        cls.team.user_id = cls.leader
        cls.env.company.resource_calendar_id = cls.office
        cls.gold = cls._policy()
        cls.ticket = cls._ticket_at(MONDAY_10, user_id=cls.agent.id)

    def _steps(self, ticket=None):
        notices = self._clock(ticket or self.ticket).notice_ids
        valid = notices.filtered(lambda notice: not notice.withdrawn)
        return sorted(valid.mapped("step"))

    def _activities(self, user=None):
        activities = self.ticket.activity_ids
        return activities.filtered(lambda one: not user or one.user_id == user)

    def _log(self):
        notes = self.ticket.message_ids.filtered(
            lambda message: message.message_type == "notification"
        )
        return " ".join(notes.mapped("body"))

    def test_before_the_time_nothing_is_said(self):
        self._sweep("2026-03-02 10:59:00")
        self.assertEqual(self._steps(), [])
        self.assertFalse(self._activities())

    def test_each_fraction_is_warned_of_once(self):
        for moment in (HALF, HALF, "2026-03-02 12:30:00"):
            self._sweep(moment)
            self.assertEqual(self._steps(), ["first"])
        self.assertEqual(len(self._activities(self.agent)), 1)
        self._sweep(MOST)
        self._sweep(MOST)
        self.assertEqual(self._steps(), ["first", "second"])
        self.assertEqual(len(self._activities(self.agent)), 1, "the latest is enough")

    def test_warning_is_no_mail_and_a_breach_is_one(self):
        self._sweep(HALF)
        mails = self.env["mail.mail"].search([("model", "=", "helpdesk.ticket")])
        self.assertFalse(mails.filtered(lambda mail: mail.res_id == self.ticket.id))
        self._sweep(OVER)
        message = self.env["mail.message"].search(
            [
                ("model", "=", "helpdesk.ticket"),
                ("res_id", "=", self.ticket.id),
                ("notified_partner_ids", "in", self.leader.partner_id.ids),
            ]
        )
        self.assertEqual(len(message), 1)

    def test_breach_is_marked_and_escalated_to_the_leader_with_the_reason(self):
        self._sweep(OVER)
        self.assertEqual(self._clock(self.ticket).state, "breached")
        self.assertEqual(self._activities(self.leader).summary[:8], "Breached")
        self.assertIn("Gold", self._log())
        self.assertIn("Told Leader", self._log())

    def test_deadline_itself_is_no_breach(self):
        self._sweep("2026-03-02 14:00:00")
        self.assertEqual(self._clock(self.ticket).state, "running")

    def test_job_that_is_three_days_late_loses_nothing(self):
        self._sweep("2026-03-05 14:00:00")
        self.assertEqual(self._steps(), ["breach", "first", "second"])
        self.assertEqual(len(self._activities()), 1)

    def test_second_worker_finds_nothing_left(self):
        with freeze_time(OVER):
            self.clocks._mark_breaches()
            self.assertEqual(len(self.clocks._claim_notices(10)), 3)
            self.assertEqual(self.clocks._claim_notices(10), [])

    def test_machine_clock_that_jumps_back_and_forth_repeats_nothing(self):
        for moment in (OVER, HALF, MONDAY_10, OVER):
            self._sweep(moment)
        self.assertEqual(self._steps(), ["breach", "first", "second"])
        self.assertEqual(len(self._activities()), 1)

    def test_night_when_the_clocks_go_back_warns_once(self):
        always = self._calendar("Always", ALWAYS)
        self.gold.calendar_id = always
        ticket = self._ticket_at("2026-10-24 23:00:00")
        for hour in ("00:30", "01:00", "01:30", "02:00"):
            self._sweep(f"2026-10-25 {hour}:00")
        self.assertEqual(self._steps(ticket), ["first"])

    def test_paused_clock_warns_only_when_it_is_our_turn(self):
        self._move(self.ticket, "awaiting", "2026-03-02 10:30:00")
        self._sweep(OVER)
        self.assertEqual(self._steps(), [])

    def test_breach_found_while_the_customer_acts_again_is_told_too(self):
        self._move(self.ticket, "awaiting", "2026-03-03 10:00:00")
        self._sweep("2026-03-03 10:05:00")
        self.assertIn("breach", self._steps())

    def test_answer_takes_back_what_was_planned(self):
        self._sweep(OVER)
        self._answer(self.ticket, "2026-03-02 14:10:00")
        self.assertFalse(self._activities())

    def test_answered_ticket_is_not_escalated_any_more(self):
        self._answer(self.ticket, "2026-03-02 10:00:00")
        self._sweep(OVER)
        self.assertEqual(self._steps(), [])

    def test_warning_that_a_holiday_moves_ahead_is_given_again(self):
        self._sweep(HALF)
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Forgotten",
                "calendar_id": self.office.id,
                "date_from": utc("2026-03-01 23:00"),
                "date_to": utc("2026-03-02 22:59"),
            }
        )
        self._sweep(OVER)
        self.assertEqual(self._steps(), [])
        self._sweep("2026-03-03 09:01:00")
        self.assertEqual(self._steps(), ["first"])

    def test_policy_without_warnings_gives_none(self):
        self.gold.write({"warn_first": 0, "warn_second": 0})
        ticket = self._ticket_at(MONDAY_10)
        self._sweep(OVER)
        self.assertEqual(self._steps(ticket), ["breach"])

    def _leave(self, user):
        resource = self.env["resource.resource"].create(
            {"name": user.name, "user_id": user.id, "calendar_id": self.office.id}
        )
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Leave",
                "resource_id": resource.id,
                "calendar_id": self.office.id,
                "date_from": utc("2026-03-01 00:00"),
                "date_to": utc("2026-03-09 00:00"),
            }
        )

    def _stand_in(self, absent, acting, **vals):
        with freeze_time("2026-03-01 12:00:00"):
            stand_in = self.env["crm.stand.in"].create(
                {
                    "user_id": absent.id,
                    "stand_in_id": acting.id,
                    "date_from": date(2026, 3, 2),
                    "date_to": date(2026, 3, 6),
                }
                | vals
            )
            stand_in.action_confirm()

    def test_stand_in_is_told_for_whom_is_away(self):
        self._stand_in(self.leader, self.deputy)
        self._sweep(OVER)
        self.assertTrue(self._activities(self.deputy))
        self.assertIn("Deputy stands in for Leader", self._log())

    def test_stand_in_for_other_customers_is_not_told(self):
        customers = [(6, 0, self.talisman.ids)]
        self._stand_in(self.leader, self.deputy, scope="chosen", partner_ids=customers)
        self._sweep(OVER)
        self.assertTrue(self._activities(self.leader))

    def test_who_is_on_leave_is_left_out(self):
        self._leave(self.leader)
        self._sweep(OVER)
        self.assertTrue(self._activities(self.agent), "the team is next")
        self.assertIn("Leader is not at work now", self._log())

    def test_stand_in_who_is_on_leave_too_is_left_out(self):
        self._stand_in(self.leader, self.deputy)
        self._leave(self.deputy)
        self._sweep(OVER)
        self.assertFalse(self._activities(self.deputy))

    def test_breach_at_night_goes_to_somebody_who_works_at_night(self):
        self.gold.calendar_id = self._calendar("Always", ALWAYS)
        ticket = self._ticket_at("2026-03-02 20:00:00", user_id=self.agent.id)
        night = self._calendar("Night", ALWAYS)
        self.env["resource.resource"].create(
            {"name": "Agent", "user_id": self.agent.id, "calendar_id": night.id}
        )
        self._sweep("2026-03-03 00:30:00")
        self.assertEqual(ticket.activity_ids.user_id, self.agent)

    def test_breach_when_nobody_works_is_told_to_who_answers_for_it(self):
        self.gold.calendar_id = self._calendar("Always", ALWAYS)
        ticket = self._ticket_at("2026-03-02 20:00:00", user_id=self.agent.id)
        self.env["res.users"].search([]).company_id.resource_calendar_id = self.office
        self._sweep("2026-03-03 00:30:00")
        self.assertEqual(ticket.activity_ids.user_id, self.leader)

    def test_escalation_to_a_user_and_to_a_role(self):
        self.gold.write({"escalate_to": "user", "escalate_user_id": self.deputy.id})
        self._sweep(OVER)
        self.assertTrue(self._activities(self.deputy))
        role = self.env["res.groups"].create(
            {"name": "Duty", "user_ids": [(6, 0, self.leader.ids)]}
        )
        self.gold.write({"escalate_to": "group", "escalate_group_id": role.id})
        ticket = self._ticket_at(MONDAY_10, user_id=self.agent.id)
        self._sweep("2026-03-02 14:06:00")
        self.assertEqual(ticket.activity_ids.user_id, self.leader)

    def test_archived_user_is_told_nothing(self):
        self.leader.active = False
        self._sweep(OVER)
        self.assertFalse(self._activities(self.leader))
        self.assertTrue(self._activities())

    def test_change_of_a_stage_stops_the_clocks_of_its_tickets(self):
        self.stages["new"].party = "supplier"
        self._sweep("2026-03-02 10:00:00")
        clock = self._clock(self.ticket)
        self.assertRecordValues(clock, [{"state": "paused", "used_hours": 1}])

    def test_other_hours_of_the_team_count_from_the_change_on(self):
        with freeze_time("2026-03-02 10:00:00"):
            self.team.resource_calendar_id = self._calendar("Late", [("0", 14, 22)])
        self._sweep("2026-03-02 10:00:00")
        # One hour was used; 14 to 17 o'clock in Berlin.
        self.assertEqual(self._due(self.ticket), "Mon 02 16:00")

    def test_queries_do_not_grow_with_what_is_open(self):
        def count_queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            with freeze_time("2026-03-02 10:00:00"):
                list(self.clocks._catch_up())
                self.clocks._mark_breaches()
                self.clocks._claim_notices(100)
            return self.env.cr.sql_log_count - before

        count_queries()
        few = count_queries()
        for _number in range(20):
            self._ticket_at("2026-03-02 09:59:00")
        self.assertEqual(count_queries(), few)

    def test_ticket_shows_the_state_of_its_worst_clock(self):
        for moment, state in (
            (MONDAY_10, "running"),
            (HALF, "warning"),
            (OVER, "breached"),
        ):
            with self.subTest(state=state), freeze_time(moment):
                self.env.invalidate_all()
                self.assertEqual(self.ticket.sla_state, state)
                found = self.ticket.search([("sla_state", "=", state)])
                self.assertIn(self.ticket, found)
                self.assertNotIn(
                    self.ticket, self.ticket.search([("sla_state", "=", False)])
                )
        self._move(self.ticket, "awaiting", "2026-03-02 10:00:00")
        self.assertEqual(self.ticket.sla_state, "paused")
        self.assertIn(self.ticket, self.ticket.search([("sla_state", "=", "paused")]))
        self._move(self.ticket, "done", "2026-03-02 10:00:00")
        self.assertFalse(self.ticket.sla_state)
        self.assertIn(self.ticket, self.ticket.search([("sla_state", "=", False)]))
