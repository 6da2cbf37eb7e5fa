from datetime import date, datetime, timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, new_test_user, tagged

from .contact_common import NOW, ContactPolicyCase

# Tomorrow is a Thursday.
THURSDAY, FRIDAY, MONDAY = date(2026, 6, 18), date(2026, 6, 19), date(2026, 6, 22)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestContactPlan(ContactPolicyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.user | cls.colleague).write({"tz": "Europe/Berlin"})
        calendar = cls.env.company.resource_calendar_id
        # Monday to Friday, 8 to 12 and 13 to 17.
        calendar.tz = "Europe/Berlin"
        cls.env["calendar.event"].search([("start", ">", NOW)]).unlink()
        cls.customers = cls.env["res.partner"].create(
            [
                {"name": f"Customer {n}", "value_class": "a", "user_id": cls.user.id}
                for n in range(6)
            ]
        )
        cls._enter(cls.customers, datetime(2025, 1, 7))
        for number, customer in enumerate(cls.customers):
            # The last of them waits longest.
            cls._contact(customer, 31 + number)
        cls.env["crm.contact.status"]._sweep()

    def _statuses(self, customers=None):
        statuses = self.env["crm.contact.status"].search(
            [("partner_id", "in", (customers or self.customers).ids)]
        )
        return statuses.with_user(self.user)

    def _plan(self, statuses=None, **vals):
        vals = {
            "status_ids": [Command.set((statuses or self._statuses()).ids)],
            "date_from": THURSDAY,
            "date_to": MONDAY,
            "per_day": 2,
        } | vals
        return self.env["crm.contact.plan"].with_user(self.user).create(vals)

    def _days(self, plan):
        return [line.date for line in plan.line_ids]

    def _planned(self, customers=None):
        activities = self.env["mail.activity"]
        return activities.search(
            activities._planned_contacts(customers or self.customers)
        )

    def test_preview_puts_the_longest_overdue_first_and_so_many_a_day(self):
        plan = self._plan()
        self.assertEqual(
            plan.line_ids.partner_id.mapped("name"),
            [f"Customer {n}" for n in (5, 4, 3, 2, 1, 0)],
        )
        self.assertEqual(self._days(plan), [THURSDAY] * 2 + [FRIDAY] * 2 + [MONDAY] * 2)
        self.assertEqual(plan.line_ids.user_id, self.user)
        self.assertFalse(self._planned())

    def test_most_valuable_comes_before_longest_overdue(self):
        self._make_policy(value_class="b")
        self.customers[5].value_class = "b"
        self._sweep()
        plan = self._plan()
        self.assertEqual(plan.line_ids[-1].partner_id, self.customers[5])

    def test_preview_shows_the_load_of_each_employee(self):
        self.customers[0].user_id = self.colleague
        self._sweep()
        text = self._plan().load
        self.assertIn(self.user.name, text)
        self.assertIn(self.colleague.name, text)
        self.assertIn("Thu", text)

    def test_plan_makes_dated_activities_for_the_salesperson(self):
        self._plan().action_plan()
        activities = self._planned()
        self.assertEqual(len(activities), 6)
        self.assertEqual(activities.user_id, self.user)
        self.assertEqual(
            activities.activity_type_id, self.env.ref("mail.mail_activity_data_call")
        )
        self.assertEqual(activities.contact_policy_id, self.policy)
        self.assertEqual(self._statuses(self.customers[5]).planned_date, THURSDAY)

    def test_activity_is_of_the_first_kind_of_the_policy(self):
        self.policy.kind_ids = self._kinds("letter meeting")
        self._plan().action_plan()
        self.assertEqual(
            self._planned().activity_type_id,
            self.env.ref("mail.mail_activity_data_meeting"),
        )

    def test_chosen_employee_gets_all(self):
        self._plan(user_id=self.colleague.id).action_plan()
        self.assertEqual(self._planned().user_id, self.colleague)

    def test_nobody_is_mailed_for_each_contact(self):
        before = self.env["mail.message"].search_count([])
        self._plan(user_id=self.colleague.id).action_plan()
        self.assertEqual(self.env["mail.message"].search_count([]), before)

    def test_second_plan_makes_no_second_activity(self):
        self._plan().action_plan()
        plan = self._plan()
        self.assertEqual(self._days(plan), [False] * 6)
        self.assertIn("Planned already, for 06/18/2026", plan.line_ids[0].problem)
        with self.assertRaisesRegex(UserError, "None of the customers"):
            plan.action_plan()
        self.assertEqual(len(self._planned()), 6)

    def test_preview_that_is_out_of_date_makes_no_second_activity(self):
        first, second = self._plan(), self._plan()
        first.action_plan()
        with self.assertRaisesRegex(UserError, "None of the customers"):
            second.action_plan()
        self.assertEqual(len(self._planned()), 6)

    def test_customer_whose_contact_was_made_is_planned_again(self):
        self._plan(self._statuses(self.customers[0])).action_plan()
        self._planned().action_done()
        self._plan(self._statuses(self.customers[0])).action_plan()
        self.assertEqual(len(self._planned()), 1)

    def test_contacts_of_earlier_plans_count_for_the_day(self):
        self._plan(self._statuses(self.customers[:2])).action_plan()
        plan = self._plan(self._statuses(self.customers[2:4]))
        self.assertEqual(self._days(plan), [FRIDAY, FRIDAY])

    def test_what_does_not_fit_is_told(self):
        plan = self._plan(date_to=FRIDAY)
        self.assertEqual(self._days(plan)[4:], [False, False])
        self.assertEqual(plan.misfit_count, 2)
        self.assertIn("has no free time", plan.line_ids[-1].problem)
        action = plan.action_plan()
        self.assertIn("4 contacts are planned; 2 did not", action["params"]["message"])

    def _meet(self, start, stop, **vals):
        vals = {
            "name": "Away",
            "start": start,
            "stop": stop,
            "user_id": self.user.id,
            "partner_ids": [Command.set(self.user.partner_id.ids)],
        } | vals
        return self.env["calendar.event"].create(vals)

    def test_meetings_take_time(self):
        # Free on Thursday from 16:00 to 17:00 in Berlin only.
        self._meet(datetime(2026, 6, 18, 5), datetime(2026, 6, 18, 14))
        plan = self._plan(date_to=THURSDAY, per_day=9)
        self.assertEqual(len(plan.line_ids.filtered("date")), 2)

    def test_private_meeting_of_a_colleague_takes_time_and_is_not_told(self):
        self._meet(
            datetime(2026, 6, 18, 5),
            datetime(2026, 6, 18, 16),
            name="Dentist",
            privacy="private",
            user_id=self.colleague.id,
            partner_ids=[Command.set(self.colleague.partner_id.ids)],
        )
        plan = self._plan(date_to=THURSDAY, user_id=self.colleague.id)
        self.assertFalse(plan.line_ids.filtered("date"))
        self.assertNotIn("Dentist", plan.line_ids[0].problem)

    def test_whole_day_meeting_takes_the_day(self):
        self._meet(datetime(2026, 6, 18), datetime(2026, 6, 18), allday=True)
        self.assertEqual(self._days(self._plan())[0], FRIDAY)

    def test_declined_and_free_meetings_take_no_time(self):
        self._meet(datetime(2026, 6, 18, 5), datetime(2026, 6, 18, 16), show_as="free")
        declined = self._meet(datetime(2026, 6, 18, 5), datetime(2026, 6, 18, 16))
        declined.attendee_ids.state = "declined"
        self.assertEqual(self._days(self._plan())[0], THURSDAY)

    def test_company_holiday_is_no_working_time(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.env.company.resource_calendar_id.id,
                "date_from": datetime(2026, 6, 17, 22),
                "date_to": datetime(2026, 6, 18, 22),
            }
        )
        self.assertEqual(self._days(self._plan())[0], FRIDAY)

    def test_own_working_hours_come_before_the_companys(self):
        calendar = self.env["resource.calendar"].create(
            {
                "name": "Mondays",
                "tz": "Europe/Berlin",
                "attendance_ids": [
                    Command.clear(),
                    Command.create(
                        {
                            "name": "Monday",
                            "dayofweek": "0",
                            "hour_from": 9,
                            "hour_to": 12,
                        }
                    ),
                ],
            }
        )
        self.env["resource.resource"].create(
            {"name": "User", "user_id": self.user.id, "calendar_id": calendar.id}
        )
        self.assertEqual(self._days(self._plan(per_day=9)), [MONDAY] * 6)

    def test_customers_hours_are_kept(self):
        # 9:00 to 18:00 in Tokyo is 2:00 to 11:00 in Berlin, who works from 8:00.
        self.customers.write({"tz": "Asia/Tokyo"})
        plan = self._plan(date_to=THURSDAY, per_day=9)
        self.assertEqual(len(plan.line_ids.filtered("date")), 6)
        self.customers.write({"tz": "Pacific/Auckland"})  # 23:00 to 8:00 in Berlin
        plan = self._plan(date_to=THURSDAY, per_day=9)
        self.assertFalse(plan.line_ids.filtered("date"))
        self.assertIn("from 09:00 to 18:00", plan.line_ids[0].problem)

    def test_policys_weekdays_are_kept(self):
        self.policy.write({"thu": False, "fri": False})
        self.assertEqual(self._days(self._plan())[:3], [MONDAY, MONDAY, False])

    def test_hours_of_today_that_are_past_are_not_used(self):
        # It is noon in Berlin: 13:00 to 17:00 are left, at two hours each.
        plan = self._plan(
            date_from=NOW.date(), date_to=NOW.date(), duration=2, per_day=9
        )
        self.assertEqual(len(plan.line_ids.filtered("date")), 2)

    def test_customer_at_the_limit_is_not_planned(self):
        for days in (1, 2, 3, 4):
            self._contact(self.customers[0], days, kind="chat")
        self._sweep()
        plan = self._plan(self._statuses(self.customers[0]))
        self.assertIn("at most 4 are allowed", plan.line_ids.problem)

    def test_customer_without_salesperson_needs_an_employee(self):
        self.customers[0].user_id = False
        self._sweep()
        statuses = self._statuses(self.customers[0])
        self.assertIn("choose an employee", self._plan(statuses).line_ids.problem)
        plan = self._plan(statuses, user_id=self.colleague.id)
        self.assertEqual(plan.line_ids.user_id, self.colleague)

    def test_archived_salesperson_gets_nothing(self):
        self.customers[0].user_id = self.colleague
        self._sweep()
        self.colleague.active = False
        plan = self._plan(self._statuses(self.customers[0]))
        self.assertIn("choose an employee", plan.line_ids.problem)

    def test_yearly_contact_that_is_missing_is_named(self):
        self._make_step("Annual review", "meeting", 1, 12)
        self._sweep()
        self._plan().action_plan()
        self.assertIn("Annual review", self._planned()[0].summary)

    def test_form_shows_the_preview_before_it_is_saved(self):
        plans = self.env["crm.contact.plan"].with_user(self.user)
        plans = plans.with_context(
            active_model="crm.contact.status", active_ids=self._statuses().ids
        )
        with Form(plans) as form:
            self.assertEqual(len(form.line_ids), 6)
            form.date_from, form.date_to = FRIDAY, FRIDAY
            form.per_day = 1
            self.assertEqual(form.misfit_count, 5)
        self.assertEqual(len(form.record.line_ids.filtered("date")), 1)

    # Bad input

    def test_past_days_are_refused(self):
        with self.assertRaisesRegex(ValidationError, "from today on"):
            self._plan(date_from=NOW.date() - timedelta(days=1))

    def test_period_that_ends_before_it_begins_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "before its first day"):
            self._plan(date_to=NOW.date())

    def test_period_of_years_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "92 days at most"):
            self._plan(date_to=date(2030, 1, 1))

    def test_no_contact_a_day_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "at least one contact"):
            self._plan(per_day=0)

    def test_no_time_for_a_contact_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "more than no time"):
            self._plan(duration=0)

    def test_plan_for_nobody_is_refused(self):
        plan = self._plan(status_ids=[])
        with self.assertRaisesRegex(UserError, "Choose the customers"):
            plan.action_plan()

    # Rights

    def test_others_make_no_plan(self):
        portal = new_test_user(self.env, "plan_portal", groups="base.group_portal")
        for user in (self.outsider, portal):
            with self.assertRaises(AccessError):
                self.env["crm.contact.plan"].with_user(user).create({})

    def test_customers_of_another_company_are_not_planned(self):
        other = self.env["res.company"].create({"name": "Other"})
        self._make_policy(company_id=other.id)
        self._sweep()
        theirs = self._status(self.customers[0], other)
        with self.assertRaises(AccessError):
            self._plan(theirs).action_plan()
        self.assertFalse(self._planned())

    def test_queries_do_not_grow_with_the_customers(self):
        def queries(customers):
            statuses = self._statuses(customers)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._plan(statuses, per_day=99)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries(self.customers)
        few = queries(self.customers[:2])
        self.assertLessEqual(queries(self.customers), few)
