from datetime import timedelta

from odoo import Command
from odoo.tests import HttpCase, tagged

from .test_sales_report import AnalysisCase
from .test_territory_plan import PlanCase


class TourCase(HttpCase, AnalysisCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in cls.seller | cls.leader | cls.manager:
            user.password = user.login
        cls._deal("won", stages=[cls.middle])
        cls._deal("lost")
        year = cls.today.year
        cls.env["crm.quota"].create(
            {
                "user_id": cls.seller.id,
                "date_from": f"{year}-01-01",
                "date_to": f"{year}-12-31",
                "amount": 600,
            }
        ).action_confirm()


@tagged("post_install", "-at_install")
class TestResultsTour(TourCase):
    def test_seller_sees_the_own_results(self):
        self.start_tour(
            "/odoo/my-results", "crm_sfa_results_seller", login="sfa_seller"
        )

    def test_leader_sees_the_funnel_of_a_team(self):
        self.start_tour(
            "/odoo/team-results", "crm_sfa_results_team", login="sfa_leader"
        )

    def test_manager_looks_at_the_forecast_what_changed_and_its_accuracy(self):
        deal = self._deal()
        monday = self.today - timedelta(days=self.today.weekday())
        snapshots = self.env["crm.forecast.snapshot"]
        for weeks, amount in ((1, 500), (0, 900)):
            day = monday - timedelta(weeks=weeks)
            snapshots |= snapshots.create(
                {
                    "date": day,
                    "date_to": day + timedelta(days=90),
                    "company_id": self.env.company.id,
                    "compare_id": snapshots.id,
                    "line_ids": [
                        Command.create(
                            {
                                "lead_id": deal.id,
                                "user_id": self.seller.id,
                                "category": "commit",
                                "amount": amount,
                                "probability": 50,
                                "date_deadline": self.today,
                            }
                        )
                    ],
                    "figure_ids": [
                        Command.create({"source": "pipeline", "expected": amount / 2})
                    ],
                }
            )
        self.start_tour(
            "/odoo/action-crm_sfa.crm_forecast_snapshot_action",
            "crm_sfa_forecast",
            login="sfa_manager",
        )


@tagged("post_install", "-at_install")
class TestResultsPhoneTour(TourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_seller_sees_the_own_results_on_the_phone(self):
        self.start_tour(
            "/odoo/my-results", "crm_sfa_results_seller", login="sfa_seller"
        )


@tagged("post_install", "-at_install")
class TestPlanTour(HttpCase, PlanCase):
    def test_manager_asks_what_if(self):
        self.manager.password = self.manager.login
        self.start_tour(
            "/odoo/action-crm_sfa.crm_territory_plan_action",
            "crm_sfa_territory_plan",
            login="sfa_manager",
        )
