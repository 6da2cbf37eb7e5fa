from unittest.mock import patch

from odoo.tests import HttpCase, tagged

from .lifetime_common import LifetimeCase


@tagged("post_install", "-at_install")
class TestLifetimeTour(HttpCase, LifetimeCase):
    def test_manager_computes_and_sees_who_is_at_risk(self):
        self.manager.password = self.manager.login

        def work(runs):
            """What the cron does in the background, at once."""
            runs.sudo()._work(lambda percent, step: None)
            runs.sudo()._end("done")

        defaults = {
            "date_from": "2025-01-01",
            "date_to": "2025-12-31",
        }
        for name, value in defaults.items():
            self.env["ir.default"].set("crm.lifetime.run", name, value)
        with patch.object(type(self.runs), "_wake", work):
            self.start_tour(
                "/odoo/lifetime-value",
                "crm_analytics_lifetime",
                login=self.manager.login,
            )
        run = self.runs.search([("company_id", "=", self.company.id)])
        self.assertEqual(run.state, "done")
