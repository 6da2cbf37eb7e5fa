from datetime import date
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .contract_common import ContractCase


@tagged("post_install", "-at_install")
class TestWatch(ContractCase):
    """A contract of 2026 with two months' notice: until 31 October 2026."""

    @classmethod
    @freeze_time("2026-01-01")
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._contract(cls.anna, notice_interval=2)

    def _remind(self, day):
        with freeze_time(f"{day} 06:00"):
            self._run_cron("contract_contract_cron_keep")
            self._run_cron("contract_contract_cron_remind")

    def _given(self, kind=None, state="sent"):
        rows = self.contract.reminder_ids.filtered(
            lambda one: one.state == state and kind in (None, one.kind)
        )
        return sorted(rows.mapped("distance"), reverse=True)

    def _mails(self):
        return self.env["mail.mail"].search(
            [
                ("model", "=", "contract.contract"),
                ("res_id", "=", self.contract.id),
                ("recipient_ids", "in", self.anna.ids),
            ]
        )

    def _planned(self):
        return self.env["mail.activity"].search(
            [
                ("res_model", "=", "contract.contract"),
                ("res_id", "=", self.contract.id),
            ]
        )

    # The board

    def assertStage(self, stage, day):
        with freeze_time(day):
            self.contract._refresh_watch()
            self.assertEqual(self.contract.watch_stage, stage)

    def test_stage_tells_the_time_that_is_left(self):
        for day, stage in (
            ("2026-02-01", "later"),
            ("2026-08-02", "quarter"),
            ("2026-10-01", "month"),
            ("2026-10-17", "fortnight"),
            ("2026-10-31", "fortnight"),
            # From now on the end is the deadline.
            ("2026-11-01", "quarter"),
            ("2026-12-31", "fortnight"),
            ("2027-01-01", "overdue"),
        ):
            with self.subTest(day=day):
                self.assertStage(stage, day)

    def test_stage_of_what_has_ended_is_empty(self):
        self.contract.write({"is_terminated": True, "terminate_date": "2026-06-30"})
        self.assertStage("month", "2026-06-01")
        self.assertStage(False, "2026-07-01")

    def test_drafts_have_no_deadline(self):
        with freeze_time("2026-10-01"):
            self.assertFalse(self._contract(signed=False).watch_date)

    def test_board_shows_every_column(self):
        with freeze_time("2026-02-01"):
            self.contract._refresh_watch()
        model = self.env["contract.contract"].with_context(read_group_expand=True)
        found = model.web_read_group(
            [("id", "=", self.contract.id)], ["watch_stage"], ["__count"]
        )
        self.assertEqual(
            [(group["watch_stage"], group["__count"]) for group in found["groups"]],
            [
                ("overdue", 0),
                ("fortnight", 0),
                ("month", 0),
                ("quarter", 0),
                ("later", 1),
            ],
        )

    # When

    def test_nothing_comes_before_its_time(self):
        self._remind("2026-07-30")
        self.assertFalse(self.contract.reminder_ids)

    def test_owner_manager_and_customer_are_told(self):
        # Ninety days before is a Sunday, 2 August 2026: so it is the Friday before.
        self._remind("2026-07-31")
        self.assertEqual(self._given(), [90])
        self.assertEqual(self._planned().user_id, self.agent | self.manager)
        self.assertEqual(len(self._mails()), 1)
        told = self.contract.reminder_ids.told
        for name in (self.agent.name, self.manager.name, self.anna.name):
            self.assertIn(name, told)

    def test_each_distance_comes_once(self):
        for day in ("2026-08-03", "2026-08-03", "2026-08-04", "2026-09-01"):
            self._remind(day)
        self.assertEqual(self._given(), [90, 60])
        self.assertEqual(len(self._mails()), 2)
        self.assertEqual(len(self._planned()), 2)  # the newest for each

    def test_three_days_late_nothing_is_lost(self):
        self._remind("2026-08-06")
        self.assertEqual(self._given(), [90])

    def test_months_late_one_reminder_comes_for_all(self):
        self._remind("2026-10-26")
        self.assertEqual(self._given(), [7])
        self.assertEqual(self._given(state="skipped"), [90, 60, 30, 14])
        self.assertEqual(len(self._mails()), 1)

    def test_reminder_due_on_a_weekend_comes_on_friday(self):
        # 24 October 2026 is a Saturday, seven days before the last day for notice.
        self._remind("2026-10-22")
        self.assertNotIn(7, self._given())
        self._remind("2026-10-23")
        self.assertIn(7, self._given())

    def test_reminder_due_on_a_holiday_comes_before_it(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Works outing",
                "calendar_id": self.env.company.resource_calendar_id.id,
                "date_from": "2026-10-23 00:00:00",
                "date_to": "2026-10-23 22:00:00",
            }
        )
        self._remind("2026-10-22")
        self.assertIn(7, self._given())

    def test_after_the_day_for_notice_the_end_is_watched(self):
        self._remind("2026-12-24")
        self.assertEqual(self._given("end"), [7])

    def test_customer_reads_about_the_deadline_in_his_language(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.anna.lang = "ru_RU"
        template = self.env.ref("crm_css.mail_template_contract_notice")
        template.with_context(lang="ru_RU").subject = "Ваш договор {{ object.name }}"
        self._remind("2026-08-03")
        self.assertEqual(self._mails().subject, "Ваш договор Gold for all machines")

    def test_tacit_contracts_are_reminded_of_the_notice_only(self):
        with freeze_time("2026-02-01"):
            self.contract.renewal_kind = "tacit"
        self._remind("2026-10-26")
        self.assertEqual(self._given("notice"), [7])
        self._remind("2026-12-28")
        self.assertFalse(self._given("end"))

    def test_a_new_contract_is_not_reminded_of_days_before_it(self):
        with freeze_time("2026-03-01"):
            short = self._contract(
                service_start=date(2026, 3, 1), term_interval=20, term_unit="day"
            )
        self._remind("2026-03-02")
        self.assertFalse(short.reminder_ids)
        self._remind("2026-03-06")
        self.assertEqual(short.reminder_ids.mapped("distance"), [14])

    def test_distances_are_the_companys(self):
        self.env.company.contract_reminder_days = "100"
        self._remind("2026-08-03")
        self.assertEqual(self._given(), [100])

    def test_no_distances_no_reminders(self):
        self.env.company.contract_reminder_days = False
        self._remind("2026-10-30")
        self.assertFalse(self.contract.reminder_ids)

    def test_words_are_no_distances(self):
        with self.assertRaisesRegex(ValidationError, "Write numbers"):
            self.env.company.contract_reminder_days = "soon"

    # To whom

    def test_customer_may_be_left_out(self):
        self.contract.remind_customer = False
        self._remind("2026-08-03")
        self.assertFalse(self._mails())
        self.assertEqual(self._given(), [90])

    def test_customer_who_does_not_want_mail_gets_none(self):
        purpose = self.env["crm.consent.purpose"]._with_code("service")
        with freeze_time("2026-07-01"):
            self.env["crm.consent"].create(
                {
                    "partner_id": self.anna.id,
                    "channel": "email",
                    "purpose_id": purpose.id,
                    "status": "withdrawn",
                    "source": "call",
                }
            )
        self._remind("2026-08-03")
        self.assertFalse(self._mails())
        self.assertEqual(len(self._planned()), 2)

    def test_customer_without_a_mail_address_stops_nothing(self):
        self.anna.email = False
        self._remind("2026-08-03")
        self.assertEqual(self._given(), [90])

    def test_where_the_owner_has_left_the_manager_is_told(self):
        self.agent.active = False
        self._remind("2026-08-03")
        self.assertEqual(self._planned().user_id, self.manager)

    def test_owner_who_may_not_see_contracts_is_passed_over(self):
        outsider = new_test_user(self.env, "css_out", groups="base.group_user")
        with freeze_time("2026-02-01"):
            self.contract.user_id = outsider
        self._remind("2026-08-03")
        self.assertEqual(self._planned().user_id, self.manager)

    # Until acknowledged

    def test_acknowledged_it_rests(self):
        self._remind("2026-08-03")
        self.assertTrue(self.contract.is_unacknowledged)
        with freeze_time("2026-08-04"):
            self.contract.with_user(self.agent).action_acknowledge()
        self.assertFalse(self.contract.is_unacknowledged)
        self.assertFalse(self._planned())
        row = self.contract.reminder_ids
        self.assertEqual(row.acknowledged_by_id, self.agent)
        self.assertEqual(row.acknowledged_date.date(), date(2026, 8, 4))
        for day in ("2026-09-02", "2026-10-01", "2026-10-30"):
            self._remind(day)
        self.assertEqual(self._given("notice"), [90])

    def test_acknowledging_the_notice_does_not_silence_the_end(self):
        self._remind("2026-08-03")
        self.contract.with_user(self.agent).action_acknowledge()
        self._remind("2026-12-28")
        self.assertEqual(self._given("end"), [7])

    def test_past_its_end_it_comes_back_every_week_acknowledged_or_not(self):
        self._remind("2026-12-28")
        self.contract.with_user(self.agent).action_acknowledge()
        self._remind("2027-01-01")
        self.assertEqual(self._given("overdue"), [-1])
        self.assertIn(self.manager, self._planned().user_id)
        self.assertIn("Nobody decided", self._planned()[0].summary)
        self.contract.with_user(self.agent).action_acknowledge()
        self._remind("2027-01-07")
        self.assertEqual(self._given("overdue"), [-1])
        self._remind("2027-01-08")
        self.assertEqual(self._given("overdue"), [-1, -8])
        self.assertTrue(self._planned())

    def test_the_customer_is_not_bothered_with_our_delay(self):
        self._remind("2027-01-01")
        self.assertFalse(self._mails())

    def test_once_decided_nothing_more_comes(self):
        self._remind("2026-08-03")
        with freeze_time("2026-08-04"):
            self.contract.write(
                {"is_terminated": True, "terminate_date": date(2026, 12, 31)}
            )
        self.assertFalse(self._planned())
        for day in ("2026-10-01", "2026-12-30", "2027-01-20"):
            self._remind(day)
        self.assertEqual(self._given(), [90])

    def test_renewed_the_next_year_is_watched(self):
        self._remind("2026-08-03")
        with freeze_time("2026-08-04"):
            self.contract.renewal_count = 1
        self.assertFalse(self.contract.is_unacknowledged)
        self._remind("2026-10-26")
        self.assertEqual(self._given(), [90])
        self._remind("2027-08-02")
        self.assertEqual(self._given(), [90, 90])

    def test_outsiders_and_customers_do_not_acknowledge(self):
        portal = new_test_user(self.env, "css_portal", groups="base.group_portal")
        outsider = new_test_user(self.env, "css_out", groups="base.group_user")
        self.contract.message_subscribe(portal.partner_id.ids)
        self._remind("2026-08-03")
        for user in (portal, outsider):
            with self.assertRaises(AccessError):
                self.contract.with_user(user).action_acknowledge()
        self.assertTrue(self.contract.is_unacknowledged)

    # Once, whatever happens

    def test_killed_after_the_claim_it_is_given_by_the_next_run(self):
        """The claim is committed; then the process dies before anybody is told."""
        with freeze_time("2026-08-03 06:00"):
            self.contract._refresh_watch()
            self.env["contract.contract"]._claim_reminders()
        self.assertEqual(self._given(state="claimed"), [90])
        self.assertFalse(self._mails())
        self._remind("2026-08-03")
        self._remind("2026-08-03")
        self.assertEqual(self._given(), [90])
        self.assertEqual(len(self._mails()), 1)

    def test_killed_while_telling_nothing_of_it_remains(self):
        """What is told is settled in one transaction: half of it does not exist."""
        give = type(self.contract)._mail_customer

        def die(contract, reminder):
            give(contract, reminder)
            raise KeyboardInterrupt

        with (
            patch.object(type(self.contract), "_mail_customer", die),
            self.assertRaises(KeyboardInterrupt),
            freeze_time("2026-08-03 06:00"),
            self.env.cr.savepoint(),
        ):
            self.contract._refresh_watch()
            self.env["contract.contract"]._claim_reminders()
            self.contract._give(self.contract.reminder_ids)
        self.env.invalidate_all()
        self.assertFalse(self._mails())
        self._remind("2026-08-03")
        self.assertEqual(len(self._mails()), 1)

    def test_claimed_by_two_processes_there_is_one_row(self):
        with freeze_time("2026-08-03 06:00"):
            self.contract._refresh_watch()
            self.env["contract.contract"]._claim_reminders()
            self.env["contract.contract"]._claim_reminders()
        self.assertEqual(len(self.contract.reminder_ids), 1)
        row = self.contract.reminder_ids
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            row.copy()

    def test_a_claim_that_another_process_holds_is_left_to_it(self):
        with freeze_time("2026-08-03 06:00"):
            self.contract._refresh_watch()
            self.env["contract.contract"]._claim_reminders()
        nobody = self.env["crm.contract.reminder"]
        self.patch(type(nobody), "try_lock_for_update", lambda *_a, **_k: nobody)
        self._remind("2026-08-03")
        self.assertEqual(self._given(state="claimed"), [90])

    def test_decided_between_claim_and_telling_nobody_is_told(self):
        with freeze_time("2026-08-03 06:00"):
            self.contract._refresh_watch()
            self.env["contract.contract"]._claim_reminders()
            self.contract.write(
                {"is_terminated": True, "terminate_date": date(2026, 12, 31)}
            )
        self._remind("2026-08-03")
        self.assertEqual(self._given(state="dropped"), [90])
        self.assertFalse(self._mails())

    def test_a_broken_template_is_put_on_record_and_stops_nobody(self):
        mail = type(self.contract)._mail_customer

        def fail(contract, reminder):
            if contract == self.contract:
                raise ValueError("The template is broken")
            return mail(contract, reminder)

        self.patch(type(self.contract), "_mail_customer", fail)
        with freeze_time("2026-02-01"):
            other = self._contract(notice_interval=2, remind_customer=False)
        with self.assertLogs("odoo.addons.crm_css", "ERROR"):
            self._remind("2026-08-03")
        self.assertEqual(self._given(state="failed"), [90])
        self.assertTrue(self.contract.reminder_ids.error)
        self.assertEqual(other.reminder_ids.state, "sent")
