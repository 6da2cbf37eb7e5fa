from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .test_motives import MotiveCase
from .test_playbook import PlaybookCase


class TourCase(HttpCase):
    def _tour(self, path, name, user):
        user.password = user.login
        self.start_tour(path, name, login=user.login)


@tagged("post_install", "-at_install")
class TestPlaybookTours(TourCase, PlaybookCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.playbook = cls._create_playbook({"name": "Ask for the volume"})

    def test_salesperson_moves_a_deal_and_runs_a_playbook(self):
        self._ask()
        # The stages of the team only, so that all of them are in sight.
        away = self.env["crm.team"].create({"name": "Elsewhere"})
        mine = self.first | self.middle | self.last | self.won
        others = self.env["crm.stage"].search([("id", "not in", mine.ids)])
        others.team_ids = away
        self._tour(f"/odoo/crm.lead/{self.deal.id}", "crm_sfa_pipeline", self.seller)
        self.assertEqual(self.deal.stage_id, self.middle)
        self.assertEqual(self.deal.tick_ids.user_id, self.seller)
        self.assertEqual(self.deal.playbook_run_ids.state, "done")

    def test_manager_looks_at_late_steps(self):
        self.env["crm.playbook.run"].search([]).unlink()
        self._start(self.playbook, on=fields.Date.today() - timedelta(days=7))
        self._tour(
            "/odoo/action-crm_sfa.crm_playbook_run_step_action_late",
            "crm_sfa_late_steps",
            self.manager,
        )


@tagged("post_install", "-at_install")
class TestLostTour(TourCase, MotiveCase):
    def test_salesperson_says_why_and_to_whom_a_deal_was_lost(self):
        self._tour(f"/odoo/crm.lead/{self.deal.id}", "crm_sfa_lost", self.seller)
        self.assertEqual(self.deal.won_status, "lost")
        self.assertEqual(self.deal.motive_ids.motive_id, self.price)
        self.assertEqual(self.deal.rival_ids.competitor_id, self.roast)
