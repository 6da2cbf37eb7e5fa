from odoo.tests import tagged

from odoo.addons.crm_sfa.tests.orders_common import OrdersCase


@tagged("post_install", "-at_install")
class TestComplaintStopsReminders(OrdersCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.payment.ladder"].search([]).active = False
        cls._ladder()
        cls.order = cls._sell(quantity=1)
        cls._bill(cls.order, days_late=10)

    def _complain(self, kind):
        return self.env["crm.complaint"].create(
            {"name": "Came burnt", "partner_id": self.anna.id, "kind": kind}
        )

    def test_open_complaint_stops_them_until_it_is_closed(self):
        self.assertEqual(self._due().state, "due")
        complaint = self._complain("product")
        self.assertEqual(self._due().state, "dispute")
        board = self.env["crm.order.board"].browse(self.order.id)
        self.assertEqual(board.standing, "dispute")
        complaint.sudo().state = "closed"
        self.assertEqual(self._due().state, "due")

    def test_complaint_of_our_manners_does_not(self):
        self._complain("conduct")
        self.assertEqual(self._due().state, "due")
