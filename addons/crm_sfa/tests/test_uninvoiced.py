from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from odoo.addons.base.tests.common import BaseCommon


@tagged("post_install", "-at_install")
class TestUninvoiced(BaseCommon):
    """Customers to whom something was delivered and no invoice was sent."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reader = new_test_user(
            cls.env, "uninvoiced_reader", groups="crm_sfa.crm_sfa_group_reader"
        )
        cls.seller = new_test_user(
            cls.env, "uninvoiced_seller", groups="sales_team.group_sale_salesman"
        )
        cls.customer = cls.env["res.partner"].create(
            {"name": "Nordlicht", "is_company": True, "value_class": "a"}
        )
        cls.anna = cls.env["res.partner"].create(
            {"name": "Anna", "parent_id": cls.customer.id}
        )
        cls.product = cls.env["product.product"].create(
            {
                "name": "Service",
                "type": "service",
                "list_price": 100,
                "invoice_policy": "delivery",
                "taxes_id": [Command.clear()],
            }
        )
        cls.env["crm.contact.policy"].create(
            {
                "name": "Everybody",
                "sequence": 0,
                "kind_ids": [
                    Command.set(cls.env.ref("crm_base.crm_contact_kind_call").ids)
                ],
            }
        )

    def _make_order(self, partner, ordered, delivered, **vals):
        line = {
            "product_id": self.product.id,
            "product_uom_qty": ordered,
            "price_unit": 100,
        }
        order = self.env["sale.order"].create(
            {"partner_id": partner.id, "order_line": [Command.create(line)]} | vals
        )
        order.action_confirm()
        order.order_line.qty_delivered = delivered
        return order

    def _swept(self):
        statuses = self.env["crm.contact.status"]
        statuses._sweep()
        return statuses.search([("partner_id", "=", self.customer.id)])

    def test_delivered_orders_of_the_family_are_summed_up(self):
        self._make_order(self.customer, 5, 2)
        self._make_order(self.anna, 1, 1)
        self.assertEqual(self._swept().uninvoiced_amount, 300)

    def test_nothing_is_summed_up_before_delivery(self):
        self._make_order(self.customer, 5, 0)
        self.assertEqual(self._swept().uninvoiced_amount, 0)

    def test_cancelled_order_counts_nothing(self):
        self._make_order(self.customer, 5, 5)._action_cancel()
        self.assertEqual(self._swept().uninvoiced_amount, 0)

    def test_invoice_takes_the_customer_from_the_list(self):
        order = self._make_order(self.customer, 2, 2)
        self.assertEqual(self._swept().uninvoiced_amount, 200)
        order._create_invoices().action_post()
        self.assertEqual(self._swept().uninvoiced_amount, 0)

    def test_other_currency_is_converted(self):
        currency = self.env["res.currency"].create(
            {
                "name": "XCT",
                "symbol": "x",
                "rate_ids": [Command.create({"name": "2020-01-01", "rate": 4})],
            }
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "X", "currency_id": currency.id}
        )
        self._make_order(self.customer, 1, 1, pricelist_id=pricelist.id)
        self.assertEqual(self._swept().uninvoiced_amount, 25)

    def test_second_sweep_writes_nothing(self):
        self._make_order(self.customer, 3, 1)
        self._swept()
        place = "SELECT id, ctid::text FROM crm_contact_status ORDER BY 1"
        before = self.env.execute_query_dict(SQL(place))
        self._swept()
        self.assertEqual(self.env.execute_query_dict(SQL(place)), before)

    def test_who_reads_all_orders_finds_the_customer(self):
        self._make_order(self.customer, 2, 2)
        status = self._swept()
        found = status.with_user(self.reader).search([("uninvoiced_amount", ">", 0)])
        self.assertIn(status, found)
        views = status.with_user(self.reader).get_views([(False, "search")])
        self.assertIn('name="uninvoiced"', views["views"]["search"]["arch"])

    def test_seller_of_own_documents_does_not_learn_the_sum(self):
        self._make_order(self.customer, 2, 2)
        status = self._swept().with_user(self.seller)
        with self.assertRaises(AccessError):
            status.read(["uninvoiced_amount"])
        with self.assertRaises(AccessError):
            status.search([("uninvoiced_amount", ">", 0)])
        views = status.get_views([(False, "list"), (False, "search")])
        for view in views["views"].values():
            self.assertNotIn("uninvoiced", view["arch"])
