from datetime import date, timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import BaseCase, freeze_time, new_test_user, tagged

from ..tools.forecast import Buyer, Deal, of_pipeline, of_rhythm, of_trend
from .common import SalesCase

MONDAY = date(2026, 3, 2)


@tagged("post_install", "-at_install")
class TestForecastTools(BaseCase):
    """Any history gives a forecast, or says why not."""

    def test_no_history_is_named(self):
        for values in ([], [0.0] * 30):
            forecast = of_trend(values, 13)
            self.assertEqual((forecast.expected, forecast.method), (0, "none"))

    def test_few_points_go_on_at_their_mean(self):
        for values in ([5.0], [5.0, 5.0, 5.0]):
            forecast = of_trend(values, 13)
            self.assertEqual((forecast.expected, forecast.method), (65, "mean"))

    def test_negative_periods_are_no_obstacle(self):
        values = [100.0, -50, 80, -20, 60, 10, -5, 90, 100, -40] * 3
        forecast = of_trend(values, 4)
        self.assertEqual(forecast.method, "trend")
        self.assertLess(forecast.low, forecast.high)

    def test_constant_history_goes_on(self):
        forecast = of_trend([7.0] * 40, 13)
        self.assertAlmostEqual(forecast.expected, 91)
        self.assertEqual(forecast.error, 0)

    def test_history_a_bit_longer_than_few(self):
        forecast = of_trend([float(n % 3) for n in range(9)], 13)
        self.assertIsNone(forecast.error)
        self.assertLess(forecast.low, forecast.high)

    def test_back_test_stands_beside_the_naive_one(self):
        values = [100.0 + (n * 37 % 41) for n in range(80)]
        forecast = of_trend(values, 13)
        self.assertLess(forecast.error, forecast.naive)

    def test_season_of_two_years_shows(self):
        year = [10.0] * 40 + [500.0] * 12
        expected = of_trend(year * 2 + [10.0] * 39, 13).expected
        self.assertGreater(expected, 13 * 100)

    def test_one_customer_has_a_rhythm(self):
        buyer = Buyer(4, date(2026, 1, 1), date(2026, 1, 31), 50)
        forecast = of_rhythm([buyer], date(2026, 2, 2), 91)
        self.assertAlmostEqual(forecast.expected, 455)

    def test_orders_of_one_day_are_no_division_by_zero(self):
        buyer = Buyer(3, date(2026, 1, 1), date(2026, 1, 1), 50)
        self.assertEqual(of_rhythm([buyer], date(2026, 2, 2), 91).expected, 0)

    def test_certain_deals_have_no_range(self):
        forecast = of_pipeline([Deal(100, 100), Deal(50, 0)])
        self.assertEqual((forecast.low, forecast.high), (100, 100))


@freeze_time("2026-03-04 10:00:00")
class ForecastCase(SalesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.snapshots = cls.env["crm.forecast.snapshot"]
        cls.company = cls.env["res.company"].create({"name": "Forecast"})
        users = cls.seller | cls.colleague | cls.leader | cls.manager
        users.write(
            {"company_ids": [Command.link(cls.company.id)], "company_id": cls.company}
        )
        cls.team.company_id = False
        cls.stage, cls.sure = cls.env["crm.stage"].create(
            [{"name": "Talk"}, {"name": "Sure", "forecast_category": "commit"}]
        )

    @classmethod
    def _deal(cls, **vals):
        vals = {
            "company_id": cls.company.id,
            "stage_id": cls.stage.id,
            "expected_revenue": 1000,
            "probability": 50,
            "date_deadline": "2026-04-01",
        } | vals
        return cls._create_lead(**vals)

    def _take(self, weeks=0):
        """Take the snapshot, by default that of this week."""
        monday = MONDAY + timedelta(weeks=weeks)
        with patch.object(type(self.snapshots), "_monday", lambda _self: monday):
            return self.snapshots._take(self.company)

    def _changes(self, snapshot, deal):
        self.env.flush_all()
        changes = self.env["crm.forecast.change"].search(
            [("snapshot_id", "=", snapshot.id), ("lead_id", "=", deal.id)]
        )
        return sorted(changes.mapped("kind"))

    def _accuracy(self, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        return (
            self.env["crm.forecast.accuracy"]
            .with_company(self.company)
            .with_context(allowed_company_ids=self.company.ids)
            .search([("user_id", "=", (user or self.seller).id)])
        )

    def _figure(self, snapshot, source):
        return snapshot.figure_ids.filtered(lambda figure: figure.source == source)


@tagged("post_install", "-at_install")
@freeze_time("2026-03-04 10:00:00")
class TestForecastSnapshot(ForecastCase):
    """The forecast of a week."""

    def test_category_follows_the_stage_until_one_is_chosen(self):
        deal = self._deal(stage_id=self.sure.id)
        self.assertEqual(deal.forecast_category, "commit")
        deal.forecast_category = "best"
        self.assertEqual(deal.forecast_category, "best")
        deal.stage_id = self.stage
        self.assertEqual(deal.forecast_category, "pipeline")

    def test_open_deals_stand_by_category(self):
        self._deal(stage_id=self.sure.id, expected_revenue=300)
        self._deal()
        snapshot = self._take()
        self.assertEqual(snapshot.commit_amount, 300)
        self.assertEqual(snapshot.pipeline_amount, 1000)
        self.assertEqual(self._figure(snapshot, "pipeline").expected, 650)

    def test_deals_after_the_weeks_or_left_out_do_not_count(self):
        self._deal(date_deadline="2026-12-01")
        self._deal(date_deadline=False)
        self._deal(forecast_category="omitted")
        snapshot = self._take()
        self.assertEqual(len(snapshot.line_ids), 3)
        self.assertEqual(self._figure(snapshot, "pipeline").expected, 0)

    def test_empty_company_has_a_forecast_of_nothing(self):
        snapshot = self._take()
        self.assertEqual(set(snapshot.figure_ids.mapped("method")), {"none"})

    def test_one_customer_is_enough(self):
        # Long before all other orders of the company.
        for day in ("2001-02-02", "2001-02-12", "2001-02-22"):
            order = self._create_order(confirm=True)
            order.date_order = f"{day} 10:00:00"
        monday = date(2001, 3, 5)
        with patch.object(type(self.snapshots), "_monday", lambda _self: monday):
            snapshot = self.snapshots._take(order.company_id)
        repeat = self._figure(snapshot, "repeat")
        self.assertEqual(repeat.method, "rhythm")
        self.assertAlmostEqual(repeat.expected, 9.1 * order.amount_untaxed, 2)
        self.assertEqual(self._figure(snapshot, "trend").method, "mean")

    def test_second_run_takes_none(self):
        with self.enter_registry_test_mode():
            cron = self.env.ref("crm_sfa.crm_forecast_cron_take")
            cron.method_direct_trigger()
            cron.method_direct_trigger()
        found = self.snapshots.search([("company_id", "=", self.company.id)])
        self.assertEqual(len(found), 1)
        self.assertEqual(found.date, MONDAY)

    def test_manager_takes_it_by_hand(self):
        model = self.snapshots.with_user(self.manager)
        action = model.with_context(allowed_company_ids=self.company.ids).action_take()
        self.assertEqual(self.snapshots.browse(action["res_id"]).date, MONDAY)

    def test_changes_between_two_weeks(self):
        slipped, grown, won, lost, same = (self._deal() for _number in range(5))
        self._take()
        slipped.write({"date_deadline": "2026-05-01", "expected_revenue": 900})
        grown.expected_revenue = 2000
        won.action_set_won()
        lost.action_set_lost()
        new = self._deal()
        snapshot = self._take(1)
        self.assertEqual(self._changes(snapshot, slipped), ["down", "slipped"])
        self.assertEqual(self._changes(snapshot, grown), ["up"])
        self.assertEqual(self._changes(snapshot, won), ["won"])
        self.assertEqual(self._changes(snapshot, lost), ["lost"])
        self.assertEqual(self._changes(snapshot, new), ["new"])
        self.assertEqual(self._changes(snapshot, same), [])

    def test_any_two_weeks_can_be_compared(self):
        deal = self._deal()
        first = self._take()
        deal.expected_revenue = 2000
        self._take(1)
        third = self._take(2)
        self.assertEqual(self._changes(third, deal), [])
        third.compare_id = first
        self.assertEqual(self._changes(third, deal), ["up"])

    def test_change_opens_the_deal(self):
        self._take()
        deal = self._deal()
        snapshot = self._take(1)
        self.env.flush_all()
        change = self.env["crm.forecast.change"].search(
            [("snapshot_id", "=", snapshot.id)]
        )
        self.assertEqual(change.action_open_deal()["res_id"], deal.id)

    def test_deleted_deal_leaves_the_numbers(self):
        deal = self._deal()
        snapshot = self._take()
        deal.unlink()
        self.assertEqual(snapshot.line_ids.amount, 1000)

    def test_bias_is_told_and_taken_away(self):
        deal = self._deal(expected_revenue=2000, date_deadline="2025-08-15")
        for weeks in (-40, -39, -38):
            self._take(weeks)
        deal.action_set_won()
        deal.write({"date_closed": "2025-08-01 10:00:00", "expected_revenue": 500})
        self._deal()
        self._take()
        accuracy = self._accuracy()
        self.assertEqual(accuracy.snapshots, 3)
        self.assertEqual((accuracy.forecast, accuracy.won), (3000, 1500))
        self.assertEqual(accuracy.bias_rate, 100)
        self.assertEqual((accuracy.current, accuracy.corrected), (500, 250))
        self.assertEqual(accuracy.basis, "corrected")

    def test_few_forecasts_correct_nothing(self):
        self._deal(date_deadline="2025-09-01")
        self._take(-40)
        self._take()
        accuracy = self._accuracy()
        self.assertEqual(accuracy.basis, "few")
        self.assertEqual(accuracy.corrected, accuracy.current)

    def test_nothing_won_is_no_division_by_zero(self):
        self._deal(date_deadline="2025-09-01")
        for weeks in (-40, -39, -38):
            self._take(weeks)
        self.assertEqual(self._accuracy().basis, "nothing")


@tagged("post_install", "-at_install")
@freeze_time("2026-03-04 10:00:00")
class TestForecastRights(ForecastCase):
    def _search(self, model, user):
        model = self.env[model].with_user(user)
        return model.with_context(allowed_company_ids=self.company.ids).search([])

    def test_seller_sees_the_own_deals_of_a_forecast_only(self):
        own, other = self._deal(), self._deal(user_id=self.colleague.id)
        self._take()
        self.env.flush_all()
        leads = self._search("crm.forecast.line", self.seller).sudo().lead_id
        self.assertIn(own, leads)
        self.assertNotIn(other, leads)
        people = self._search("crm.forecast.accuracy", self.seller).sudo().user_id
        self.assertEqual(people, self.seller)

    def test_seller_reads_no_forecast_of_the_company(self):
        self._take()
        for model in ("crm.forecast.snapshot", "crm.forecast.figure"):
            with self.assertRaises(AccessError):
                self._search(model, self.seller)

    def test_leader_reads_all_and_changes_nothing(self):
        self._deal(user_id=self.colleague.id)
        snapshot = self._take()
        self.assertEqual(self._search("crm.forecast.line", self.leader).lead_id.user_id,
                         self.colleague)  # fmt: skip
        self.assertIn(snapshot, self._search("crm.forecast.snapshot", self.leader))
        with self.assertRaises(AccessError):
            snapshot.with_user(self.leader).compare_id = False
        with self.assertRaises(AccessError):
            self.snapshots.with_user(self.leader).action_take()

    def test_manager_chooses_what_to_compare(self):
        self._take()
        snapshot = self._take(1)
        snapshot.with_user(self.manager).with_context(
            allowed_company_ids=self.company.ids
        ).compare_id = False
        self.assertFalse(snapshot.compare_id)

    def test_nobody_rewrites_a_forecast(self):
        self._deal()
        line = self._take().line_ids
        with self.assertRaises(AccessError):
            line.with_user(self.manager).amount = 1

    def test_other_company_is_not_seen(self):
        snapshot = self._take()
        found = self.snapshots.with_user(self.manager).with_context(
            allowed_company_ids=self.env.ref("base.main_company").ids
        )
        self.manager.company_ids |= self.env.ref("base.main_company")
        self.assertNotIn(snapshot, found.search([]))

    def test_outsider_and_portal_read_none(self):
        portal = new_test_user(self.env, "sfa_portal", groups="base.group_portal")
        for user in (self.outsider, portal, self.env.ref("base.public_user")):
            for name in ("snapshot", "figure", "line", "change", "accuracy"):
                with self.assertRaises(AccessError):
                    self.env[f"crm.forecast.{name}"].with_user(user).search([])
