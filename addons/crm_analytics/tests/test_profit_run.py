from datetime import date

import psycopg2
from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .profit_common import YEAR, ProfitCase


@tagged("post_install", "-at_install")
class TestProfitRun(ProfitCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.profit_interest = 36.5
        cls._sell(cls.nordlicht, price_unit=300)
        cls._sell(cls.olivar)
        cls._sell(cls.talisman, price_unit=150, discount=60)

    def test_the_lines_sum_up_to_the_profit_and_the_customers_to_the_run(self):
        run = self._run()
        self.assertEqual(run.customer_count, 3)
        self.assertEqual(run.loss_count, 0)
        for profit in run.profit_ids:
            total = sum(profit.line_ids.mapped("amount"))
            self.assertEqual(total, profit.profit)
            self.assertEqual(profit.income - profit.cost, profit.profit)
        self.assertEqual((run.income, run.cost, run.profit), (460, 180, 280))
        olivar = self._profit(self.olivar, run)
        self.assertEqual(olivar.margin_percent, 40)

    def test_a_repeated_computation_takes_the_place_of_the_first(self):
        run = self._run()
        run._work(lambda percent, step: None)
        self.env.invalidate_all()
        self.assertEqual(len(run.profit_ids), 3)

    def test_the_cron_computes_what_waits(self):
        run = self.env["crm.profit.run"].create(
            {"date_from": YEAR[0], "date_to": YEAR[1], "company_id": self.company.id}
        )
        with self.enter_registry_test_mode():
            self.env.ref("crm_analytics.crm_profit_cron_work").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((run.state, run.customer_count), ("done", 3))
        self.assertTrue(run.is_latest)

    def test_a_second_one_is_refused_while_one_waits(self):
        vals = {"date_from": YEAR[0], "date_to": YEAR[1]}
        runs = self.env["crm.profit.run"].with_user(self.manager)
        runs.create(vals)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.UniqueViolation) as refused,
        ):
            runs.create(vals)
        message = runs._sql_error_to_message(refused.exception)
        self.assertIn("being computed already", message)

    @mute_logger("odoo.sql_db")
    def test_days_in_the_wrong_order_are_refused(self):
        with self.assertRaises(psycopg2.errors.CheckViolation):
            self._run(YEAR[1], YEAR[0])

    @mute_logger("odoo.sql_db")
    def test_days_out_of_any_calendar_are_refused(self):
        with self.assertRaises(psycopg2.errors.CheckViolation):
            self._run(YEAR[0], date(9999, 12, 31))

    def test_each_month_the_last_twelve_are_planned_once(self):
        runs = self.env["crm.profit.run"]
        own = [("company_id", "=", self.company.id)]
        with freeze_time("2026-03-15 10:00:00"):
            runs._cron_plan()
            runs._cron_plan()
        run = runs.search(own)
        self.assertEqual(len(run), 1)
        self.assertEqual(
            (run.date_from, run.date_to), (date(2025, 3, 1), date(2026, 2, 28))
        )

    def test_the_page_tells_what_is_unusual(self):
        profit = self._profit(self.talisman)
        why = profit.read_waterfall()["why"]
        self.assertEqual(why, ["Discounts: 60 % of the income; usual is 0 %."])

    def test_the_waterfall_leads_from_the_income_to_the_profit(self):
        profit = self._profit(self.talisman)
        bars = profit.read_waterfall()["bars"]
        keys = [bar["key"] for bar in bars]
        self.assertEqual(keys, ["income", "discounts", "net", "goods", "profit"])
        ends = [bar["end"] for bar in bars]
        self.assertEqual(ends, [150, 60, 60, 0, 0])

    def test_it_is_compared_with_the_computation_before(self):
        first = self._run()
        self._sell(self.olivar, price_unit=200)
        self._sell(self.env["res.partner"].create({"name": "New"}))
        profit = self._profit(self.olivar, self._run())
        self.assertEqual(profit.compare_id.run_id, first)
        self.assertEqual(profit.change, 140)
        board = profit.read_waterfall()
        self.assertEqual(board["before"], first.display_name)
        net = next(bar for bar in board["bars"] if bar["key"] == "net")
        self.assertEqual((net["amount"], net["before"]), (300, 100))

    def test_the_contact_shows_what_was_computed_last(self):
        self._run()
        self._sell(self.nordlicht, price_unit=500)
        last = self._run()
        anna = self.anna.with_user(self.reader)
        self.assertEqual(anna.crm_profit_id.run_id, last)
        self.assertEqual(anna.crm_profit, 800 - 120)
        self.assertEqual(anna.action_open_crm_profit()["res_id"], anna.crm_profit_id.id)
        latest = self.env["crm.customer.profit"].search(
            [("run_id.is_latest", "=", True), ("company_id", "=", self.company.id)]
        )
        self.assertEqual(latest.run_id, last)

    def test_the_page_takes_as_many_queries_as_sources_have_models(self):
        profit = self._profit(self.talisman).with_user(self.reader)
        profit.read_waterfall()
        self.env.invalidate_all()
        with self.assertQueryCount(12):
            profit.read_waterfall()


@tagged("post_install", "-at_install")
class TestProfitAccess(ProfitCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._sell(cls.olivar)
        cls.computed = cls._run()
        cls.profit = cls._profit(cls.olivar, cls.computed)

    def test_a_user_reads_the_profit_and_writes_nothing(self):
        profit = self.profit.with_user(self.reader)
        self.assertEqual(profit.line_ids.currency_id, self.company.currency_id)
        self.assertTrue(profit.read_waterfall()["bars"])
        for records in (profit, profit.line_ids, profit.run_id):
            for operation in ("write", "create", "unlink"):
                self.assertFalse(records.has_access(operation), (records, operation))
        with self.assertRaises(AccessError):
            profit.action_compute()
        with self.assertRaises(AccessError):
            profit.run_id.action_stop()

    def test_a_manager_begins_computations_and_writes_no_result(self):
        run = (
            self.env["crm.profit.run"]
            .with_user(self.manager)
            .create({"date_from": YEAR[0], "date_to": YEAR[1]})
        )
        run.action_stop()
        self.assertEqual(run.state, "stopped")
        run.action_retry()
        profit = self.profit.with_user(self.manager)
        for records in (profit, profit.line_ids):
            for operation in ("write", "create", "unlink"):
                self.assertFalse(records.has_access(operation))
        run.unlink()
        self.assertFalse(run.exists())

    def test_a_colleague_without_the_right_sees_nothing_of_it(self):
        for records in (self.profit, self.profit.line_ids, self.computed):
            self.assertFalse(records.with_user(self.outsider).has_access("read"))
        with self.assertRaises(AccessError):
            self.profit.with_user(self.outsider).read_waterfall()
        with self.assertRaises(AccessError):
            self.olivar.with_user(self.outsider).read(["crm_profit"])

    def test_a_user_of_another_company_sees_nothing_of_it(self):
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            "analytics_stranger",
            groups="crm_analytics.crm_analytics_group_manager",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        for records in (self.profit, self.profit.line_ids, self.computed):
            mine = records.with_user(stranger)
            mine = mine.with_context(allowed_company_ids=other.ids)
            self.assertFalse(mine.search([]) & records)
            with self.assertRaises(AccessError):
                mine.read(["company_id"])
        with self.assertRaises(AccessError):
            self.env["crm.profit.run"].with_user(stranger).with_context(
                allowed_company_ids=other.ids
            ).create(
                {
                    "company_id": self.company.id,
                    "date_from": YEAR[0],
                    "date_to": YEAR[1],
                }
            )

    def test_the_documents_open_with_the_readers_own_rights(self):
        profit = self.profit.with_user(self.reader)
        income = profit.read_waterfall()["bars"][0]
        self.assertFalse(income["can_open"])
        with self.assertRaises(AccessError):
            profit.action_open_documents("income")
        seller = self.env.ref("sales_team.group_sale_salesman_all_leads")
        self.reader.group_ids |= seller
        self.assertTrue(profit.read_waterfall()["bars"][0]["can_open"])
        action = profit.action_open_documents("income")
        found = self.env[action["res_model"]].with_user(self.reader)
        self.assertEqual(len(found.search(action["domain"])), 1)
        with self.assertRaises(UserError):
            profit.action_open_documents("no_such_source")

    def test_rates_may_not_be_negative(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.CheckViolation),
        ):
            self.company.profit_interest = -1
            self.env.flush_all()


@tagged("post_install", "-at_install")
class TestProfitTour(HttpCase, ProfitCase):
    browser_size = "1366x768"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        seller = cls.env.ref("sales_team.group_sale_salesman_all_leads")
        cls.reader.group_ids |= seller
        cls.reader.password = cls.reader.login
        cls._sell(cls.olivar)
        cls._sell(cls.talisman, discount=70)
        cls._run()

    def test_reader_finds_a_loss_and_opens_its_documents(self):
        self.start_tour(
            "/odoo/action-crm_analytics.crm_customer_profit_action",
            "crm_analytics_profit",
            login=self.reader.login,
        )
