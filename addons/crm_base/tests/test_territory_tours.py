from odoo.tests import HttpCase, tagged

from .common import CrmCase


@tagged("post_install", "-at_install")
class TestTerritoryTour(HttpCase, CrmCase):
    def test_manager_makes_a_territory_and_sees_customers_move(self):
        self.manager.password = "crm_manager"
        partner = self.env["res.partner"].create(
            {
                "name": "Tour Reederei",
                "is_company": True,
                "zip": "20095",
                "country_id": self.env.ref("base.de").id,
            }
        )
        self.start_tour(
            "/odoo/action-crm_base.crm_territory_action",
            "crm_base_territory",
            login="crm_manager",
        )
        self.assertEqual(partner.territory_id.name, "Tour Hamburg")
