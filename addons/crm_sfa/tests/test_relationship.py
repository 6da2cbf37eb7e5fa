from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged

from odoo.addons.base.tests.common import BaseCommon


@tagged("post_install", "-at_install")
class TestRelationship(BaseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.env["res.partner"].create(
            {"name": "Nordlicht", "is_company": True}
        )
        cls.anna = cls.env["res.partner"].create(
            {"name": "Anna Berg", "parent_id": cls.customer.id}
        )
        cls.product = cls.env["product.product"].create({"name": "Machine"})

    def _order(self, days_ago, confirm=True):
        line = Command.create({"product_id": self.product.id})
        order = self.env["sale.order"].create(
            {"partner_id": self.anna.id, "order_line": [line]}
        )
        if confirm:
            order.action_confirm()
        order.date_order = fields.Datetime.now() - timedelta(days=days_ago)
        return order

    def _stage(self):
        self.env["res.partner"]._move_stages(0, 2**31 - 1)
        self.env.invalidate_all()
        return self.customer.relationship_stage

    def test_quotation_is_a_contact_and_no_order(self):
        self._order(3, confirm=False)
        self.assertEqual(self._stage(), "prospect")

    def test_confirmed_orders_of_the_people_move_the_company(self):
        self._order(3)
        self.assertEqual(self._stage(), "first")
        self._order(1)
        self.assertEqual(self._stage(), "regular")

    def test_pause_and_return(self):
        self._order(300)
        self.assertEqual(self._stage(), "sleeping")
        self._order(1)
        self.assertEqual(self._stage(), "returned")

    def test_cancelled_order_counts_no_longer(self):
        order = self._order(3)
        self.assertEqual(self._stage(), "first")
        order._action_cancel()
        self.assertEqual(self._stage(), "prospect")
