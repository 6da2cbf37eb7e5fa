from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from odoo.addons.crm_sfa.tests.common import SalesCase


@tagged("post_install", "-at_install")
class TestReader(SalesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reader = new_test_user(
            cls.env, "sfa_reader", groups="crm_sfa.crm_sfa_group_reader"
        )
        cls.grinder.is_storable = True
        cls.order = cls._create_order(confirm=True)

    def test_reader_opens_an_order_and_its_deliveries(self):
        form = Form(self.order.with_user(self.reader))
        self.assertEqual(form.partner_id, self.nordlicht)
        picking = self.order.picking_ids.with_user(self.reader)
        self.assertEqual(picking.partner_id, self.nordlicht)

    def test_reader_moves_nothing(self):
        picking = self.order.picking_ids.with_user(self.reader)
        with self.assertRaises(AccessError):
            picking.move_ids.quantity = 2
        with self.assertRaises(AccessError):
            picking.unlink()

    def test_others_see_no_deliveries(self):
        with self.assertRaises(AccessError):
            self.order.picking_ids.with_user(self.outsider).read(["name"])
