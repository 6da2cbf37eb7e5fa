from datetime import date
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from odoo.addons.crm_sfa.tools import forecast

from ..models import crm_demand_run
from .common import AnalyticsCase


class DemandCase(AnalyticsCase):
    """Two products: one sold in every month of two years, one in the last two."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.category, cls.empty_category = cls.env["product.category"].create(
            [{"name": "Mills"}, {"name": "Nothing Yet"}]
        )
        cls.grinder.categ_id = cls.category
        cls.kettle, cls.unsold = cls.env["product.product"].create(
            [
                {
                    "name": "Kettle",
                    "type": "consu",
                    "list_price": 100,
                    "company_id": cls.company.id,
                },
                {
                    "name": "Unsold",
                    "type": "consu",
                    "company_id": cls.company.id,
                    "categ_id": cls.empty_category.id,
                },
            ]
        )
        for month in range(24):
            day = date(2024 + month // 12, month % 12 + 1, 10)
            cls._order_of(cls.grinder, day, 10 if day.month == 12 else 5)
        for month in (11, 12):
            cls._order_of(cls.kettle, date(2025, month, 3), 2)

    @classmethod
    def _order_of(cls, product, day, quantity):
        order = cls._create_order(cls.olivar, day.isoformat(), 100)
        order.order_line.write({"product_id": product.id, "price_unit": 100})
        order.order_line.product_uom_qty = quantity
        return order

    @classmethod
    def _create_run(cls, **vals):
        return cls.env["crm.demand.run"].create(
            {
                "company_id": cls.company.id,
                "date_from": "2024-01-01",
                "date_to": "2025-12-31",
                "by": "product",
            }
            | vals
        )

    def _run(self, **vals):
        run = self._create_run(**vals)
        with self.enter_registry_test_mode():
            run._job_cron().method_direct_trigger()
        run.invalidate_recordset()
        return run

    def _series(self, run, product):
        return run.series_ids.filtered(lambda one: one.product_id == product)


@tagged("post_install", "-at_install")
class TestDemand(DemandCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.done = cls._create_run()
        cls.done._forecast(lambda percent, step: None)

    def test_history_and_what_to_expect_stand_in_one_row_of_months(self):
        lines = self._series(self.done, self.grinder).line_ids
        known = lines.filtered(lambda line: line.kind == "history")
        coming = lines - known
        self.assertEqual(len(known), 24)
        self.assertEqual(
            (sum(known.mapped("quantity")), sum(known.mapped("amount"))), (130, 13000)
        )
        self.assertEqual(
            coming.mapped("date"), [date(2026, month, 1) for month in (1, 2, 3)]
        )
        for line in coming:
            self.assertLessEqual(line.low, line.quantity)
            self.assertLessEqual(line.quantity, line.high)
            self.assertGreater(line.quantity, 0)

    def test_the_forecast_is_that_of_the_sales_and_tells_its_error(self):
        series = self._series(self.done, self.grinder)
        values = [10.0 if month % 12 == 11 else 5.0 for month in range(24)]
        told = forecast.of_trend(values, 3, 12)
        self.assertAlmostEqual(series.quantity, told.expected, 3)
        self.assertAlmostEqual(series.error, told.error, 3)
        self.assertAlmostEqual(series.naive_error, told.naive, 3)
        self.assertEqual((series.method, series.is_tested), ("trend", True))
        self.assertEqual(series.before, 20)

    def test_all_together_counts_everything_once(self):
        total = self.done.total_id
        known = total.line_ids.filtered(lambda line: line.kind == "history")
        self.assertEqual(sum(known.mapped("quantity")), 134)
        self.assertEqual(total.display_name, "All together")
        self.assertEqual(self.done.picture["size"], "month")

    def test_a_short_history_goes_on_at_its_mean(self):
        series = self._series(self.done, self.kettle)
        self.assertEqual((series.method, series.quantity), ("mean", 6))
        # Three months are compared with three, and there are but two.
        self.assertEqual(series.direction, "unknown")
        self.assertFalse(series.is_tested)

    def test_what_was_never_ordered_is_named(self):
        series = self._series(self.done, self.unsold)
        self.assertEqual((series.method, series.direction), ("none", "unknown"))
        self.assertFalse(series.line_ids)
        self.assertFalse(self._series(self.done, self.kettle).method == "none")

    def test_december_stands_out_of_the_year(self):
        season = self._series(self.done, self.grinder).picture["season"]
        self.assertEqual(season.index(max(season)), 11)
        self.assertGreater(season[11], 150)
        self.assertEqual(self._series(self.done, self.kettle).picture["season"], [])

    def test_only_the_largest_are_forecast_apart(self):
        run = self._create_run(top=1, by="category", horizon="6")
        sold = run._read_sold(crm_demand_run.demand.days(
            run.date_from, run.date_to, run.size))  # fmt: skip
        self.assertEqual(set(sold), {None, self.category.id})
        self.assertEqual(len(sold[None]), 24)

    def test_weeks_are_counted_from_monday_and_drafts_are_left_out(self):
        order = self._order_of(self.grinder, date(2025, 12, 10), 1000)
        order.state = "draft"
        run = self._create_run(size="week", date_from="2025-12-01")
        days = crm_demand_run.demand.days(run.date_from, run.date_to, run.size)
        self.assertEqual(days[0], date(2025, 12, 1))
        sold = run._read_sold(days)
        self.assertEqual(sold[None], {
            date(2025, 12, 1): (2, 200), date(2025, 12, 8): (10, 1000)
        })  # fmt: skip

    def test_periods_without_orders_and_too_short_ones_are_told_in_words(self):
        for dates, words in (
            (("2020-01-01", "2021-12-31"), "Nothing was ordered"),
            (("2025-11-02", "2025-12-31"), "two whole months"),
        ):
            with self.subTest(dates=dates):
                run = self._run(date_from=dates[0], date_to=dates[1])
                self.assertEqual(run.state, "failed")
                self.assertIn(words, run.problem)
        for days in ({"date_to": "2023-12-31"}, {"date_from": "1066-10-14"}):
            with self.subTest(days), self.assertRaises(ValidationError):
                self._create_run(**days)

    def test_the_background_forecasts_and_a_second_time_writes_no_second_rows(self):
        with patch.object(crm_demand_run.demand, "expect", return_value=(
            crm_demand_run.demand.expect([1.0, 1.0], 3, 12)
        )):  # fmt: skip
            run = self._run()
            count = len(run.series_ids)
            run.state = "stopped"
            run.action_retry()
            with self.enter_registry_test_mode():
                run._job_cron().method_direct_trigger()
        run.invalidate_recordset()
        self.assertEqual((run.state, len(run.series_ids)), ("done", count))

    def test_numbers_open_the_orders_behind_them(self):
        self._order_of(self.kettle, date(2026, 1, 1), 7)
        paid = self._order_of(self.kettle, date(2025, 12, 4), 1)
        paid.order_line.is_downpayment = True
        series = self._series(self.done, self.kettle).with_user(self.reader)
        action = series.action_open_orders()
        lines = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(sum(lines.mapped("product_uom_qty")), 4)
        action = self.done.with_user(self.reader).action_open_lines()
        self.assertTrue(self.env[action["res_model"]].search(action["domain"]))

    def test_readers_read_managers_forecast_others_see_nothing(self):
        run = self.done
        self.assertTrue(run.with_user(self.reader).series_ids.line_ids)
        with self.assertRaises(AccessError):
            run.with_user(self.reader).copy()
        self.assertTrue(run.with_user(self.manager).copy())
        with self.assertRaises(AccessError):
            run.with_user(self.manager).series_ids[0].quantity = 1
        with self.assertRaises(AccessError):
            run.with_user(self.manager).series_ids.line_ids[0].quantity = 1
        for record in (run, run.series_ids, run.series_ids.line_ids):
            with self.assertRaises(AccessError):
                record.with_user(self.outsider).read(["id"])
        other = self.env["res.company"].create({"name": "Other"})
        self.manager.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        for record in (run, run.series_ids, run.series_ids.line_ids):
            mine = record.with_user(self.manager)
            mine = mine.with_context(allowed_company_ids=other.ids)
            found = mine.search([("id", "in", record.ids)])
            self.assertFalse(found)
