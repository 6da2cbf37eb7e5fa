from odoo import Command
from odoo.tests import HttpCase, tagged

from .test_demand import DemandCase


@tagged("post_install", "-at_install")
class TestDemandTour(HttpCase, DemandCase):
    def test_reader_looks_at_a_forecast_and_opens_its_orders(self):
        # Readers who do not sell see no way to the orders.
        seller = self.env.ref("sales_team.group_sale_salesman_all_leads")
        self.reader.write(
            {"password": self.reader.login, "group_ids": [Command.link(seller.id)]}
        )
        self._run()
        self.start_tour("/odoo/demand", "crm_analytics_demand", login=self.reader.login)
