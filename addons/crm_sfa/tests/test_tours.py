from odoo.tests import HttpCase, new_test_user, tagged


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
