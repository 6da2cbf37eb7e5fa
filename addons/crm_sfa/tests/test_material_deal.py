import base64

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import SalesCase


@tagged("post_install", "-at_install")
class TestMaterialOfDeal(SalesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.material = cls.env["crm.material"].create(
            {
                "name": "Grinders 2026",
                "state": "approved",
                "file": base64.b64encode(b"%PDF-1.4 grinders"),
                "file_name": "grinders.pdf",
            }
        )
        cls.deal = cls.env["crm.lead"].create(
            {
                "name": "Ten grinders",
                "type": "opportunity",
                "partner_id": cls.anna.id,
                "user_id": cls.seller.id,
            }
        )

    def _wizard(self, record):
        wizard = self.env["crm.material.send.wizard"].with_user(self.seller)
        context = {"active_model": record._name, "active_ids": record.ids}
        return Form(wizard.with_context(**context))

    def _send(self, record):
        form = self._wizard(record)
        form.material_ids.add(self.material)
        form.save().action_send()
        return self.env["crm.material.send"].search(
            [("material_id", "=", self.material.id)]
        )

    def test_from_a_deal_the_customer_gets_a_link_and_the_deal_tells_it(self):
        sent = self._send(self.deal)
        self.assertEqual((sent.partner_id, sent.user_id), (self.anna, self.seller))
        self.assertIn("Grinders 2026", self.deal.message_ids[0].body)

    def test_from_a_quotation_too(self):
        order = self.env["sale.order"].create(
            {"partner_id": self.anna.id, "user_id": self.seller.id}
        )
        self.assertEqual(self._send(order).partner_id, self.anna)
        self.assertIn("Grinders 2026", order.message_ids[0].body)

    def test_a_lead_without_a_customer_says_what_to_do(self):
        self.deal.partner_id = False
        with self.assertRaisesRegex(UserError, "Choose the customer first"):
            self._wizard(self.deal)
