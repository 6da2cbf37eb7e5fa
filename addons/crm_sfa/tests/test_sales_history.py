from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import format_amount

from odoo.addons.base.tests.common import BaseCommon


@tagged("post_install", "-at_install")
class TestSalesHistory(BaseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = new_test_user(
            cls.env, "sfa_seller", groups="sales_team.group_sale_salesman"
        )
        cls.leader = new_test_user(
            cls.env, "sfa_leader", groups="sales_team.group_sale_salesman_all_leads"
        )
        cls.reader = new_test_user(
            cls.env, "sfa_reader", groups="crm_sfa.crm_sfa_group_reader"
        )
        cls.agent = new_test_user(
            cls.env, "sfa_agent", groups="crm_base.crm_base_group_user"
        )
        cls.customer = cls.env["res.partner"].create({"name": "Nordlicht"})
        cls.product = cls.env["product.product"].create(
            {"name": "Machine", "list_price": 100, "invoice_policy": "order"}
        )

    @classmethod
    def _create_order(cls, user, confirm=True):
        line = (0, 0, {"product_id": cls.product.id, "product_uom_qty": 2})
        order = cls.env["sale.order"].create(
            {"partner_id": cls.customer.id, "user_id": user.id, "order_line": [line]}
        )
        if confirm:
            order.action_confirm()
        return order

    def _rows(self, user):
        return (
            self.env["crm.timeline"].with_user(user).read_page(self.customer.id)["rows"]
        )

    def _kinds(self, user):
        """Kind and subject of the rows, without the amount that follows it."""
        rows = self._rows(user)
        return [(row["kind"], row["subject"].split(" · ")[0]) for row in rows]

    def test_quotation_becomes_order_in_the_same_place(self):
        order = self._create_order(self.leader, confirm=False)
        self.assertEqual(self._kinds(self.leader), [("quotation", order.name)])
        order.action_confirm()
        self.assertEqual(self._kinds(self.leader), [("order", order.name)])

    def test_row_tells_the_amount(self):
        order = self._create_order(self.leader)
        amount = format_amount(self.env, order.amount_total, order.currency_id)
        subject = self._rows(self.leader)[0]["subject"]
        self.assertEqual(subject, f"{order.name} · {amount}")

    def test_row_opens_the_order_itself(self):
        order = self._create_order(self.leader)
        row = self._rows(self.leader)[0]
        action = (
            self.env["crm.timeline"]
            .with_user(self.leader)
            .browse(row["id"])
            .action_open()
        )
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("sale.order", order.id)
        )

    def test_posted_invoice_stands_there_and_a_draft_does_not(self):
        order = self._create_order(self.leader)
        invoice = order._create_invoices()
        self.assertNotIn("invoice", dict(self._kinds(self.reader)))
        invoice.action_post()
        self.assertEqual(dict(self._kinds(self.reader))["invoice"], invoice.name)

    def test_opportunity_stands_there(self):
        self.env["crm.lead"].create(
            {
                "name": "Five machines",
                "type": "opportunity",
                "partner_id": self.customer.id,
                "user_id": self.leader.id,
            }
        )
        self.assertIn(("lead", "Five machines"), self._kinds(self.leader))

    def test_seller_with_own_documents_sees_no_colleagues_order(self):
        self._create_order(self.leader)
        self.assertEqual(self._kinds(self.seller), [])
        own = self._create_order(self.seller)
        self.assertEqual(self._kinds(self.seller), [("order", own.name)])

    def test_agent_without_the_right_sees_no_order(self):
        self._create_order(self.leader)
        self.assertEqual(self._kinds(self.agent), [])

    def test_reader_sees_all_orders_and_changes_none(self):
        order = self._create_order(self.leader)
        self.assertEqual(self._kinds(self.reader), [("order", order.name)])
        order = order.with_user(self.reader)
        self.assertEqual(order.order_line.product_uom_qty, 2)
        for change in (
            lambda: order.write({"client_order_ref": "x"}),
            lambda: order.order_line.write({"product_uom_qty": 1}),
            order.unlink,
            order.copy,
        ):
            with self.assertRaises(AccessError):
                change()

    def test_reader_sees_no_bills_of_suppliers(self):
        bill = self.env["account.move"].create(
            {"move_type": "in_invoice", "partner_id": self.customer.id}
        )
        with self.assertRaises(AccessError):
            bill.with_user(self.reader).read(["name"])

    def test_forms_of_order_and_invoice_open_for_who_sees_their_rows(self):
        order = self._create_order(self.seller)
        invoice = order._create_invoices()
        invoice.action_post()
        for user in (self.reader, self.seller):
            for document in (order, invoice):
                form = Form(document.with_user(user))
                self.assertEqual(form.partner_id, self.customer)

    def test_payments_of_customers_are_read_and_those_to_suppliers_are_not(self):
        journal = self.env["account.journal"].search([("type", "=", "bank")], limit=1)
        payments = self.env["account.payment"].create(
            [
                {
                    "partner_id": self.customer.id,
                    "partner_type": partner_type,
                    "payment_type": payment_type,
                    "journal_id": journal.id,
                    "amount": 10,
                }
                for partner_type, payment_type in (
                    ("customer", "inbound"),
                    ("supplier", "outbound"),
                )
            ]
        )
        accountant = new_test_user(
            self.env,
            "sfa_accountant",
            groups="account.group_account_invoice,sales_team.group_sale_salesman",
        )
        for user, seen in (
            (self.reader, payments[0]),
            (self.seller, payments[0]),
            (accountant, payments),
            (self.agent, payments.browse()),
        ):
            if not seen:
                with self.assertRaises(AccessError):
                    payments.with_user(user).read(["amount"])
                continue
            found = payments.with_user(user).search([("id", "in", payments.ids)])
            self.assertEqual(found, seen, user.login)

    def test_card_counts_what_the_reader_may_see(self):
        self._create_order(self.leader)
        self._create_order(self.leader, confirm=False)
        for user, expected in ((self.leader, ("1", "1")), (self.seller, ("0", "0"))):
            parts = self.customer.with_user(user).crm_card()["parts"]
            values = {part["key"]: part["value"] for part in parts}
            self.assertEqual((values["orders"], values["quotations"]), expected)
        parts = self.customer.with_user(self.agent).crm_card()["parts"]
        self.assertNotIn("orders", {part["key"] for part in parts})
