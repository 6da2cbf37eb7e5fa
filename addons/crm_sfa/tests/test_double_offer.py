from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import RedirectWarning, UserError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import SQL
from odoo.tools.sql import table_columns

from .common import SalesCase


class DoubleCase(SalesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.approval.limit"].search([]).active = False
        categories = cls.env["product.category"].create(
            [{"name": "Machines"}, {"name": "Coffee"}]
        )
        cls.machines, cls.coffee = categories
        cls.grinder.categ_id = cls.machines
        cls.beans.categ_id = cls.coffee
        cls.mill = cls.env["product.product"].create(
            {"name": "Mill", "categ_id": cls.machines.id}
        )
        cls.theirs = cls._create_order(user=cls.colleague, partner=cls.anna)
        cls.mine = cls._create_order().with_user(cls.seller)

    def _hint(self, order=None):
        order = order or self.mine
        order.invalidate_recordset(["double_offer_hint"])
        return order.double_offer_hint

    def _go_on(self, order=None, reason="Agreed with Cora"):
        order = order or self.mine
        self.env["crm.double.offer"].with_user(self.seller).create(
            {"order_ids": order.ids, "reason": reason}
        ).action_go_on()


@tagged("post_install", "-at_install")
class TestDoubleOffer(DoubleCase):
    def test_same_product_of_a_colleague_is_told_by_name_alone(self):
        """The seller may not see the colleague's quotation."""
        self.assertIn("Cora Colleague offered the same product", self._hint())
        self.assertNotIn(self.theirs.name, self._hint())

    def test_who_may_see_the_other_is_told_which(self):
        order = self.mine.with_user(self.leader)
        order.invalidate_recordset()
        self.assertIn(self.theirs.name, order.double_offer_hint)

    def test_same_category_is_told(self):
        self.mine.order_line.product_id = self.mill
        self.assertIn("same category", self._hint())

    def test_category_counts_only_where_the_company_says_so(self):
        self.mine.order_line.product_id = self.mill
        self.env.company.double_offer_by = "product"
        self.assertFalse(self._hint())

    def test_other_goods_are_no_double(self):
        self.mine.order_line.product_id = self.beans
        self.assertFalse(self._hint())

    def test_other_customer_is_no_double(self):
        self.assertFalse(self._hint(self._create_order(partner=self.talisman)))

    def test_own_and_cancelled_offers_are_no_doubles(self):
        self.theirs.user_id = self.seller
        self.assertFalse(self._hint())
        self.theirs.user_id = self.colleague
        self.theirs.action_cancel()
        self.assertFalse(self._hint())

    def test_old_offers_are_no_doubles(self):
        self.theirs.date_order = fields.Datetime.now() - timedelta(days=31)
        self.assertFalse(self._hint())
        self.env.company.double_offer_days = 40
        self.assertTrue(self._hint())

    def test_zero_days_is_no_warning(self):
        self.env.company.double_offer_days = 0
        self.mine.action_quotation_sent()
        self.assertEqual(self.mine.state, "sent")

    def test_confirmed_orders_are_doubles(self):
        self.theirs.action_confirm()
        self.assertTrue(self._hint())

    def test_offer_of_a_company_that_the_seller_may_not_see_is_told(self):
        other = self.env["res.company"].create({"name": "Other"})
        far = new_test_user(
            self.env,
            "sfa_far",
            name="Fay Far",
            groups="sales_team.group_sale_salesman",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self.theirs.action_cancel()
        self._create_order(user=far, company_id=other.id, team_id=False)
        self.assertEqual(
            self._hint(), "Fay Far offered the same product to this customer."
        )

    def test_every_way_of_sending_is_stopped(self):
        order = self.mine
        share = self.env["portal.share"].with_user(self.seller)
        share = share.with_context(active_model="sale.order", active_id=order.id)
        reports = self.env["ir.actions.report"].with_user(self.seller)
        for way in (
            order.action_quotation_send,
            order.action_quotation_sent,
            order.action_preview_sale_order,
            order.action_confirm,
            lambda: order.write({"state": "sent"}),
            lambda: order.write({"state": "sale"}),
            lambda: share.default_get(["res_id"]),
            lambda: reports._render_qweb_html(
                "sale.action_report_saleorder", order.ids
            ),
        ):
            with (
                self.subTest(way=way),
                self.assertRaisesRegex(RedirectWarning, "Cora Colleague"),
                self.env.cr.savepoint(),
            ):
                way()
        self.assertEqual(order.state, "draft")

    def test_customer_does_not_open_the_draft(self):
        order = self.mine.with_user(self.env.ref("base.public_user")).sudo()
        self.assertFalse(order._may_be_seen_by_customer())
        self._go_on()
        self.assertTrue(order._may_be_seen_by_customer())

    def test_with_a_reason_it_is_sent_and_both_are_told(self):
        self._go_on()
        self.assertIn("Agreed with Cora", self.mine.message_ids[:1].body)
        self.mine.action_quotation_sent()
        self.assertEqual(self.mine.state, "sent")
        self.assertEqual(self.mine.double_offer_reason, "Agreed with Cora")
        told = self.theirs.message_ids[:1]
        self.assertIn("Agreed with Cora", told.body)
        self.assertIn("Sam Seller", told.body)
        self.assertIn(self.colleague.partner_id, told.partner_ids)

    def test_another_colleague_is_asked_about_anew(self):
        self._go_on()
        self._create_order(user=self.leader)
        with self.assertRaisesRegex(RedirectWarning, "Lea Leader"):
            self.mine.action_quotation_sent()

    def test_reason_without_a_double_is_refused(self):
        self.theirs.action_cancel()
        with self.assertRaisesRegex(UserError, "No colleague"):
            self._go_on()

    def test_reason_written_directly_opens_nothing(self):
        self.mine.double_offer_reason = "Never mind"
        with self.assertRaises(RedirectWarning):
            self.mine.action_quotation_sent()

    def test_copy_is_asked_about_anew(self):
        self._go_on()
        self.assertTrue(self._hint(self.mine.copy()))

    def test_form_tells_it_while_the_seller_types(self):
        form = Form(self.env["sale.order"].with_user(self.seller))
        form.partner_id = self.nordlicht
        self.assertFalse(form.double_offer_hint)
        with form.order_line.new() as line:
            line.product_id = self.grinder
        self.assertIn("Cora Colleague", form.double_offer_hint)

    def test_customer_confirms_in_spite_of_a_double(self):
        self._go_on()
        self.mine.action_quotation_sent()
        self._create_order(user=self.leader)
        order = self.mine.with_user(self.env.ref("base.public_user")).sudo()
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_text_of_the_reason_is_escaped(self):
        self._go_on(reason="<script>x</script>")
        for order in (self.mine, self.theirs):
            bodies = "".join(order.sudo().message_ids.mapped("body"))
            self.assertNotIn("<script>", bodies)

    def test_ten_thousand_orders_of_a_customer_take_one_query(self):
        self._copy_theirs(10_000)
        orders = self.mine.sudo() | self._create_order()
        orders._double_offers()
        with self.assertQueryCount(1):
            doubles = orders._double_offers()
        self.assertEqual(
            {(one.key, one.user) for one in doubles},
            {(0, self.colleague.id), (1, self.colleague.id)},
        )

    def _copy_theirs(self, times):
        """Copy the colleague's quotation row by row, whatever columns it has."""
        self.env.flush_all()
        order = self._columns("sale_order", "id", "name")
        line = self._columns("sale_order_line", "id", "order_id")
        self.env.cr.execute(
            SQL(
                """INSERT INTO sale_order (name, %(order)s)
                   SELECT 'Copied ' || n, %(order)s
                     FROM sale_order, generate_series(1, %(times)s) AS n
                    WHERE id = %(theirs)s""",
                order=order,
                times=times,
                theirs=self.theirs.id,
            )
        )
        # Or each line would look for its order as if there were a handful.
        self.env.cr.execute("ANALYZE sale_order")
        self.env.cr.execute(
            SQL(
                """INSERT INTO sale_order_line (order_id, %(line)s)
                   SELECT copied_id, %(line)s
                     FROM (SELECT id FROM sale_order WHERE name LIKE 'Copied %%')
                       AS new (copied_id), sale_order_line
                    WHERE order_id = %(theirs)s""",
                line=line,
                theirs=self.theirs.id,
            )
        )

    def _columns(self, table, *left_out):
        names = table_columns(self.env.cr, table).keys() - set(left_out)
        return SQL(", ").join(SQL.identifier(name) for name in names)
