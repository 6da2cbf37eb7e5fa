from odoo.tests import HttpCase, tagged

from .test_clusters import ClusterCase


@tagged("post_install", "-at_install")
class TestClustersTour(HttpCase, ClusterCase):
    def test_manager_searches_groups_and_looks_at_one(self):
        self.manager.password = self.manager.login
        self._told(self._rows())
        self._run()
        self.start_tour(
            "/odoo/customer-groups", "crm_analytics_clusters", login=self.manager.login
        )
