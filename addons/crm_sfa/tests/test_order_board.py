from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .orders_common import OrdersCase


@tagged("post_install", "-at_install")
class TestOrderBoard(OrdersCase):
    def _row(self, order, user=None):
        return (
            self.env["crm.order.board"].with_user(user or self.leader).browse(order.id)
        )

    def assertStands(self, order, standing):
        self.env.invalidate_all()
        self.assertEqual(self._row(order).standing, standing)

    def test_order_goes_over_the_board_from_confirmation_to_payment(self):
        order = self._sell(quantity=4)
        self.assertStands(order, "to_deliver")
        order.order_line.qty_delivered = 1
        self.assertStands(order, "partly")
        order.order_line.qty_delivered = 4
        self.assertStands(order, "to_invoice")
        invoice = self._bill(order, days_late=-5, post=False)
        self.assertStands(order, "to_invoice")
        invoice.action_post()
        self.assertStands(order, "unpaid")
        self._pay(invoice)
        self.assertStands(order, "paid")

    def test_quotation_is_not_on_the_board(self):
        order = self._sell(confirm=False)
        board = self.env["crm.order.board"].search([("order_id", "=", order.id)])
        self.assertFalse(board)

    def test_overdue_and_disputed_orders_are_told_apart(self):
        order = self._sell(quantity=1)
        invoice = self._bill(order, days_late=3)
        self.assertStands(order, "overdue")
        self.assertEqual(self._row(order).days_overdue, 3)
        self.env["crm.payment.dispute"].create(
            {"move_id": invoice.id, "reason": "Came burnt"}
        )
        self.assertStands(order, "dispute")

    def test_refund_bigger_than_the_invoice_leaves_nothing_to_pay(self):
        order = self._sell(quantity=1)
        invoice = self._bill(order, days_late=3)
        refund = invoice._reverse_moves()
        refund.invoice_line_ids.price_unit = 150
        refund.action_post()
        self.env.invalidate_all()
        row = self._row(order)
        self.assertEqual((row.payment, row.amount_open), ("paid", -50))

    def test_invoice_of_two_orders_is_counted_once(self):
        orders = self._sell(quantity=1) | self._sell(quantity=3)
        for line in orders.order_line:
            line.qty_delivered = line.product_uom_qty
        orders._create_invoices().action_post()
        self.env.invalidate_all()
        rows = self.env["crm.order.board"].browse(orders.ids)
        self.assertEqual(rows.mapped("amount_open"), [100, 300])

    def test_blocked_invoice_is_owed_all_the_same(self):
        order = self._sell(quantity=1)
        self._bill(order, days_late=3).action_toggle_block_payment()
        self.assertStands(order, "overdue")
        self.assertEqual(self._row(order).amount_open, 100)
        board = self.env["crm.order.board"]
        open_rows = [("order_id", "=", order.id), ("is_open", "=", True)]
        self.assertTrue(board.search(open_rows))

    def test_dispute_of_who_gets_the_invoice_counts(self):
        order = self._sell(self.nordlicht, quantity=1)
        order.partner_invoice_id = self.talisman
        invoice = self._bill(order, days_late=3)
        self.assertEqual(invoice.partner_id, self.talisman)
        self.env["crm.payment.dispute"].create(
            {"partner_id": self.talisman.id, "reason": "Came burnt"}
        )
        self.assertStands(order, "dispute")

    def _bill_down(self, order, amount):
        wizard = self.env["sale.advance.payment.inv"].with_context(
            active_model="sale.order", active_ids=order.ids
        )
        wizard = wizard.create(
            {"advance_payment_method": "fixed", "fixed_amount": amount}
        )
        wizard.create_invoices()
        order.invoice_ids.action_post()

    def test_what_was_invoiced_down_is_not_to_invoice_again(self):
        order = self._sell(quantity=10)
        self._bill_down(order, 300)
        order.order_line.filtered("product_id").qty_delivered = 10
        self.env.invalidate_all()
        self.assertEqual(self._row(order).amount_to_invoice, 700)
        final = order._create_invoices(final=True)
        self.assertEqual(final.amount_untaxed, 700)
        final.action_post()
        self.env.invalidate_all()
        self.assertEqual(self._row(order).amount_to_invoice, 0)

    def test_credit_that_is_to_be_issued_is_not_settled(self):
        self.roast.invoice_policy = "order"
        order = self._sell(quantity=10)
        self._pay(self._bill(order))
        self.assertStands(order, "paid")
        order.order_line.product_uom_qty = 8
        self.assertStands(order, "to_invoice")
        self.assertEqual(self._row(order).amount_to_invoice, -200)

    def test_currency_without_a_rate_counts_one_to_one(self):
        currency = self.env["res.currency"].create({"name": "XNR", "symbol": "n"})
        pricelist = self.env["product.pricelist"].create(
            {"name": "N", "currency_id": currency.id}
        )
        line = Command.create(
            {"product_id": self.roast.id, "product_uom_qty": 1, "price_unit": 70}
        )
        order = self._create_order(
            confirm=True, pricelist_id=pricelist.id, order_line=[line]
        )
        self.assertEqual(self._row(order).amount, 70)

    def test_seller_sees_own_orders_and_the_leader_all(self):
        mine, others = self._sell(), self._create_order(user=self.colleague)
        others.action_confirm()
        orders = [("order_id", "in", (mine | others).ids)]
        board = self.env["crm.order.board"]
        self.assertEqual(board.with_user(self.seller).search(orders).order_id, mine)
        found = board.with_user(self.leader).search(orders).order_id
        self.assertEqual(found, mine | others)

    def test_outsiders_portal_and_public_see_no_board(self):
        portal = new_test_user(self.env, "orders_portal", groups="base.group_portal")
        for user in (self.outsider, portal, self.env.ref("base.public_user")):
            for model in ("crm.order.board", "crm.payment.due", "crm.order.flag",
                          "crm.payment.reminder", "crm.payment.dispute",
                          "crm.payment.ladder", "crm.order.rule"):  # fmt: skip
                with self.assertRaises(AccessError):
                    self.env[model].with_user(user).search([])

    def test_figures_count_what_the_filters_show(self):
        self._sell(quantity=1)
        board = self.env["crm.order.board"].with_user(self.seller)
        domain = [("user_id", "=", self.seller.id)]
        figures = {row["key"]: row for row in board.figures(domain)}
        self.assertEqual(figures["to_deliver"]["count"], 1)
        arch = self.env.ref("crm_sfa.crm_order_board_view_search").arch
        for key in figures:
            self.assertIn(f'name="{key}"', arch)

    def test_board_is_grouped_by_what_is_read_live(self):
        self._sell(quantity=1)
        groups = (
            self.env["crm.order.board"]
            .with_user(self.seller)
            .with_context(read_group_expand=True)
            .web_read_group(
                [("user_id", "=", self.seller.id), ("standing", "!=", "paid")],
                ["standing"],
                ["__count"],
            )["groups"]
        )
        self.assertEqual(groups[0]["standing"], "to_deliver")
        self.assertEqual(len(groups), 6)

    def test_reading_the_board_takes_one_query_however_many_orders(self):
        for _number in range(3):
            self._sell(quantity=1)
        board = self.env["crm.order.board"].with_user(self.leader)
        domain = [("user_id", "=", self.seller.id)]
        fields = ["standing", "amount", "amount_open", "flag_count", "name"]
        board.search_fetch(domain, fields)  # rules are read once
        self.env.flush_all()
        self.env.invalidate_all(flush=False)
        with self.assertQueryCount(2):
            board.search_fetch(domain, fields).read(fields, load="")

    # Follow-up of many

    def _follow_up(self, orders, **vals):
        action = self._row(orders[0], self.leader).browse(orders.ids).action_follow_up()
        wizard = (
            self.env["crm.order.followup"]
            .with_user(self.leader)
            .with_context(**action["context"])
            .create(vals)
        )
        wizard.action_do()
        return wizard

    def test_mails_go_to_customers_and_who_has_none_is_told(self):
        reached = self._sell(self.anna)
        left_out = self._sell(self.nordlicht)
        template = self.env.ref("sale.mail_template_sale_confirmation")
        wizard = self._follow_up(
            reached | left_out, kind="mail", mail_template_id=template.id
        )
        self.assertIn("1 of 2", wizard.told)
        self.assertIn(f"{left_out.name}: the customer has no mail", wizard.told)
        mails = self.env["mail.mail"].search([("model", "=", "sale.order")])
        self.assertIn(reached.id, mails.mapped("res_id"))
        self.assertNotIn(left_out.id, mails.mapped("res_id"))

    def test_activities_are_planned_for_each_seller(self):
        order = self._sell()
        self._follow_up(order, kind="activity", summary="Ask", date_deadline=self.today)
        self.assertEqual(order.activity_ids.user_id, self.seller)

    def test_next_step_needs_an_opportunity(self):
        deal = self._create_lead()
        order, other = self._sell(), self._sell()
        order.opportunity_id = deal
        wizard = self._follow_up(order | other, kind="step", summary="Visit")
        self.assertEqual(deal.activity_ids.summary, "Visit")
        self.assertIn(f"{other.name}: it has no opportunity", wizard.told)
        with self.assertRaisesRegex(UserError, "done already"):
            wizard.action_do()

    def test_forms_open_for_readers_without_any_right_of_the_suite(self):
        order = self._sell()
        invoice = self._bill(order)
        clerk = new_test_user(
            self.env, "orders_clerk", groups="account.group_account_readonly"
        )
        reader = new_test_user(
            self.env, "orders_reader", groups="crm_sfa.crm_sfa_group_reader"
        )
        self.assertTrue(Form(invoice.with_user(clerk)).name)
        self.assertTrue(Form(invoice.with_user(reader)).name)
        self.assertTrue(Form(order.with_user(reader)).name)

    def test_every_menu_opens_for_its_roles(self):
        menus = ("order_board", "order_flag", "payment_due", "payment_dispute",
                 "payment_reminder", "order_rule", "payment_ladder")  # fmt: skip
        seen = {
            self.seller: {"order_board", "order_flag", "payment_dispute",
                          "payment_reminder"},
            self.manager: set(menus),
            self.accountant: {"payment_due", "payment_dispute", "payment_reminder"},
        }  # fmt: skip
        for user, expected in seen.items():
            visible = self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
            for name in menus:
                items = self.env.ref(f"crm_sfa.crm_{name}_menu")
                for suffix in ("_account", "_sale"):
                    items |= (
                        self.env.ref(f"crm_sfa.crm_{name}_menu{suffix}", False) or items
                    )
                shown = bool(set(items.ids) & set(visible))
                self.assertEqual(shown, name in expected, (user.login, name))
                if shown:
                    action = items[0].action
                    model = self.env[action.res_model].with_user(user)
                    model.get_views([*action.views, (False, "search")])
                    model.search([], limit=1).read()
