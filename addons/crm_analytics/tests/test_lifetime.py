from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import SQL, mute_logger

from .lifetime_common import FIRST, LAST, RHYTHMS, LifetimeCase


@tagged("post_install", "-at_install")
class TestLifetimeRun(LifetimeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.run_ = cls._compute()

    def test_each_customer_has_a_result(self):
        self.assertEqual(self.run_.result_ids.partner_id, self.buyers)
        self.assertEqual(self.run_.customer_count, len(self.buyers))
        self.assertEqual(self.run_.orders_method, "bg_nbd")
        result = self._result(self.run_, self.buyers[1])
        self.assertRecordValues(
            result,
            [
                {
                    "company_id": self.company.id,
                    "orders": 5,
                    "date_first": FIRST + timedelta(days=3),
                    "date_last": FIRST + timedelta(days=350),
                    "recency": 49.6,
                    "age": 51.6,
                    "amount": 300,
                }
            ],
        )
        self.assertGreater(result.lifetime_value, 0)
        self.assertLessEqual(result.expected_low, result.expected_high)
        self.assertLess(result.value_low, result.value_high)

    def test_a_family_is_one_customer_and_a_day_is_one_order(self):
        self._sell(self.anna, (10, 10, 50))
        self._sell(self.nordlicht, (50, 90))
        result = self._result(self._compute(), self.nordlicht)
        self.assertEqual(result.orders, 3)
        self.assertEqual(result.amount, 500)

    def test_refunds_take_money_and_no_order(self):
        buyer = self.buyers[0]
        before = self._result(self.run_, buyer)
        refund = SQL("SELECT %s, timestamp '2025-03-01 12:00', -20, -20, 0", buyer.id)
        source = type(self.env["crm.value.source"])
        with patch.object(source, "_refunds_sql", lambda *args: refund):
            after = self._result(self._compute(), buyer)
        self.assertEqual(after.orders, before.orders)
        self.assertEqual(after.date_last, before.date_last)
        self.assertEqual(after.amount, before.amount - 20)
        self.assertLess(after.expected_amount, before.expected_amount)

    def test_days_are_those_of_the_companys_clock(self):
        self.company.partner_id.tz = "Pacific/Auckland"
        result = self._result(self._compute(), self.buyers[0])
        # Noon in UTC is the next day over there.
        self.assertEqual(result.date_first, FIRST + timedelta(days=1))

    def test_margin_may_be_the_measure(self):
        result = self._result(self._compute(measure="margin"), self.buyers[0])
        self.assertEqual(result.amount, 40 * len(RHYTHMS[0]))

    def test_classes_follow_the_limits(self):
        for result in self.run_.result_ids:
            percent = 100 * result.probability
            expected = "alive" if percent >= 70 else "gone" if percent < 30 else "risk"
            self.assertEqual(result.churn, "once" if result.orders == 1 else expected)
        # Ordered every week, and then no more.
        gone = self._result(self.run_, self.buyers[5])
        self.assertEqual(gone.churn, "gone")
        self.assertFalse(gone.date_next)
        self.assertEqual(self._result(self.run_, self.buyers[6]).churn, "alive")
        self.assertEqual(self.run_.once_count, 4)
        counts = [self.run_[f"{name}_count"] for name in ("alive", "risk", "gone")]
        self.assertEqual(sum(counts), len(self.buyers) - 4)

    def test_the_hold_out_is_compared_with_what_came(self):
        cut = (LAST - FIRST).days - 13 * 7
        real = sum(day > cut for days in RHYTHMS for day in days)
        self.assertEqual(self.run_.test_customers, len(self.buyers))
        self.assertEqual(self.run_.test_real, real)
        results = self.run_.result_ids
        self.assertEqual(sum(results.mapped("tested_real")), real)
        self.assertAlmostEqual(
            sum(results.mapped("tested_expected")), self.run_.test_expected, places=0
        )
        figures = self.run_.calibration
        self.assertEqual(sum(group["customers"] for group in figures["groups"]), 16)
        before = sum(day <= 363 for days in RHYTHMS for day in days) - len(RHYTHMS)
        self.assertEqual(figures["weeks"][-1]["real"], before)
        action = self.run_.action_open_group(0, False)
        shown = self.env["crm.lifetime.result"].search(action["domain"])
        self.assertEqual(len(shown), figures["groups"][0]["customers"])

    def test_too_little_before_the_hold_out_makes_no_test_but_a_result(self):
        run = self._compute(holdout_weeks=47)
        self.assertIn("4 customers", run.test_problem)
        self.assertFalse(run.test_customers)
        self.assertFalse(run.calibration["groups"])
        self.assertTrue(run.result_ids)

    def test_a_run_that_was_killed_is_written_once(self):
        before = self.run_.result_ids
        self.run_._work(lambda percent, step: None)
        self.run_.invalidate_recordset()
        self.assertEqual(len(self.run_.result_ids), len(before))
        self.assertFalse(before.exists())

    def test_periods_that_tell_nothing_are_refused_in_plain_words(self):
        run = self._create_run(date_from="2020-01-01", date_to="2020-12-31")
        with self.assertRaisesRegex(UserError, "had no order in this period"):
            run._work(lambda percent, step: None)
        run = self._create_run(date_to=FIRST + timedelta(weeks=4), holdout_weeks=0)
        with self.assertRaisesRegex(UserError, "at least 10 must have come back"):
            run._work(lambda percent, step: None)

    @mute_logger("odoo.sql_db")
    def test_definitions_that_make_no_sense_are_refused(self):
        for vals in (
            {"date_to": "2024-12-31"},
            {"holdout_weeks": 50},
            {"holdout_weeks": -1},
            {"horizon_months": 0},
            {"discount": -1},
            {"percent_gone": 80},
        ):
            names = {"horizon_months", "discount", "percent_gone"}
            error = CheckViolation if names & set(vals) else ValidationError
            with self.subTest(vals=vals), self.assertRaises(error):
                self._create_run(**vals)

    def test_the_error_of_a_period_says_what_to_do(self):
        with self.assertRaisesRegex(ValidationError, "Begin earlier, or hold out less"):
            self._create_run(holdout_weeks=50)

    def test_a_new_computation_wakes_the_cron(self):
        mine = [("cron_id", "=", self.runs._job_cron().id)]
        calls = self.env["ir.cron.trigger"].search(mine)
        self._create_run()
        self.assertEqual(len(calls.search(mine) - calls), 1)

    def test_the_cron_computes_what_waits(self):
        run = self._create_run()
        with self.enter_registry_test_mode():
            self.runs._job_cron().method_direct_trigger()
        self.assertEqual(run.state, "done")
        self.assertEqual(run.customer_count, len(self.buyers))

    @freeze_time("2026-02-03")
    def test_what_is_monthly_begins_once_a_month(self):
        self.run_.is_monthly = True
        cron = self.env.ref("crm_analytics.crm_lifetime_cron_repeat")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
            cron.method_direct_trigger()
        following = self.runs.search([("company_id", "=", self.company.id)]) - self.run_
        self.assertRecordValues(
            following,
            [
                {
                    "date_from": FIRST,
                    "date_to": fields.Date.to_date("2026-01-31"),
                    "is_monthly": True,
                    "state": "waiting",
                    "customer_count": 0,
                }
            ],
        )
        self.assertFalse(self.run_.is_monthly)

    def test_the_newest_is_the_one_that_reaches_furthest(self):
        older = self._compute(date_to=LAST - timedelta(days=60))
        self._create_run(date_to=LAST + timedelta(days=60))
        found = self.runs.search([("is_newest", "=", True)])
        self.assertEqual(found, self.run_)
        self.assertTrue(self.run_.is_newest)
        self.assertIn(older, self.runs.search([("is_newest", "=", False)]))


@tagged("post_install", "-at_install")
class TestLifetimeAccess(LifetimeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.run_ = cls._compute()

    def test_readers_read_and_change_nothing(self):
        run = self.run_.with_user(self.reader)
        self.assertEqual(len(run.result_ids.mapped("lifetime_value")), 16)
        with self.assertRaises(AccessError):
            run.is_monthly = True
        with self.assertRaises(AccessError):
            run.action_begin()
        with self.assertRaises(AccessError):
            run.copy()
        with self.assertRaises(AccessError):
            run.unlink()

    def test_managers_begin_and_delete_but_write_no_result(self):
        run = self.run_.with_user(self.manager)
        run.copy().action_begin()
        with self.assertRaises(AccessError):
            run.result_ids[0].probability = 1
        with self.assertRaises(AccessError):
            run.result_ids[0].unlink()
        run.unlink()
        self.assertFalse(self.run_.exists())

    def test_outsiders_and_other_companies_see_nothing(self):
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            "lifetime_stranger",
            groups="crm_analytics.crm_analytics_group_manager",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        for record in (self.run_, self.run_.result_ids[0]):
            for user in (self.outsider, stranger):
                with self.assertRaises(AccessError):
                    record.with_user(user).read(["display_name"])

    def test_contacts_show_what_the_newest_says(self):
        buyer = self.buyers[6].with_user(self.reader)
        result = self._result(self.run_, self.buyers[6])
        self.assertEqual(buyer.lifetime_churn, "alive")
        self.assertEqual(buyer.lifetime_value, result.lifetime_value)
        self.assertEqual(buyer.lifetime_date_next, result.date_next)
        person = self.env["res.partner"].create(
            {"name": "Bea", "parent_id": self.buyers[6].id}
        )
        self.assertEqual(person.lifetime_probability, result.probability)
        self.assertFalse(self.olivar.lifetime_churn)

    def test_contacts_are_found_by_it(self):
        partners = self.env["res.partner"].with_user(self.reader)
        gone = self.run_.result_ids.filtered(lambda r: r.churn == "gone").partner_id
        self.assertTrue(gone)
        self.assertEqual(partners.search([("lifetime_churn", "=", "gone")]), gone)
        some = partners.search([("lifetime_probability", ">", 0.99)])
        self.assertTrue(some)
        self.assertLess(some, self.buyers)
        without = partners.search([("lifetime_churn", "=", False)])
        self.assertIn(self.olivar, without)
        self.assertFalse(without & self.buyers)

    def test_colleagues_without_analytics_do_not_read_it_on_the_contact(self):
        buyer = self.buyers[6].with_user(self.outsider)
        with self.assertRaises(AccessError):
            buyer.read(["lifetime_value"])
        keys = [fact["key"] for fact in buyer.crm_card()["facts"]]
        self.assertNotIn("lifetime", keys)

    def test_the_card_tells_it_with_one_query(self):
        buyer = self.buyers[6].with_user(self.reader)
        facts = {fact["key"]: fact for fact in buyer.crm_card()["facts"]}
        self.assertIn("Alive, ", facts["lifetime"]["value"])
        self.env.invalidate_all()
        buyer.commercial_partner_id.name  # noqa: B018
        with self.assertQueryCount(1):
            buyer._lifetime_results(buyer)
