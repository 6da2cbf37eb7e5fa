from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .test_promise import PromiseCase

DAY_BEFORE, DUE, OVERDUE = "2026-01-14", "2026-01-15", "2026-01-18"


@tagged("post_install", "-at_install")
class TestPromiseReminders(PromiseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.promise"].search([]).sudo().unlink()
        cls.env.company.promise_escalate_to_id = cls.manager
        cls.cron = cls.env.ref("crm_base.crm_promise_cron_remind")
        cls.promise = cls._promise(date_due=DUE)

    def _run_cron(self, day, hour=12):
        with (
            freeze_time(f"{day} {hour:02}:00:00"),
            self.enter_registry_test_mode(),
        ):
            self.cron.method_direct_trigger()

    def _planned(self, promise=None):
        activities = self.env["mail.activity"].search(
            [
                ("res_model", "=", "crm.promise"),
                ("res_id", "in", (promise or self.promise).ids),
            ]
        )
        return [(activity.user_id, activity.summary) for activity in activities]

    def assertReminded(self, *expected, promise=None):
        """What is planned now, as pairs of the receiver and a word of the text."""
        planned = self._planned(promise)
        self.assertEqual(len(planned), len(expected), planned)
        for user, word in expected:
            self.assertTrue(
                any(user == to and word in text for to, text in planned), planned
            )

    def _steps(self):
        return self.promise.reminder_ids.sorted("id").mapped("step")

    # When

    def test_nothing_comes_before_its_time(self):
        self._run_cron("2026-01-13")
        self.assertReminded()

    def test_owner_is_reminded_the_day_before(self):
        self._run_cron(DAY_BEFORE)
        self.assertReminded((self.user, "Keep our promise"))

    def test_owner_is_reminded_as_early_as_wanted(self):
        self.promise.remind_days = 10
        self._run_cron("2026-01-05")
        self.assertReminded((self.user, "Keep our promise"))

    def test_owner_is_reminded_anew_on_the_day(self):
        self._run_cron(DAY_BEFORE)
        self._run_cron(DUE)
        self.assertReminded((self.user, "Keep our promise"))
        self.assertEqual(self._steps(), ["ahead", "due"])

    def test_a_reminder_that_was_ticked_off_comes_again_on_the_day(self):
        self._run_cron(DAY_BEFORE)
        self.promise.activity_ids.action_done()
        self._run_cron(DUE)
        self.assertReminded((self.user, "Keep our promise"))

    def test_owner_is_told_in_the_inbox(self):
        self._run_cron(DUE)
        told = self.promise.message_ids.notified_partner_ids
        told |= (
            self.env["mail.message"]
            .search([("model", "=", "crm.promise"), ("res_id", "=", self.promise.id)])
            .notified_partner_ids
        )
        self.assertIn(self.user.partner_id, told)

    def test_of_the_customers_promise_the_owner_is_reminded_to_ask(self):
        self.promise.promised_by = "customer"
        self._run_cron(DUE)
        self.assertReminded((self.user, "Ask the customer"))

    def test_manager_hears_of_it_after_some_days(self):
        self._run_cron("2026-01-17")
        self.assertReminded((self.user, "Keep our promise"))
        self._run_cron(OVERDUE)
        self.assertReminded((self.user, "Keep our"), (self.manager, "overdue"))

    def test_the_company_says_after_how_many_days(self):
        self.env.company.promise_escalate_days = 10
        self._run_cron("2026-01-24")
        self.assertReminded((self.user, "Keep our"))
        self._run_cron("2026-01-25")
        self.assertReminded((self.user, "Keep our"), (self.manager, "overdue"))

    def test_the_day_is_that_of_the_owner(self):
        self.user.tz = "Pacific/Kiritimati"  # UTC+14
        self._run_cron("2026-01-13", hour=11)
        self.assertReminded((self.user, "Keep our promise"))

    def test_in_the_west_the_day_begins_later(self):
        self.user.tz = "Pacific/Honolulu"  # UTC-10
        self._run_cron(DAY_BEFORE, hour=9)
        self.assertReminded()
        self._run_cron(DAY_BEFORE, hour=10)
        self.assertReminded((self.user, "Keep our promise"))

    def test_reminder_speaks_the_language_of_its_receiver(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.user.lang = "ru_RU"
        seen = []
        plan = type(self.promise)._reminder_summary

        def spy(promise, step):
            seen.append(promise.env.lang)
            return plan(promise, step)

        with patch.object(type(self.promise), "_reminder_summary", spy):
            self._run_cron(DUE)
        self.assertEqual(seen, ["ru_RU"])

    # Once, and never lost

    def test_run_twice_reminds_once(self):
        self._run_cron(DUE)
        self._run_cron(DUE)
        self.assertReminded((self.user, "Keep our promise"))
        self.assertEqual(self._steps(), ["due"])

    def test_ticked_off_on_the_same_day_it_does_not_come_back(self):
        self._run_cron(DUE)
        self.promise.activity_ids.action_done()
        self._run_cron(DUE)
        self.assertReminded()

    def test_three_days_late_nothing_is_lost(self):
        self._run_cron(OVERDUE)
        self.assertReminded((self.user, "Keep our"), (self.manager, "overdue"))
        self.assertEqual(sorted(self._steps()), ["due", "overdue"])

    def test_a_second_process_cannot_give_the_same_reminder(self):
        self._run_cron(DUE)
        given = self.promise.reminder_ids
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            given.sudo().copy({"date": "2026-01-16 00:00:00"})

    def test_killed_in_the_middle_the_next_run_gives_it(self):
        with (
            patch.object(
                type(self.promise), "_give_reminders", side_effect=KeyboardInterrupt
            ),
            self.assertRaises(KeyboardInterrupt),
            self.env.cr.savepoint(),
            freeze_time(f"{DUE} 12:00:00"),
        ):
            self.env["crm.promise"]._cron_remind()
        self.env.invalidate_all()
        self.assertEqual(self._steps(), [])
        self._run_cron(DUE)
        self.assertReminded((self.user, "Keep our promise"))

    def test_more_than_one_batch_is_reminded_in_one_run(self):
        for number in range(4):
            self._promise(name=f"Promise {number}", date_due=DUE)
        promises = self.env["crm.promise"].search([])
        with patch("odoo.addons.crm_base.models.crm_promise_chase.BATCH", 2):
            self._run_cron(DUE)
        expected = [(self.user, "Keep our promise")] * 5
        self.assertReminded(*expected, promise=promises)

    def test_the_number_of_queries_does_not_grow_with_what_is_not_due(self):
        few = self._count_queries()
        for number in range(20):
            self._promise(name=f"Promise {number}", date_due="2050-01-01")
        self.assertEqual(self._count_queries(), few)

    def _count_queries(self):
        with freeze_time("2026-01-06"):
            self.env["crm.promise"]._claim_reminders(10)
            self.env.flush_all()
            before = self.cr.sql_log_count
            self.env["crm.promise"]._claim_reminders(10)
            return self.cr.sql_log_count - before

    # What ends it, what begins it anew

    def test_closing_takes_the_reminders_back(self):
        self._run_cron(OVERDUE)
        self._close(self.promise, "action_keep", "Waybill")
        self.assertReminded()
        self._run_cron("2026-01-30")
        self.assertReminded()

    def test_putting_it_off_reminds_anew_for_the_new_day(self):
        self._run_cron(DUE)
        self.promise.with_user(self.user).date_due = "2026-02-15"
        self.assertReminded()
        self._run_cron("2026-01-20")
        self.assertReminded()
        self._run_cron("2026-02-15")
        self.assertReminded((self.user, "Keep our promise"))

    def test_saving_the_same_date_reminds_of_nothing_anew(self):
        self._run_cron(DUE)
        self.promise.write({"date_due": DUE, "user_id": self.user.id})
        self._run_cron(DUE)
        self.assertEqual(self._steps(), ["due"])
        self.assertReminded((self.user, "Keep our promise"))

    def test_the_new_owner_is_reminded_and_the_old_one_left_alone(self):
        self._run_cron(DUE)
        self.promise.with_user(self.user).user_id = self.colleague
        self._run_cron(DUE)
        self.assertReminded((self.colleague, "Keep our promise"))

    def test_reopened_promise_is_chased_again(self):
        self._run_cron(DUE)
        self._close(self.promise, "action_keep", "Waybill")
        self.promise.with_user(self.user).action_reopen()
        self._run_cron(DUE)
        self.assertReminded((self.user, "Keep our promise"))

    # Owners who left, managers

    def test_when_the_owner_leaves_the_manager_hears_of_it_at_once(self):
        promise = self._promise(date_due="2050-01-01")
        self.user.active = False
        self._run_cron("2026-01-06")
        self.assertReminded((self.manager, "without an owner"), promise=promise)

    def test_a_second_owner_who_leaves_is_told_too(self):
        self.user.active = False
        self._run_cron("2026-01-06")
        self.promise.with_user(self.manager).user_id = self.colleague
        self.assertReminded()
        self.colleague.active = False
        self._run_cron("2026-01-07")
        self.assertReminded((self.manager, "without an owner"))

    def test_without_a_name_it_is_the_first_manager_of_the_company(self):
        self.env.company.promise_escalate_to_id = False
        self.env.ref("crm_base.crm_base_group_manager").user_ids -= self._others()
        self._run_cron(OVERDUE)
        self.assertReminded((self.user, "Keep our"), (self.manager, "overdue"))

    def _others(self):
        """Give the managers that the database has already, but not the admin."""
        group = self.env.ref("crm_base.crm_base_group_manager")
        return group.user_ids - self.manager - self.env.ref("base.user_admin")

    def test_a_manager_who_left_is_not_told(self):
        other = new_test_user(
            self.env, "crm_gone", groups="crm_base.crm_base_group_manager"
        )
        self.env.company.promise_escalate_to_id = other
        other.active = False
        self._run_cron(OVERDUE)
        self.assertNotIn(other, [user for user, _text in self._planned()])
        self.assertEqual(len(self._planned()), 2)

    def test_a_manager_without_the_company_is_not_told(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.user.company_ids |= other
        boss = new_test_user(
            self.env,
            "crm_boss",
            groups="crm_base.crm_base_group_manager",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        promise = self._promise(company_id=other.id, date_due=DUE)
        self._run_cron(OVERDUE)
        self.assertReminded((self.user, "Keep"), (boss, "overdue"), promise=promise)
