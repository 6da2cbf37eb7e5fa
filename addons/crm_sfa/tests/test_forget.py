from odoo.tests import tagged

from odoo.addons.base.tests.common import BaseCommon

NAME = "Xaverine Quellmalz"
MAIL = "xaverine@quellmalz.example.com"
PHONE = "+49 30 7771234"


@tagged("post_install", "-at_install")
class TestForget(BaseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls.env["res.partner"].create(
            {"name": NAME, "email": MAIL, "phone": PHONE}
        )

    def test_nothing_of_the_person_is_left(self):
        person = self.person
        product = self.env["product.product"].create({"name": "Machine"})
        lead = self.env["crm.lead"].create(
            {
                "name": f"Lead of {NAME}",
                "contact_name": NAME,
                "email_from": MAIL,
                "phone": PHONE,
                "description": f"<p>{NAME}</p>",
            }
        )
        order = self.env["sale.order"].create(
            {
                "partner_id": person.id,
                "client_order_ref": NAME,
                "signed_by": NAME,
                "order_line": [(0, 0, {"product_id": product.id, "price_unit": 9})],
            }
        )
        order.action_confirm()
        product.invoice_policy = "order"
        invoice = order._create_invoices()
        invoice.action_post()
        log = person._forget("letter")
        self.env.invalidate_all()
        # The whole database was searched.
        self.assertEqual(log.details["left"], {})
        self.assertEqual(lead.name, f"Forgotten person #{person.id}")
        self.assertFalse(lead.phone or lead.email_normalized or lead.phone_sanitized)
        self.assertEqual(order.partner_id, person)
        self.assertEqual(invoice.state, "posted")
        self.assertIn("Forgotten person", invoice.invoice_partner_display_name)
        self.assertIn("sale.order", {line["model"] for line in log.details["parts"]})

    def test_open_invoice_is_told_before(self):
        person = self.person
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": person.id,
                "invoice_line_ids": [(0, 0, {"name": "Service", "price_unit": 10})],
            }
        )
        self.assertFalse(person._forget_obstacles())
        invoice.action_post()
        self.assertIn("not yet paid: 1", person._forget_obstacles()[0])

    def test_attachment_of_an_invoice_is_kept(self):
        person = self.person
        invoice = self.env["account.move"].create(
            {"move_type": "out_invoice", "partner_id": person.id}
        )
        message = invoice.message_post(
            body="Paid", author_id=person.id, attachments=[("receipt.txt", "paid")]
        )
        log = person._forget("letter")
        self.assertTrue(message.attachment_ids.exists())
        self.assertFalse(message.body)
        kept = [line for line in log.details["parts"] if line["done"] == "keep"]
        self.assertIn("account.move", {line["model"] for line in kept})
