from datetime import date, datetime, timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .contact_common import NOW, ContactPolicyCase


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestContactSweep(ContactPolicyCase):
    def test_next_contact_is_due_so_many_days_after_the_last(self):
        self._contact(self.anna, 40, user_id=self.colleague.id)
        self._contact(self.jonas, 12, kind="visit")
        self.assertRecordValues(
            self._swept(),
            [
                {
                    "policy_id": self.policy.id,
                    "user_id": self.user.id,
                    "value_class": "a",
                    "last_contact_date": NOW - timedelta(days=12),
                    "last_contact_user_id": self.user.id,
                    "last_contact_kind_id": self.kind["visit"].id,
                    "next_contact_due": date(2026, 7, 5),
                    "is_overdue": False,
                }
            ],
        )

    def test_who_was_not_contacted_in_the_period_is_overdue(self):
        self._contact(self.anna, 31)
        status = self._swept()
        self.assertEqual(status.next_contact_due, date(2026, 6, 16))
        self.assertTrue(status.is_overdue)
        search = self.env["crm.contact.status"].search
        self.assertIn(status, search([("is_overdue", "=", True)]))
        self.assertNotIn(status, search([("is_overdue", "=", False)]))

    def test_due_today_is_not_overdue(self):
        self._contact(self.anna, 30)
        status = self._swept()
        self.assertFalse(status.is_overdue)
        with freeze_time(NOW + timedelta(days=1)):
            status.invalidate_recordset()
            self.assertTrue(status.is_overdue)

    def test_who_was_never_contacted_is_due_from_his_entry_on(self):
        self._enter(self.customer, NOW - timedelta(days=20))
        status = self._swept()
        self.assertFalse(status.last_contact_date)
        self.assertEqual(status.next_contact_due, date(2026, 6, 27))

    def test_kind_that_the_policy_does_not_count_changes_nothing(self):
        self._contact(self.anna, 50)
        self._contact(self.anna, 1, kind="letter")
        status = self._swept()
        self.assertEqual(status.next_contact_due, date(2026, 5, 28))
        self.assertEqual(self.customer.last_contact_date, NOW - timedelta(days=1))

    def test_call_of_the_customer_is_a_contact_but_not_ours(self):
        self._contact(self.anna, 2, direction="in")
        status = self._swept()
        self.assertEqual(status.next_contact_due, date(2026, 7, 15))
        self.assertEqual(status.contacts_in_period, 0)

    def test_meeting_still_to_come_is_no_contact_yet(self):
        self._contact(self.anna, -3, kind="visit")
        self.assertFalse(self._swept().last_contact_date)

    def test_meeting_in_the_calendar_is_a_contact(self):
        self.policy.kind_ids = self._kinds("meeting")
        self.env["calendar.event"].create(
            {
                "name": "Review",
                "start": NOW - timedelta(days=5),
                "stop": NOW - timedelta(days=5) + timedelta(hours=1),
                "user_id": self.user.id,
                "partner_ids": [Command.set(self.anna.ids)],
            }
        )
        status = self._swept()
        self.assertEqual(status.last_contact_kind_id, self.kind["meeting"])
        self.assertEqual(status.last_contact_user_id, self.user)

    def test_day_of_a_contact_is_that_of_the_company(self):
        # 22:30 UTC on 1 June is 2 June in Berlin.
        self._note(self.anna, "Late", date="2026-06-01 22:30:00")
        self.assertEqual(self._swept().next_contact_due, date(2026, 7, 2))

    def test_leap_day_is_counted(self):
        self._note(self.anna, "Call", date="2028-02-20 10:00:00")
        with freeze_time("2028-03-10 10:00:00"):
            self.assertEqual(self._swept().next_contact_due, date(2028, 3, 21))

    def test_too_many_contacts_in_the_period_are_told(self):
        for days in (1, 5, 9, 20):
            self._contact(self.anna, days, kind="chat")
        self._contact(self.anna, 31)
        self.assertFalse(self._swept().is_too_often)
        self._contact(self.jonas, 3)
        status = self._swept()
        self.assertEqual(status.contacts_in_period, 5)
        self.assertTrue(status.is_too_often)

    def test_no_limit_is_never_passed(self):
        self.policy.max_contacts = 0
        for days in range(20):
            self._contact(self.anna, days)
        status = self._swept()
        self.assertEqual(status.contacts_in_period, 20)
        self.assertFalse(status.is_too_often)

    def test_limit_counts_the_kinds_it_names(self):
        self.policy.max_kind_ids = self._kinds("chat")
        self._contact(self.anna, 1)
        self._contact(self.anna, 2, kind="chat")
        self.assertEqual(self._swept().contacts_in_period, 1)

    def test_mail_to_two_people_of_the_customer_is_one_contact(self):
        self.anna.email, self.jonas.email = "anna@n.example.com", "jo@n.example.com"
        message = self.customer.with_user(self.user).message_post(
            body="News",
            message_type="comment",
            partner_ids=(self.anna | self.jonas).ids,
            subtype_xmlid="mail.mt_comment",
        )
        message.date = NOW - timedelta(days=1)
        self.assertEqual(len(message.notification_ids), 2)
        self.assertEqual(self._swept().contacts_in_period, 1)

    def test_yearly_contact_is_missing_until_it_was_made(self):
        self._make_step("Review", "meeting", 1, 12)
        self._make_step("Spring visit", "visit", 3, 5)
        self._make_step("Greeting", "letter", 12, 12)
        status = self._swept()
        self.assertEqual(status.missing_steps, "Review, Spring visit")
        self.assertEqual(status.missing_step_count, 2)
        self._contact(self.anna, 30, kind="visit")  # 18 May
        self._contact(self.anna, 1, kind="meeting", direction="in")
        status = self._swept()
        self.assertFalse(status.missing_steps)
        self.assertEqual(status.missing_step_count, 0)

    def test_yearly_contact_of_last_year_does_not_count(self):
        self._make_step("Review", "meeting", 1, 12)
        # 23:30 on New Year's eve in Berlin, and half an hour after midnight.
        self._note(self.anna, "Old", kind="meeting", date="2025-12-31 22:30:00")
        self.assertEqual(self._swept().missing_steps, "Review")
        self._note(self.anna, "New", kind="meeting", date="2025-12-31 23:30:00")
        self.assertFalse(self._swept().missing_steps)

    def test_yearly_contact_is_not_asked_for_before_the_customer_came(self):
        self._make_step("Spring visit", "visit", 3, 5)
        self._enter(self.customer, datetime(2026, 6, 2))
        self.assertFalse(self._swept().missing_steps)

    def test_row_goes_when_no_policy_rules_any_more(self):
        self.assertTrue(self._swept())
        self.customer.value_class = "b"
        self.assertFalse(self._swept())
        self.assertFalse(self.customer.next_contact_date)

    def test_all_rows_go_with_the_last_policy(self):
        self.assertTrue(self._swept())
        self.policy.action_archive()
        self.assertFalse(self._swept())

    def test_only_commercial_partners_have_a_row(self):
        everybody = self._make_policy(sequence=99)
        self._sweep()
        rows = self.env["crm.contact.status"].search(
            [("policy_id", "in", (everybody | self.policy).ids)]
        )
        partners = rows.partner_id
        self.assertIn(self.stranger, partners)
        self.assertEqual(partners, partners.commercial_partner_id)
        self.assertFalse(partners & self.env["res.users"].search([]).partner_id)

    def test_sweep_and_single_customer_agree_on_the_policy(self):
        self._make_policy(sequence=99)
        self._make_policy(sequence=5, value_class="b")
        self.stranger.value_class = "b"
        self._sweep()
        policies = self.env["crm.contact.policy"]
        for status in self.env["crm.contact.status"].search(
            [("company_id", "=", self.env.company.id)]
        ):
            self.assertEqual(status.policy_id, policies._of(status.partner_id))

    def test_companies_have_rows_and_contacts_of_their_own(self):
        other = self.env["res.company"].create({"name": "Other"})
        self._make_policy(company_id=other.id, min_days=10, name="Other")
        self._contact(self.anna, 12, company_id=False)
        self._contact(self.anna, 3, company_id=other.id)
        self._sweep()
        here, there = self._status(), self._status(company=other)
        self.assertEqual(here.last_contact_date, NOW - timedelta(days=12))
        self.assertEqual(there.last_contact_date, NOW - timedelta(days=3))
        self.assertEqual(self.customer.last_contact_date, NOW - timedelta(days=3))
        self.assertEqual(self.customer.next_contact_date, there.next_contact_due)

    def test_dates_are_written_on_the_customer_only(self):
        self._contact(self.anna, 12)
        self._sweep()
        self.assertEqual(self.customer.last_contact_date, NOW - timedelta(days=12))
        self.assertEqual(self.customer.next_contact_date, date(2026, 7, 5))
        self.assertFalse(self.anna.last_contact_date)

    def test_customer_without_a_policy_has_his_last_contact(self):
        self._contact(self.stranger, 7)
        self._sweep()
        self.assertEqual(self.stranger.last_contact_date, NOW - timedelta(days=7))
        self.assertFalse(self.stranger.next_contact_date)

    def test_deleted_contact_is_forgotten(self):
        note = self._contact(self.stranger, 7)
        self._sweep()
        note.unlink()
        self._sweep()
        self.assertFalse(self.stranger.last_contact_date)

    def _versions(self):
        """Give what tells whether a row was written: the transaction would be the
        same, its place is not."""
        self.env.cr.execute("SELECT id, ctid::text FROM crm_contact_status ORDER BY 1")
        statuses = self.env.cr.fetchall()
        self.env.cr.execute("SELECT id, ctid::text FROM res_partner ORDER BY 1")
        return statuses, self.env.cr.fetchall()

    def test_second_sweep_writes_nothing(self):
        self._make_step("Review", "meeting", 1, 12)
        self._contact(self.anna, 12)
        self._sweep()
        before = self._versions()
        self._sweep()
        self.assertEqual(self._versions(), before)

    def test_sweep_writes_only_what_changed(self):
        self.stranger.value_class = "a"
        self._sweep()
        statuses, _customers = self._versions()
        self._contact(self.anna, 1)
        self._sweep()
        changed = set(self._versions()[0]) - set(statuses)
        self.assertEqual([id_ for id_, _place in changed], self._status().ids)

    def test_number_of_queries_does_not_grow_with_the_customers(self):
        def queries():
            before = self.env.cr.sql_log_count
            self._sweep()
            return self.env.cr.sql_log_count - before

        self._sweep()
        few = queries()
        self.env["res.partner"].create(
            [{"name": f"Customer {n}", "value_class": "a"} for n in range(50)]
        )
        self.env.flush_all()
        self.assertLessEqual(queries(), few)

    def test_no_write_date_changes_and_nothing_is_tracked(self):
        self.env.flush_all()
        self.env.cr.execute("UPDATE res_partner SET write_date = '2026-01-01'")
        messages = len(self.customer.message_ids)
        self._contact(self.anna, 12)
        self.env.cr.execute("UPDATE res_partner SET write_date = '2026-01-01'")
        self._sweep()
        self.customer.invalidate_recordset()
        self.assertEqual(self.customer.write_date, datetime(2026, 1, 1))
        self.assertEqual(len(self.customer.message_ids), messages)

    # The job

    def _run_cron(self):
        with self.enter_registry_test_mode():
            self.env.ref("crm_base.ir_cron_contact_policy").method_direct_trigger()
        self.env.invalidate_all()

    def test_cron_run_twice_gives_the_same(self):
        self._contact(self.anna, 31)
        self._run_cron()
        first = self._status().read()
        self._run_cron()
        self.assertEqual(self._status().read(), first)
        self.assertEqual(first[0]["next_contact_due"], date(2026, 6, 16))

    def test_cron_three_days_late_is_right_at_once(self):
        self._contact(self.anna, 29)
        self._run_cron()
        self.assertFalse(self._status().is_overdue)
        with freeze_time(NOW + timedelta(days=3)):
            # Overdue without a run: the table holds the day, not the judgement.
            self.env.invalidate_all()
            self.assertTrue(self._status().is_overdue)
            self._run_cron()
            self.assertTrue(self._status().is_overdue)

    # The card

    def _card(self):
        return self.anna.with_user(self.user).crm_card()

    def test_card_says_when_the_next_contact_is_due(self):
        self._contact(self.anna, 12)
        self._sweep()
        card = self._card()
        fact = next(f for f in card["facts"] if f["key"] == "next_contact")
        self.assertEqual(fact["value"], "07/05/2026")
        self.assertNotIn("contact_overdue", [w["key"] for w in card["warnings"]])

    def test_card_warns_of_a_contact_that_is_overdue(self):
        self._contact(self.anna, 40)
        self._sweep()
        warning = next(
            w for w in self._card()["warnings"] if w["key"] == "contact_overdue"
        )
        self.assertEqual(warning["text"], "Contact overdue since 06/07/2026.")

    def test_card_of_a_customer_without_a_policy_says_nothing(self):
        self._sweep()
        card = self.stranger.with_user(self.user).crm_card()
        self.assertNotIn("next_contact", [fact["key"] for fact in card["facts"]])


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestContactStatusRights(ContactPolicyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stranger.value_class = "a"
        cls._contact(cls.anna, 40)
        cls._contact(cls.stranger, 1)
        cls.env["crm.contact.status"]._sweep()

    def test_users_and_managers_read_and_nobody_writes(self):
        for user in (self.user, self.manager):
            status = self._status().with_user(user)
            self.assertEqual(status.partner_id, self.customer)
            for change in (
                lambda status=status: status.write({"is_too_often": True}),
                status.unlink,
                lambda status=status: status.create({"partner_id": self.anna.id}),
            ):
                with self.assertRaises(AccessError):
                    change()

    def test_others_see_nothing(self):
        portal = new_test_user(self.env, "status_portal", groups="base.group_portal")
        for user in (self.outsider, portal, self.env.ref("base.public_user")):
            for model in ("crm.contact.status", "crm.contact.policy.report"):
                with self.assertRaises(AccessError):
                    self.env[model].with_user(user).search([])
            with self.assertRaises(AccessError):
                self._status().with_user(user).read(["partner_id"])

    def test_row_of_a_customer_one_may_not_see_is_not_there(self):
        hidden = self._status()
        self.env["ir.rule"].create(
            {
                "name": "Own customers",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": f"[('id', '!=', {self.customer.id})]",
                "groups": [
                    Command.set(self.env.ref("crm_base.crm_base_group_user").ids)
                ],
            }
        )
        mine = self.env["crm.contact.status"].with_user(self.user)
        self.assertEqual(mine.search([]).partner_id, self.stranger)
        self.assertEqual(mine.search_count([]), 1)
        with self.assertRaises(AccessError):
            hidden.with_user(self.user).read(["next_contact_due"])
        self.assertFalse(hidden.with_user(self.user).has_access("read"))
        report = self.env["crm.contact.policy.report"].with_user(self.user)
        self.assertEqual(report.search([]).partner_id, self.stranger)

    def _let_only_those_who_noted_read(self):
        self.env["ir.rule"].create(
            {
                "name": "Own contacts",
                "model_id": self.env["ir.model"]._get_id("crm.interaction"),
                "domain_force": "[('user_id', '=', user.id)]",
            }
        )

    def test_last_contact_that_one_may_not_see_is_a_date_and_no_more(self):
        self._contact(self.anna, 3, kind="visit", user_id=self.colleague.id)
        status = self._swept()
        self._let_only_those_who_noted_read()
        told = [
            "last_contact_date",
            "last_contact_kind_id/id",
            "last_contact_kind_id",
            "last_contact_user_id",
        ]
        users = self.colleague | self.user | self.manager
        users.group_ids = [Command.link(self.env.ref("base.group_allow_export").id)]
        rows = {
            user: status.with_user(user).export_data(told)["datas"][0] for user in users
        }
        day = NOW - timedelta(days=3)
        kind = self.kind["visit"]
        self.assertEqual(
            rows[self.colleague],
            [day, kind.get_external_id()[kind.id], kind.name, self.colleague.name],
        )
        for user in (self.user, self.manager):
            self.assertEqual(rows[user], [day, "", "", ""])
            seen = status.with_user(user).read([*told[2:], "next_contact_due"])[0]
            self.assertFalse(seen["last_contact_kind_id"])
            self.assertFalse(seen["last_contact_user_id"])
            self.assertEqual(seen["next_contact_due"], date(2026, 7, 14))

    def test_older_contact_is_not_shown_in_place_of_a_hidden_one(self):
        self._contact(self.anna, 3, kind="visit", user_id=self.colleague.id)
        self._contact(self.anna, 5, kind="call", user_id=self.user.id)
        status = self._swept()
        self._let_only_those_who_noted_read()
        self.assertFalse(status.with_user(self.user).last_contact_kind_id)

    def test_nobody_groups_or_searches_by_the_last_contacts_kind_and_employee(self):
        rows = self.env["crm.contact.status"].with_user(self.user)
        for name in ("last_contact_kind_id", "last_contact_user_id"):
            with self.assertRaises(ValueError):
                rows.formatted_read_group([], [name], ["__count"])
            with self.assertRaises(ValueError), mute_logger("odoo.domains"):
                rows.search([(name, "!=", False)])
            with self.assertRaises(ValueError):
                rows.search([], order=f"{name}, id")

    def test_employee_outside_the_customer_base_reads_no_contact_dates(self):
        with self.assertRaises(AccessError):
            self.customer.with_user(self.outsider).read(["last_contact_date"])
        with self.assertRaises(AccessError):
            partners = self.env["res.partner"].with_user(self.outsider)
            partners.search([("next_contact_date", "!=", False)])

    def test_row_of_another_company_is_not_there(self):
        other = self.env["res.company"].create({"name": "Other"})
        self._make_policy(company_id=other.id)
        self._sweep()
        theirs = self._status(company=other)
        self.assertTrue(theirs)
        found = self.env["crm.contact.status"].with_user(self.manager).search([])
        self.assertFalse(found & theirs)
        with self.assertRaises(AccessError):
            theirs.with_user(self.manager).read(["next_contact_due"])

    def test_only_managers_refresh(self):
        rows = self.env["crm.contact.status"]
        for user in (self.user, self.outsider):
            with self.assertRaisesRegex(AccessError, "Only managers"):
                rows.with_user(user).action_refresh()
        self._contact(self.anna, 3)
        with self.enter_registry_test_mode():
            rows.with_user(self.manager).action_refresh()
        self.env.invalidate_all()
        self.assertEqual(self._status().next_contact_due, date(2026, 7, 14))

    def test_archived_customer_leaves_the_list_at_once(self):
        self.customer.action_archive()
        rows = self.env["crm.contact.status"].with_user(self.user).search([])
        self.assertEqual(rows.partner_id, self.stranger)

    def test_customer_opens_from_the_list(self):
        action = self._status().with_user(self.user).action_open_customer()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("res.partner", self.customer.id)
        )

    def test_list_costs_few_queries(self):
        rows = self.env["crm.contact.status"].with_user(self.user)
        names = ("is_overdue", "planned_date", "next_contact_due", "phone")
        spec = {name: {} for name in names}
        for name in ("last_contact_kind_id", "last_contact_user_id"):
            spec[name] = {"fields": {"display_name": {}}}
        rows.web_search_read([], spec)
        self.env.invalidate_all()
        with self.assertQueryCount(9):
            rows.web_search_read([], spec)

    # The report

    def _report(self, **domain):
        rows = self.env["crm.contact.policy.report"].with_user(self.user)
        return rows._read_group(
            [],
            ["user_id"],
            [
                "customers:sum",
                "kept:sum",
                "overdue:sum",
                "too_often:sum",
                "kept_rate:avg",
            ],
        )

    def test_report_says_how_each_employee_keeps_the_policy(self):
        third = self.env["res.partner"].create(
            {"name": "Third", "value_class": "a", "user_id": self.user.id}
        )
        self._contact(third, 1)
        for day in range(2, 7):
            self._contact(self.stranger, day)
        self._sweep()
        found = {row[0]: row[1:] for row in self._report()}
        self.assertEqual(found[self.user], (2, 1, 1, 0, 50))
        self.assertEqual(found[self.env["res.users"]], (1, 0, 0, 1, 0))

    def test_missing_yearly_contact_is_no_kept_policy(self):
        self._make_step("Review", "meeting", 1, 12)
        self._sweep()
        row = self.env["crm.contact.policy.report"].search(
            [("partner_id", "=", self.stranger.id)]
        )
        self.assertEqual((row.kept, row.overdue, row.lacking), (0, 0, 1))

    def test_row_of_the_report_opens_the_customer(self):
        row = self.env["crm.contact.policy.report"].search(
            [("partner_id", "=", self.customer.id)]
        )
        action = row.with_user(self.user).action_open_customer()
        self.assertEqual(action["res_id"], self.customer.id)

    def test_job_that_runs_already_is_told(self):
        cron = self.env.ref("crm_base.ir_cron_contact_policy")
        self.patch(type(cron), "_acquire_one_job", lambda *args, **kwargs: None)
        with self.assertRaisesRegex(UserError, "already executing"):
            self.env["crm.contact.status"].with_user(self.manager).action_refresh()
