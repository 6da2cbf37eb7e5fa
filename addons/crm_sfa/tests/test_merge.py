from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.base.tests.common import BaseCommon


@tagged("post_install", "-at_install")
class TestMergeOfCustomers(BaseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.leader = new_test_user(
            cls.env, "sfa_leader", groups="sales_team.group_sale_salesman_all_leads"
        )
        cls.customer = cls.env["res.partner"].create({"name": "Nordlicht"})
        product = cls.env["product.product"].create(
            {"name": "Machine", "list_price": 100, "invoice_policy": "order"}
        )
        company = cls.env["res.partner"].create({"name": "Holding", "is_company": True})
        cls.keep = cls.env["res.partner"].create(
            {"name": "Nordlicht", "parent_id": company.id}
        )
        line = Command.create({"product_id": product.id, "product_uom_qty": 2})
        cls.order = cls.env["sale.order"].create(
            {"partner_id": cls.customer.id, "order_line": [line]}
        )
        cls.order.action_confirm()
        cls.invoice = cls.order._create_invoices()
        cls.invoice.action_post()

    def _merge(self):
        merges = self.env["crm.merge"].with_user(self.leader)
        return merges._merge(
            self.keep.with_user(self.leader), self.customer.with_user(self.leader), {}
        )

    def test_orders_and_invoices_follow_and_come_back(self):
        documents = [self.order, self.invoice, self.invoice.line_ids]
        before = [document.mapped("partner_id") for document in documents]
        terms = self.order.payment_term_id, self.order.pricelist_id
        total = self.order.amount_total
        merge = self._merge()
        company = self.keep.parent_id
        self.assertEqual(self.order.partner_id, self.keep)
        self.assertEqual(self.invoice.partner_id, self.keep)
        self.assertEqual(self.invoice.commercial_partner_id, company)
        self.assertEqual(self.invoice.line_ids.partner_id, company)
        self.assertEqual((self.order.payment_term_id, self.order.pricelist_id), terms)
        self.assertEqual((self.order.amount_total, self.order.state), (total, "sale"))
        self.assertEqual(self.invoice.state, "posted")
        merge.action_undo()
        self.assertEqual([d.mapped("partner_id") for d in documents], before)
        self.assertEqual(self.invoice.commercial_partner_id, self.customer)

    def test_sealed_entries_stay_where_they_are(self):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move SET inalterable_hash = '$4$x' WHERE id = %s",
            self.invoice.ids,
        )
        with self.assertRaisesRegex(UserError, "sealed"):
            self._merge()
