from odoo.tests import HttpCase, tagged

from .test_analysis import AnalysisCase


@tagged("post_install", "-at_install")
class TestAnalysisTour(HttpCase, AnalysisCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.partner.category"].create({"name": "Best"})
        for user in cls.reader | cls.manager:
            user.password = user.login
        cls._create_order(cls.nordlicht, "2025-02-01", 900)
        cls._done()
        cls._create_order(cls.olivar, "2025-03-01", 10)
        cls._done()

    @classmethod
    def _done(cls):
        run_sudo = cls.analysis._begin().sudo()
        run_sudo._work(lambda percent, step: None)
        run_sudo._end("done")

    def test_manager_runs_an_analysis(self):
        self.start_tour(
            "/odoo/customer-analyses", "crm_analytics_run", login="analytics_manager"
        )

    def test_manager_acts_on_a_cell(self):
        self.start_tour(
            "/odoo/customer-classes", "crm_analytics_act", login="analytics_manager"
        )
        tag = self.env["res.partner.category"].search([("name", "=", "Best")])
        self.assertEqual(tag.partner_ids, self.nordlicht)

    def test_reader_looks_at_classes(self):
        self.start_tour(
            "/odoo/customer-classes", "crm_analytics_classes", login="analytics_reader"
        )

    def test_reader_looks_at_classes_on_a_phone(self):
        self.browser_size = "375x667"
        self.start_tour(
            "/odoo/customer-classes", "crm_analytics_classes", login="analytics_reader"
        )
