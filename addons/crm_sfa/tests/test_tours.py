from odoo.tests import HttpCase, new_test_user, tagged

from .common import SalesCase


@tagged("post_install", "-at_install")
class TestTours(HttpCase):
    def test_confirmed_order_stands_on_the_customers_time_line(self):
        seller = new_test_user(
            self.env,
            "sfa_tour",
            password="sfa_tour",
            groups="sales_team.group_sale_salesman",
        )
        product = self.env["product.product"].create({"name": "Machine"})
        order = self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Nordlicht"}).id,
                "user_id": seller.id,
                "order_line": [(0, 0, {"product_id": product.id})],
            }
        )
        self.start_tour(
            f"/odoo/sale.order/{order.id}", "crm_sfa_order", login="sfa_tour"
        )
        self.assertEqual(order.state, "sale")
        self.start_tour(
            f"/odoo/res.partner/{order.partner_id.id}",
            "crm_sfa_order_on_card",
            login="sfa_tour",
        )


@tagged("post_install", "-at_install")
class TestCardTour(HttpCase, SalesCase):
    browser_size = "1366x768"

    def test_leader_sees_who_works_with_a_customer_and_on_what(self):
        self.leader.password = self.leader.login
        self.nordlicht.user_id = self.manager
        self._create_lead(user_id=self.colleague.id)
        self._create_order(partner=self.anna)
        self.start_tour(
            f"/odoo/res.partner/{self.nordlicht.id}",
            "crm_sfa_who_works_here",
            login=self.leader.login,
        )
