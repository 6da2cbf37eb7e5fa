from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.crm_sfa.tests.common import SalesCase


@tagged("post_install", "-at_install")
class TestOrderBoard(SalesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.grinder.is_storable = True
        cls.order = cls._create_order(confirm=True)
        cls.picking = cls.order.picking_ids

    def _row(self):
        self.env.invalidate_all()
        return self.env["crm.order.board"].browse(self.order.id)

    def _deliver(self, quantity):
        self.picking.move_ids.quantity = quantity
        self.picking.move_ids.picked = True
        self.picking.with_context(
            skip_backorder=True, picking_ids_not_to_backorder=self.picking.ids
        ).button_validate()

    def test_board_follows_the_transfers(self):
        self.assertEqual(self._row().standing, "to_deliver")
        self.assertEqual(self._row().date_delivery, self.picking.scheduled_date)
        self._deliver(2)
        self.assertEqual(self._row().delivery, "delivered")
        self.assertFalse(self._row().date_delivery)

    def test_rest_that_was_given_up_is_not_waited_for(self):
        self._deliver(1)
        self.assertEqual(self._row().delivery, "delivered")

    def test_transfer_past_its_day_is_late_without_a_promised_date(self):
        rule = self.env["crm.order.rule"].create(
            {"name": "Late", "kind": "late", "days": 2, "tell": "nobody"}
        )
        self.picking.move_ids.date_deadline = fields.Datetime.now() - timedelta(days=4)
        rule._check_orders()
        self.assertEqual(self.order.flag_ids.value, 4)
        self._deliver(2)
        rule._check_orders()
        self.assertFalse(self.order.flag_ids)
