import doctest

from odoo.tests import freeze_time, tagged

from ..tools import sla as tools
from .sla_common import ALWAYS, SlaCase, utc

# Berlin is one hour before UTC in winter and two in summer. Monday, 2 March 2026.
MONDAY_10 = "2026-03-02 09:00:00"
MONDAY_11 = "2026-03-02 10:00:00"


@tagged("post_install", "-at_install")
class TestSlaDeadline(SlaCase):
    """Deadlines, each worked out by hand."""

    def test_examples_in_docstrings_hold(self):
        result = doctest.testmod(tools)
        self.assertGreater(result.attempted, 30)
        self.assertFalse(result.failed)

    def _due_of(self, moment, hours=4, ticket_vals=None, **vals):
        self._policy(first_answer_hours=hours, **vals)
        return self._due(self._ticket_at(moment, **(ticket_vals or {})))

    def test_lunch_break_does_not_count(self):
        # 10 to 12, 13 to 15 o'clock in Berlin.
        self.assertEqual(self._due_of(MONDAY_10), "Mon 02 14:00")

    def test_what_ends_with_the_day_is_due_on_its_evening(self):
        # 10 to 12 and 13 to 17 are 6 hours.
        self.assertEqual(self._due_of(MONDAY_10, 6), "Mon 02 16:00")

    def test_ticket_of_friday_night_counts_from_monday_morning(self):
        self.assertEqual(self._due_of("2026-03-06 19:00:00"), "Mon 09 11:00")

    def test_ticket_of_the_lunch_break_counts_from_its_end(self):
        # 12:30 in Berlin; 13 to 17 o'clock.
        self.assertEqual(self._due_of("2026-03-02 11:30:00"), "Mon 02 16:00")

    def test_weekend_when_summer_time_begins(self):
        # Friday, 27 March, 16 to 17 o'clock, and Monday 8 to 11 in summer time.
        self.assertEqual(self._due_of("2026-03-27 15:00:00"), "Mon 30 09:00")

    def test_weekend_when_summer_time_ends(self):
        # Friday, 23 October, 16 to 17 o'clock, and Monday 8 to 11 in winter time.
        self.assertEqual(self._due_of("2026-10-23 14:00:00"), "Mon 26 10:00")

    def _night_shift(self):
        return self._calendar("Night", [("5", 22, 24), ("6", 0, 6)])

    def test_night_shift_when_the_clocks_go_forward(self):
        # Saturday 22 to 24 and Sunday 0 to 2, then it is 3; until 5 o'clock.
        calendar = self._night_shift()
        due = self._due_of("2026-03-28 21:00:00", 6, calendar_id=calendar.id)
        self.assertEqual(due, "Sun 29 03:00")

    def test_night_shift_of_seven_hours_has_no_eighth(self):
        # 22 to 6 o'clock are 7 hours in that night. The 8th is a week later.
        calendar = self._night_shift()
        due = self._due_of("2026-03-28 21:00:00", 8, calendar_id=calendar.id)
        self.assertEqual(due, "Sat 04 21:00")

    def test_night_shift_when_the_clocks_go_back(self):
        # Saturday 22 to 24, and six hours of Sunday until 5: from 2 to 3 twice.
        calendar = self._night_shift()
        due = self._due_of("2026-10-24 20:00:00", 8, calendar_id=calendar.id)
        self.assertEqual(due, "Sun 25 04:00")

    def test_around_the_clock_an_hour_is_an_hour_on_any_day(self):
        calendar = self._calendar("Always", ALWAYS)
        due = self._due_of("2026-03-28 23:30:15", 72, calendar_id=calendar.id)
        self.assertEqual(due, "Tue 31 23:30")
        deadline = self.clocks.search([], order="id desc", limit=1).deadline
        self.assertEqual(deadline.second, 15)

    def test_last_time_zone_before_the_date_line(self):
        # Monday, 8 o'clock on Kiritimati is Sunday, 18 o'clock in UTC.
        self.office.tz = "Pacific/Kiritimati"
        self.assertEqual(self._due_of("2026-03-01 17:00:00"), "Sun 01 22:00")

    def test_time_zone_of_the_policy_goes_before_that_of_the_hours(self):
        # 8 to 12 o'clock in Moscow is 5 to 9 in UTC.
        due = self._due_of("2026-03-02 05:00:00", tz="Europe/Moscow")
        self.assertEqual(due, "Mon 02 09:00")

    def test_hours_of_the_policy_go_before_those_of_the_team(self):
        late = self._calendar("Late", [("0", 14, 22)])
        # 14 to 18 o'clock in Berlin.
        due = self._due_of(MONDAY_10, calendar_id=late.id)
        self.assertEqual(due, "Mon 02 17:00")

    def test_hours_of_the_contract_go_before_all_others(self):
        late = self._calendar("Late", [("0", 14, 22)])
        always = self._calendar("Always", ALWAYS)
        contract = self.env["contract.contract"].create(
            {
                "name": "Service",
                "partner_id": self.nordlicht.id,
                "sla_calendar_id": always.id,
            }
        )
        due = self._due_of(
            MONDAY_10, ticket_vals={"contract_id": contract.id}, calendar_id=late.id
        )
        self.assertEqual(due, "Mon 02 13:00")

    def test_hours_of_the_company_hold_where_the_team_has_none(self):
        self.team.resource_calendar_id = False
        self.env.company.resource_calendar_id = self._calendar("Late", [("0", 14, 22)])
        self.assertEqual(self._due_of(MONDAY_10), "Mon 02 17:00")

    def test_without_any_hours_it_counts_around_the_clock(self):
        self.team.resource_calendar_id = False
        self.env.company.resource_calendar_id = False
        self.assertEqual(self._due_of(MONDAY_10), "Mon 02 13:00")

    def test_holiday_of_another_company_does_not_count(self):
        other = self.env["res.company"].create({"name": "Other"})
        leave = {"name": "Theirs", "date_from": utc("2026-03-01 00:00"),
                 "date_to": utc("2026-03-09 00:00")}  # fmt: skip
        self.env["resource.calendar.leaves"].with_company(other).create(leave)
        self.assertEqual(self._due_of(MONDAY_10), "Mon 02 14:00")

    def test_leave_of_a_colleague_is_no_holiday(self):
        resource = self.env["resource.resource"].create(
            {"name": "Colleague", "calendar_id": self.office.id}
        )
        self.office.sla_is_stale = False
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Skiing",
                "resource_id": resource.id,
                "calendar_id": self.office.id,
                "date_from": utc("2026-03-01 00:00"),
                "date_to": utc("2026-03-09 00:00"),
            }
        )
        self.assertFalse(self.office.sla_is_stale)
        self.assertEqual(self._due_of(MONDAY_10), "Mon 02 14:00")


@tagged("post_install", "-at_install")
class TestSlaClock(SlaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gold = cls._policy(next_answer_hours=2, resolution_hours=4)
        cls.ticket = cls._ticket_at(MONDAY_10)

    def test_ticket_starts_what_is_promised(self):
        kinds = self.ticket.sla_clock_ids.mapped("kind")
        self.assertEqual(set(kinds), {"first_answer", "resolution"})
        self.assertEqual(self.ticket.sla_clock_ids.policy_id, self.gold)
        self.assertEqual(self.ticket.sla_due_date, utc("2026-03-02 14:00"))

    def test_ticket_made_in_a_closed_stage_starts_nothing(self):
        done = self._ticket_at(MONDAY_10, stage_id=self.stages["done"].id)
        self.assertFalse(done.sla_clock_ids)

    def test_answer_in_time_meets_the_promise(self):
        self._answer(self.ticket, "2026-03-02 14:00:00")
        clock = self._clock(self.ticket)
        self.assertRecordValues(clock, [{"state": "met", "used_hours": 4}])
        self._assert_ledger_agrees(clock)

    def test_answer_a_second_late_is_a_breach_also_if_no_job_ran(self):
        self._answer(self.ticket, "2026-03-02 14:00:01")
        self.assertEqual(self._clock(self.ticket).state, "breached")

    def test_time_that_is_used_is_told_up_to_this_moment(self):
        clock = self._clock(self.ticket)
        with freeze_time("2026-03-02 12:30:00"):
            # 10 to 12 and 13 to 13:30 o'clock in Berlin.
            self.assertEqual(clock.used_now_hours, 2.5)
            self.assertIn("02:30 / 04:00", self.ticket.sla_hint)

    def test_answer_leaves_the_resolution_to_be_done(self):
        self._answer(self.ticket, "2026-03-02 09:30:00")
        self.assertEqual(self._clock(self.ticket, "resolution").state, "running")
        self.assertEqual(self.ticket.sla_due_date, utc("2026-03-02 14:00"))

    def test_who_stopped_the_clock_stays_on_record(self):
        self.ticket.user_id = self.agent
        self._answer(self.ticket, MONDAY_11)
        self.ticket.user_id = False
        self.assertEqual(self._clock(self.ticket).user_id, self.agent)

    def test_nothing_is_due_while_the_customer_has_to_act(self):
        self._move(self.ticket, "awaiting", MONDAY_11)
        clock = self._clock(self.ticket, "resolution")
        self.assertRecordValues(
            clock, [{"state": "paused", "used_hours": 1, "deadline": False}]
        )
        self.assertFalse(self.ticket.sla_due_date)
        self._assert_ledger_agrees(clock)

    def test_reply_of_the_customer_starts_the_clock_again(self):
        self._move(self.ticket, "awaiting", MONDAY_11)
        self._ask(self.ticket, "2026-03-03 08:00:00")
        # One hour was used on Monday; three from Tuesday, 9 o'clock in Berlin.
        clock = self._clock(self.ticket, "resolution")
        self.assertEqual(self._due(self.ticket, "resolution"), "Tue 03 11:00")
        self.assertEqual(clock.state, "running")
        self._assert_ledger_agrees(clock)

    def test_supplier_stops_the_clock_too(self):
        supplier = self.stages["awaiting"].copy({"name": "Ordered"})
        supplier.party = "supplier"
        with freeze_time(MONDAY_11):
            self.ticket.stage_id = supplier
        self.assertEqual(self._clock(self.ticket, "resolution").state, "paused")
        self._move(self.ticket, "in_progress", "2026-03-03 07:00:00")
        self.assertEqual(self._due(self.ticket, "resolution"), "Tue 03 10:00")
        self.assertEqual(
            self.ticket.sla_interval_ids.mapped("party"), ["us", "supplier", "us"]
        )

    def test_ticket_that_begins_with_the_customer_is_paused_from_the_start(self):
        ticket = self._ticket_at(MONDAY_10, stage_id=self.stages["awaiting"].id)
        self.assertEqual(self._clock(ticket, "resolution").state, "paused")

    def test_late_while_the_customer_acts_again_stays_a_breach(self):
        self._move(self.ticket, "awaiting", "2026-03-03 10:00:00")
        clock = self._clock(self.ticket, "resolution")
        self.assertRecordValues(
            clock, [{"state": "breached", "deadline": utc("2026-03-02 14:00")}]
        )
        self.assertFalse(self.ticket.sla_due_date, "there is nothing for us to do")
        self._assert_ledger_agrees(clock, "2026-03-03 10:00:00")

    def test_ticket_that_moves_counts_in_the_hours_of_the_new_team_from_then_on(self):
        late = self._calendar("Late", [("0", 14, 22)])
        other = self.team.copy({"name": "Late", "alias_name": "late"})
        other.resource_calendar_id = late
        with freeze_time(MONDAY_11):
            self.ticket.team_id = other
        # One hour with the first team; 14 to 17 o'clock in Berlin with the second.
        clock = self._clock(self.ticket, "resolution")
        self.assertEqual(self._due(self.ticket, "resolution"), "Mon 02 16:00")
        self.assertEqual(self.ticket.sla_interval_ids.calendar_id, self.office | late)
        self._assert_ledger_agrees(clock)

    def test_holiday_added_later_moves_what_is_due(self):
        ticket = self._ticket_at("2026-03-02 15:00:00")
        self.assertEqual(self._due(ticket), "Tue 03 10:00")
        holiday = self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.office.id,
                "date_from": utc("2026-03-02 23:00"),
                "date_to": utc("2026-03-03 22:59"),
            }
        )
        self._sweep("2026-03-02 15:05:00")
        self.assertEqual(self._due(ticket), "Wed 04 10:00")
        self.assertEqual(ticket.sla_due_date, utc("2026-03-04 10:00"))
        holiday.unlink()
        self._sweep("2026-03-02 15:10:00")
        self.assertEqual(self._due(ticket), "Tue 03 10:00")

    def test_holiday_for_all_hours_of_the_company_moves_it_too(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Today",
                "date_from": utc("2026-03-01 23:00"),
                "date_to": utc("2026-03-02 22:59"),
            }
        )
        self._sweep(MONDAY_11)
        self.assertEqual(self._due(self.ticket), "Tue 03 11:00")

    def test_change_of_the_working_hours_moves_what_is_due(self):
        afternoon = self.office.attendance_ids.filtered(
            lambda line: line.dayofweek == "0" and line.hour_from == 13
        )
        afternoon.hour_from = 14
        self._sweep(MONDAY_11)
        self.assertEqual(self._due(self.ticket), "Mon 02 15:00")
        self.assertFalse(self.office.sla_is_stale)

    def test_what_is_decided_does_not_move_any_more(self):
        self._answer(self.ticket, "2026-03-02 13:00:00")
        self.office.attendance_ids.unlink()
        self._sweep("2026-03-02 13:05:00")
        self.assertEqual(self._due(self.ticket), "Mon 02 14:00")

    def test_each_further_question_has_a_clock(self):
        self._answer(self.ticket, "2026-03-02 09:30:00")
        self._ask(self.ticket, "2026-03-02 10:00:00")
        self._ask(self.ticket, "2026-03-02 10:30:00")
        self.assertEqual(self._due(self.ticket, "next_answer"), "Mon 02 13:00")
        self._answer(self.ticket, "2026-03-02 12:30:00")
        self._ask(self.ticket, "2026-03-02 14:00:00")
        clocks = self.ticket.sla_clock_ids.filtered(lambda c: c.kind == "next_answer")
        self.assertEqual(clocks.mapped("state"), ["running", "met"])

    def test_second_question_before_the_first_answer_changes_nothing(self):
        self._ask(self.ticket, MONDAY_11)
        self.assertFalse(self._clock(self.ticket, "next_answer"))
        self.assertEqual(self._due(self.ticket), "Mon 02 14:00")

    def test_closing_settles_everything(self):
        self._move(self.ticket, "done", MONDAY_11)
        self.assertEqual(set(self.ticket.sla_clock_ids.mapped("state")), {"met"})
        self.assertFalse(self.ticket.sla_due_date)
        last = self.ticket.sla_interval_ids[-1]
        self.assertEqual(last.date_stop, utc("2026-03-02 10:00"))

    def test_ticket_that_comes_back_was_not_resolved(self):
        self._move(self.ticket, "done", MONDAY_11)
        self._ask(self.ticket, "2026-03-03 08:00:00")
        clock = self._clock(self.ticket, "resolution")
        self.assertFalse(clock.date_stop)
        # One hour was used; the time in which it was closed does not count.
        self.assertEqual(self._due(self.ticket, "resolution"), "Tue 03 11:00")
        self.assertEqual(self._due(self.ticket, "next_answer"), "Tue 03 10:00")
        self._assert_ledger_agrees(clock)

    def test_archived_ticket_is_due_no_more_and_comes_back(self):
        with freeze_time(MONDAY_11):
            self.ticket.active = False
        self.assertFalse(self.ticket.sla_due_date)
        with freeze_time("2026-03-02 12:00:00"):
            self.ticket.active = True
        self.assertEqual(self._due(self.ticket), "Mon 02 15:00")

    def test_mail_that_claims_to_be_old_or_from_the_future_counts_when_it_comes(self):
        self._answer(self.ticket, "2026-03-02 09:30:00")
        for year in ("1970", "2099"):
            with self.subTest(year=year), freeze_time(MONDAY_11):
                message = self.ticket.message_post(
                    author_id=self.anna.id,
                    body="Hello",
                    message_type="email",
                    subtype_xmlid="mail.mt_comment",
                    date=f"{year}-01-01 00:00:00",
                )
                self.assertEqual(str(message.date.year), year)
                clock = self._clock(self.ticket, "next_answer")
                self.assertEqual(clock.date_start, utc("2026-03-02 10:00"))

    def test_answer_with_a_date_before_the_ticket_uses_no_time(self):
        with freeze_time(MONDAY_11):
            self.ticket._note_answer(utc("1970-01-01 00:00"))
        self.assertRecordValues(
            self._clock(self.ticket), [{"state": "met", "used_hours": 0}]
        )

    def test_machine_clock_that_is_set_back_breaks_nothing(self):
        self._move(self.ticket, "awaiting", "2026-03-02 08:00:00")
        self._move(self.ticket, "in_progress", "2026-03-02 07:00:00")
        turns = self.ticket.sla_interval_ids
        self.assertEqual(turns.mapped("party"), ["us", "customer", "us"])
        self.assertEqual(turns.mapped("date_start"), [utc("2026-03-02 09:00")] * 3)

    def test_promise_of_ours_has_a_clock(self):
        with freeze_time(MONDAY_10):
            promise = self._promise()
        # Until the end of the working day in Berlin.
        self.assertEqual(self._due(self.ticket, "promise"), "Wed 04 16:00")
        with freeze_time("2026-03-04 15:00:00"):
            promise._close("kept", "Sent")
        self.assertEqual(self._clock(self.ticket, "promise").state, "met")

    def _promise(self, **vals):
        return self.env["crm.promise"].create(
            {
                "name": "Send a spare grinder",
                "ticket_id": self.ticket.id,
                "partner_id": self.anna.id,
                "date": "2026-03-02",
                "date_due": "2026-03-04",
            }
            | vals
        )

    def test_promise_that_is_put_off_or_withdrawn_takes_its_clock_along(self):
        with freeze_time(MONDAY_10):
            promise = self._promise()
            promise.date_due = "2026-03-07"
            # Nobody works on that Saturday: until its end in Berlin.
            self.assertEqual(self._due(self.ticket, "promise"), "Sat 07 23:00")
            promise._close("withdrawn", "Not needed")
        self.assertFalse(self._clock(self.ticket, "promise"))

    def test_promise_kept_late_or_broken_is_a_breach(self):
        with freeze_time(MONDAY_10):
            late, broken = self._promise(), self._promise()
        with freeze_time("2026-03-04 16:30:00"):
            late._close("kept", "Sent")
        with freeze_time(MONDAY_11):
            broken._close("broken", "Forgotten")
        clocks = self.clocks.search([("promise_id", "in", (late | broken).ids)])
        self.assertEqual(clocks.mapped("state"), ["breached"] * 2)

    def test_promise_of_the_customer_has_none(self):
        self._promise(promised_by="customer")
        self.assertFalse(self._clock(self.ticket, "promise"))

    def test_thousand_clocks_are_counted_in_as_many_queries_as_one(self):
        def count_queries(clocks):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            clocks._recount()
            return self.env.cr.sql_log_count - before

        with freeze_time(MONDAY_10):
            self.env["helpdesk.ticket"].create(
                [
                    {
                        "name": "Many",
                        "description": "Many",
                        "team_id": self.team.id,
                        "partner_id": self.anna.id,
                    }
                ]
                * 50
            )
            one = self.clocks.search([], limit=1)
            self.assertEqual(count_queries(one), count_queries(self.clocks.search([])))
