import doctest
from datetime import datetime

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged, users, warmup

from ..tools import results as tools
from .test_sales_report import AnalysisCase

NOW = "2026-05-20 10:00:00"


class BoardCase(AnalysisCase):
    """The results of a seller in May of 2026."""

    @classmethod
    def setUpClass(cls):
        with freeze_time(NOW):
            super().setUpClass()
            cls.company = cls.env["res.company"].create({"name": "Results"})
            people = cls.seller | cls.colleague | cls.leader | cls.manager
            people.write(
                {
                    "company_ids": [Command.set(cls.company.ids)],
                    "company_id": cls.company.id,
                }
            )
            cls.team.company_id = False
            cls.may = datetime(2026, 5, 12)
            cls._deal("won", closed=cls.may, stages=[cls.middle, cls.last])
            cls._deal("lost", closed=cls.may)
            cls._deal("won", closed=datetime(2025, 5, 3), expected_revenue=400)
            cls._deal("won", closed=cls.may, user_id=cls.colleague.id)
            cls.open = cls._deal(
                expected_revenue=700, probability=50, date_deadline="2026-05-30"
            )
            cls._order(datetime(2026, 5, 2), 300)
            cls._order(datetime(2025, 5, 2), 100)
            cls.quota = cls.env["crm.quota"].create(
                {
                    "company_id": cls.company.id,
                    "user_id": cls.seller.id,
                    "date_from": "2026-05-01",
                    "date_to": "2026-05-31",
                    "amount": 600,
                }
            )
            cls.quota.action_confirm()

    @classmethod
    def _deal(cls, *args, **vals):
        return super()._deal(*args, **({"company_id": cls.company.id} | vals))

    @classmethod
    def _order(cls, day, amount):
        line = {"product_id": cls.grinder.id, "price_unit": amount, "tax_ids": False}
        order = cls._create_order(
            company_id=cls.company.id, order_line=[Command.create(line)]
        )
        order.write({"state": "sale", "date_order": day})
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE sale_order SET create_date = %s WHERE id = %s", [day, order.id]
        )
        return order

    def _read(self, user=None, **asked):
        self.env.flush_all()
        self.env.invalidate_all()
        report = self.env["crm.sales.report"].with_user(user or self.seller)
        with freeze_time(NOW):
            return report.with_company(self.company).read_results(**asked)

    def _figure(self, key, **asked):
        [figure] = [f for f in self._read(**asked)["figures"] if f["key"] == key]
        return figure["value"], figure["before"]

    def _opened(self, action, user=None):
        model = self.env[action["res_model"]].with_user(user or self.seller)
        model = model.with_context(**action.get("context", {}))
        return model.search(action["domain"])


@tagged("post_install", "-at_install")
class TestResultsBoard(BoardCase):
    def test_examples_in_docstrings_hold(self):
        result = doctest.testmod(tools)
        self.assertGreater(result.attempted, 5)
        self.assertFalse(result.failed)

    def test_month_stands_beside_the_same_month_a_year_before(self):
        self.assertEqual(self._figure("revenue"), (1000, 400))
        self.assertEqual(self._figure("income"), (300, 100))
        self.assertEqual(self._figure("win_rate"), (50, 100))
        self.assertEqual(self._figure("cycle"), (20, 20))
        self.assertEqual(self._figure("offers"), (1, 1))

    def test_period_before_is_another_one(self):
        self.assertEqual(self._figure("won", back=1), (0, 0))
        self.assertEqual(self._figure("win_rate", back=1), (None, None))
        self.assertEqual(self._figure("won", size="year"), (1, 1))

    def test_each_figure_opens_the_records_it_counts(self):
        board = self._read()
        counts = {f["key"]: len(self._opened(f["action"])) for f in board["figures"]}
        self.assertEqual(counts["won"], 1)
        self.assertEqual(counts["win_rate"], 2)
        self.assertEqual(counts["income"], 1)
        self.assertEqual(counts["contacts"], 0)
        self.assertEqual(
            len(self._opened(board["missing"]["action"])), board["missing"]["value"]
        )

    def test_contacts_are_counted_by_kind(self):
        with freeze_time(NOW):
            self.env["crm.interaction"].create(
                [
                    {
                        "partner_id": self.anna.id,
                        "name": "Grinders",
                        "kind": kind,
                        "user_id": self.seller.id,
                        "date": "2026-05-19 08:00:00",
                        "company_id": self.company.id,
                    }
                    for kind in ("call", "visit", "visit")
                ]
            )
        values = [self._figure(key)[0] for key in ("contacts", "calls", "visits")]
        self.assertEqual(values, [3, 1, 2])

    def test_forecast_is_what_is_won_and_what_is_to_close(self):
        forecast = self._read()["forecast"]
        self.assertEqual((forecast["won"], forecast["expected"]), (1000, 1350))
        self.assertEqual(self._opened(forecast["action"]), self.open)

    def test_period_that_is_over_has_no_forecast(self):
        self.assertIsNone(self._read(back=1)["forecast"])

    def test_quota_of_the_period_with_what_is_attained(self):
        [quota] = self._read()["quotas"]
        self.assertEqual((quota["attained"], quota["rate"]), (300, 50))

    def test_open_deals_by_category_and_without_a_next_step(self):
        board = self._read()
        [row] = board["pipeline"]
        self.assertEqual((row["count"], row["amount"]), (1, 700))
        self.assertEqual(self._opened(row["action"]), self.open)
        self.assertEqual(board["missing"]["value"], 1)

    def test_funnel_shows_where_deals_drop_off(self):
        stages = {s["id"]: s for s in self._read()["funnel"]}
        first, middle = stages[self.first.id], stages[self.middle.id]
        self.assertEqual((first["reached"], middle["reached"]), (2, 1))
        self.assertEqual((first["lost"], middle["lost"]), (1, 0))
        self.assertEqual(len(self._opened(first["action"])), 2)

    def test_months_of_the_year_and_the_one_before(self):
        may = self._read()["months"][4]
        self.assertEqual((may["value"], may["before"], may["in_period"]), (300, 100, 1))

    def test_leader_sees_a_team_a_person_and_everybody(self):
        leader = {"user": self.leader}
        self.assertEqual(self._figure("won", team_id=self.team.id, **leader)[0], 2)
        self.assertEqual(self._figure("won", user_id=self.colleague.id, **leader)[0], 1)
        self.assertEqual(self._figure("won", **leader)[0], 2)
        people = self._read(**leader)["choices"]["people"]
        self.assertIn(self.seller.id, [person["id"] for person in people])

    def test_seller_does_not_see_the_results_of_others(self):
        for asked in ({"user_id": self.colleague.id}, {"team_id": self.team.id}):
            with self.assertRaises(AccessError):
                self._read(**asked)
        self.assertEqual(self._read()["choices"], {"teams": [], "people": []})

    def test_outsider_has_no_board(self):
        with self.assertRaises(AccessError):
            self._read(self.outsider)

    def test_unknown_length_of_the_period_is_refused(self):
        with self.assertRaises(UserError):
            self._read(size="week")

    def test_person_without_any_document_has_an_empty_board(self):
        board = self._read(self.manager, user_id=self.manager.id)
        self.assertFalse(board["funnel"] or board["quotas"] or board["pipeline"])

    @users("sfa_leader")
    @warmup
    def test_board_is_read_with_few_queries(self):
        report = self.env["crm.sales.report"].with_company(self.company)
        with freeze_time(NOW), self.assertQueryCount(sfa_leader=25):
            report.read_results("year", team_id=self.team.id)
