from contextlib import contextmanager

from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import AccessError, RedirectWarning, UserError, ValidationError
from odoo.tests import Form, HttpCase, TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import SalesCase


class ApprovalCase(SalesCase):
    """Sellers may give 10 percent, managers 30; beyond decides a manager."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.approval.limit"].search([]).active = False
        cls.limit = cls._limit("discount", 10)
        cls.wide_limit = cls._limit("discount", 30, "sales_team.group_sale_manager")

    @classmethod
    def _limit(cls, kind, value, group="sales_team.group_sale_salesman", **vals):
        vals = {
            "kind": kind,
            "value": value,
            "group_id": group and cls.env.ref(group).id,
        } | vals
        return cls.env["crm.approval.limit"].create(vals)

    @classmethod
    def _offer(cls, discount=0, user=None, **vals):
        """A quotation of the seller, as the seller made it."""
        user = user or cls.seller
        line = {
            "product_id": cls.grinder.id,
            "product_uom_qty": 2,
            "discount": discount,
        }
        order = cls.env["sale.order"].with_user(user)
        return order.create(
            {
                "partner_id": cls.nordlicht.id,
                "user_id": user.id,
                "team_id": cls.team.id,
                "order_line": [Command.create(line)],
            }
            | vals
        )

    def _ask(self, order, reason="They buy much"):
        return order._approval_ask(reason)

    def _approve(self, approval, user=None):
        approval.with_user(user or self.manager).action_approve()

    @contextmanager
    def assertHeld(self, words="cannot go on"):
        with self.assertRaisesRegex(RedirectWarning, words), self.env.cr.savepoint():
            yield


@tagged("post_install", "-at_install")
class TestApproval(ApprovalCase):
    def test_seller_confirms_what_is_within_the_limit(self):
        order = self._offer(10)
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_seller_does_not_confirm_what_passes_the_limit(self):
        with self.assertHeld():
            self._offer(11).action_confirm()

    def test_lower_price_counts_as_a_discount(self):
        order = self._offer()
        order.order_line.price_unit = 85
        with self.assertHeld():
            order.action_confirm()

    def test_discount_of_the_whole_counts(self):
        order = self._offer()
        self.env.company.sale_discount_product_id = self.env["product.product"].create(
            {"name": "Discount", "type": "service", "list_price": 0}
        )
        self.env["sale.order.discount"].with_user(self.seller).create(
            {
                "sale_order_id": order.id,
                "discount_type": "so_discount",
                "discount_percentage": 0.2,
            }
        ).action_apply_discount()
        with self.assertHeld():
            order.action_confirm()

    def test_cheaper_price_list_counts_as_a_discount(self):
        cheap = self.env["product.pricelist"].create(
            {
                "name": "Cheap",
                "item_ids": [
                    Command.create({"compute_price": "percentage", "percent_price": 50})
                ],
            }
        )
        with self.assertHeld():
            self._offer(pricelist_id=cheap.id).action_confirm()

    def test_price_list_of_the_customer_is_no_discount(self):
        cheap = self.env["product.pricelist"].create(
            {
                "name": "Cheap",
                "item_ids": [
                    Command.create({"compute_price": "percentage", "percent_price": 50})
                ],
            }
        )
        self.nordlicht.property_product_pricelist = cheap
        order = self._offer()
        order.action_confirm()
        self.assertEqual((order.state, order.amount_untaxed), ("sale", 100))

    def test_what_was_approved_is_confirmed(self):
        order = self._offer(15)
        self._approve(self._ask(order))
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_approved_values_are_remembered(self):
        approval = self._ask(self._offer(15))
        self._approve(approval)
        self.assertRecordValues(
            approval.line_ids, [{"kind": "discount", "value": 15, "allowed": 10}]
        )

    def test_worse_lines_are_asked_for_anew(self):
        order = self._offer(15)
        self._approve(self._ask(order))
        order.order_line.discount = 16
        self.assertEqual(order.approval_state, "needed")
        with self.assertHeld():
            order.action_confirm()

    def test_better_lines_are_not_asked_for_anew(self):
        order = self._offer(15)
        self._approve(self._ask(order))
        order.order_line.discount = 12
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_more_of_it_is_asked_for_anew(self):
        order = self._offer(15)
        self._approve(self._ask(order))
        order.order_line.product_uom_qty = 200
        with self.assertHeld():
            order.action_confirm()

    def test_other_customer_is_asked_for_anew(self):
        order = self._offer(15)
        self._approve(self._ask(order))
        order.partner_id = self.talisman
        with self.assertHeld():
            order.action_confirm()

    def test_refusal_needs_a_reason_and_is_told(self):
        order = self._offer(15)
        approval = self._ask(order).with_user(self.manager)
        decision = (
            self.env["crm.approval.decision"]
            .with_user(self.manager)
            .create({"approval_ids": approval.ids})
        )
        with self.assertRaisesRegex(UserError, "why"):
            decision.action_refuse()
        decision.note = "Ten is enough"
        decision.action_refuse()
        self.assertEqual(order.approval_state, "refused")
        self.assertIn("Ten is enough", order.message_ids[:1].body)
        self.assertIn(self.seller.partner_id, order.message_ids[:1].partner_ids)

    def test_refused_again_does_not_undo_what_was_approved(self):
        order = self._offer(15)
        self._approve(self._ask(order))
        order.order_line.discount = 20
        self._ask(order).with_user(self.manager)._decide("refused", "No")
        order.order_line.discount = 15
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_asking_again_replaces_the_first_request(self):
        order = self._offer(15)
        first = self._ask(order)
        second = self._ask(order)
        self.assertEqual((first.state, second.state), ("withdrawn", "asked"))
        self.assertFalse(first.sudo().activity_ids)

    def test_two_open_requests_for_one_quotation_are_impossible(self):
        approval_sudo = self._ask(self._offer(15)).sudo()
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            approval_sudo.copy()
            self.env.flush_all()

    def test_what_needs_none_is_not_asked_for(self):
        with self.assertRaisesRegex(UserError, "needs no approval"):
            self._ask(self._offer(5))

    def test_deciders_get_something_to_do_and_lose_it(self):
        approval = self._ask(self._offer(15))
        self.assertIn(self.manager, approval.sudo().activity_ids.user_id)
        self._approve(approval)
        self.assertFalse(approval.sudo().activity_ids)

    def test_nobody_who_could_decide_is_said_at_once(self):
        group = self.env["res.groups"].create({"name": "Board"})
        self.limit.approver_group_id = group
        with self.assertRaisesRegex(UserError, "Board"):
            self._ask(self._offer(15))

    def test_limit_of_a_class_replaces_the_general_one(self):
        self._limit("discount", 5, value_class="c")
        self.nordlicht.value_class = "c"
        with self.assertHeld():
            self._offer(8).action_confirm()

    def test_form_tells_it_while_the_seller_types(self):
        form = Form(self._offer())
        with form.order_line.edit(0) as line:
            line.price_unit = 60
        self.assertEqual(form.approval_state, "needed")
        self.assertIn("40", form.approval_hint)

    def test_limits_out_of_range_are_refused(self):
        for kind, value in (("discount", 101), ("margin", -1), ("terms", -1)):
            with self.subTest(kind=kind), self.assertRaises(ValidationError):
                self._limit(kind, value, "base.group_user")

    # Other kinds

    def test_margin_below_the_floor_is_held(self):
        self._limit("margin", 50)
        with self.assertHeld("Margin"):
            self._offer().action_confirm()

    def test_cost_that_the_seller_lowered_does_not_help(self):
        self._limit("margin", 50)
        order = self._offer()
        order.order_line.purchase_price = 1
        with self.assertHeld("Margin"):
            order.action_confirm()

    def test_long_terms_are_held(self):
        self._limit("terms", 30)
        order = self._offer()
        order.payment_term_id = self.env["account.payment.term"].create(
            {
                "name": "End of month, 15 days",
                "line_ids": [
                    Command.create(
                        {
                            "value": "percent",
                            "value_amount": 100,
                            "delay_type": "days_after_end_of_month",
                            "nb_days": 15,
                        }
                    )
                ],
            }
        )
        with self.assertHeld("Payment terms: 45 days"):
            order.action_confirm()

    def test_orders_above_the_credit_limit_are_held(self):
        self._limit("credit", 10)
        self.env.company.account_use_credit_limit = True
        self.nordlicht.credit_limit = 1000
        self._create_order(
            order_line=[
                Command.create({"product_id": self.grinder.id, "product_uom_qty": 8})
            ]
        ).action_confirm()
        with self.assertHeld("Credit"):
            self._offer().action_confirm()

    def test_credit_limit_of_zero_is_none(self):
        self._limit("credit", 10)
        self.env.company.account_use_credit_limit = True
        self._offer().action_confirm()

    def test_refund_beyond_the_limit_is_not_posted(self):
        self._limit("refund", 100, "account.group_account_invoice")
        clerk = new_test_user(
            self.env, "sfa_clerk", groups="account.group_account_invoice"
        )
        refund = (
            self.env["account.move"]
            .with_user(clerk)
            .create(
                {
                    "move_type": "out_refund",
                    "partner_id": self.nordlicht.id,
                    "invoice_date": fields.Date.today(),
                    "invoice_line_ids": [
                        Command.create(
                            {"name": "Back", "price_unit": 150, "tax_ids": False}
                        )
                    ],
                }
            )
        )
        with self.assertHeld("Refund"):
            refund.action_post()
        self._approve(self._ask(refund))
        refund.action_post()
        self.assertEqual(refund.state, "posted")


@tagged("post_install", "-at_install")
class TestApprovalRights(ApprovalCase):
    def test_colleague_does_not_decide(self):
        approval = self._ask(self._offer(15))
        with self.assertRaises(AccessError):
            self._approve(approval, self.colleague)

    def test_leader_who_is_not_among_the_deciders_does_not_decide(self):
        approval = self._ask(self._offer(15))
        with self.assertRaisesRegex(AccessError, "not for you"):
            self._approve(approval, self.leader)

    def test_seller_does_not_decide_by_any_call(self):
        approval = self._ask(self._offer(15)).with_user(self.seller)
        decision = self.env["crm.approval.decision"].with_user(self.seller)
        decision = decision.create({"approval_ids": approval.ids, "note": "ok"})
        lines = approval.line_ids
        for attempt in (
            approval.action_approve,
            decision.action_approve,
            decision.action_refuse,
            lambda: approval.write({"state": "approved"}),
            lambda: lines.write({"value": 90}),
            lambda: approval.write({"group_ids": [Command.clear()]}),
            lambda: approval.copy({"state": "approved"}),
            lambda: self.limit.with_user(self.seller).write({"value": 90}),
        ):
            with self.subTest(attempt=attempt), self.assertRaises(AccessError):
                attempt()
        self.assertEqual(approval.sudo().state, "asked")

    def test_manager_does_not_decide_the_own_request(self):
        order = self._offer(40, self.manager)
        approval = self._ask_beside(order)
        with self.assertRaises(AccessError):
            self._approve(approval)
        other = new_test_user(
            self.env, "sfa_second", groups="sales_team.group_sale_manager"
        )
        self._approve(approval, other)
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def _ask_beside(self, order):
        """Ask where there is another manager to be called."""
        new_test_user(self.env, "sfa_third", groups="sales_team.group_sale_manager")
        return self._ask(order)

    def test_manager_does_not_decide_what_he_sells_and_others_asked(self):
        order = self._offer(15)
        approval = self._ask(order)
        order.sudo().user_id = self.manager
        with self.assertRaises(AccessError):
            self._approve(approval)

    def test_manager_confirms_within_the_own_limit(self):
        order = self._offer(25)
        order.with_user(self.manager).action_confirm()
        self.assertEqual(order.state, "sale")

    def test_what_the_manager_sent_may_be_accepted(self):
        order = self._offer(25)
        order.with_user(self.manager).action_quotation_sent()
        public = self.env.ref("base.public_user")
        order.with_user(public).sudo().action_confirm()
        self.assertEqual(order.approval_ids.decided_by_id, self.manager)

    def test_stand_in_of_a_decider_decides_but_not_the_own(self):
        approval = self._ask(self._offer(15))
        own = self._ask(self._offer(15, self.colleague))
        self.assertFalse(approval.with_user(self.colleague).sudo(False).may_decide)
        self.env["crm.stand.in"].create(
            {
                "user_id": self.manager.id,
                "stand_in_id": self.colleague.id,
                "date_from": fields.Date.today(),
                "date_to": fields.Date.add(fields.Date.today(), days=2),
            }
        ).action_confirm()
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self._approve(own, self.colleague)
        self._approve(approval, self.colleague)
        self.assertEqual(approval.sudo().decided_by_id, self.colleague)

    def test_seller_sees_the_own_requests_only(self):
        own = self._ask(self._offer(15))
        self._ask(self._offer(15, self.colleague))
        seen = self.env["crm.approval"].with_user(self.seller).search([])
        self.assertEqual(seen, own)

    def test_decider_finds_what_is_his_to_decide(self):
        approval = self._ask(self._offer(15))
        domain = [("may_decide", "=", True), ("id", "=", approval.id)]
        approvals = self.env["crm.approval"]
        self.assertTrue(approvals.with_user(self.manager).search(domain))
        self.assertFalse(approvals.with_user(self.seller).search(domain))

    def test_outsider_and_portal_see_nothing(self):
        approval = self._ask(self._offer(15))
        portal = new_test_user(self.env, "sfa_portal", groups="base.group_portal")
        for user in (self.outsider, portal, self.env.ref("base.public_user")):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                approval.with_user(user).read(["state"])

    def test_other_company_sees_nothing(self):
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            "sfa_stranger",
            groups="sales_team.group_sale_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        approval = self._ask(self._offer(15)).with_user(stranger)
        self.assertFalse(approval.search([("id", "=", approval.id)]))
        with self.assertRaises(AccessError):
            approval.action_approve()

    def test_second_decider_is_told_who_was_faster(self):
        approval = self._ask(self._offer(15))
        self._approve(approval)
        other = new_test_user(
            self.env, "sfa_second", groups="sales_team.group_sale_manager"
        )
        with self.assertRaisesRegex(UserError, self.manager.name):
            approval.with_user(other)._decide("refused", "Too much")
        self.assertEqual(approval.sudo().state, "approved")

    def test_one_of_many_that_is_not_his_stops_all(self):
        approvals = self._ask(self._offer(15)) | self._ask_beside(
            self._offer(40, self.manager)
        )
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            self._approve(approvals)
        approvals.invalidate_recordset()
        self.assertEqual(set(approvals.sudo().mapped("state")), {"asked"})

    def test_only_who_asked_withdraws(self):
        approval = self._ask(self._offer(15))
        with self.assertRaises(AccessError):
            approval.with_user(self.manager).action_withdraw()
        approval.with_user(self.seller).action_withdraw()
        self.assertEqual(approval.sudo().state, "withdrawn")


@tagged("post_install", "-at_install")
class TestApprovalWays(ApprovalCase):
    """Every way by which a quotation becomes an order, or gets to the customer."""

    def test_seller_does_not_write_the_state(self):
        order = self._offer(15)
        for state in ("sale", "sent"):
            with self.subTest(state=state), self.assertHeld():
                order.write({"state": state})

    def test_seller_does_not_create_it_confirmed(self):
        for state in ("sale", "sent"):
            with self.subTest(state=state), self.assertHeld():
                self._offer(15, state=state)

    def test_seller_does_not_import_it_confirmed(self):
        names = ["partner_id", "state", "order_line/product_id", "order_line/discount"]
        row = [self.nordlicht.name, "sale", self.grinder.name, "50"]
        orders = self.env["sale.order"].with_user(self.seller)
        count = orders.sudo().search_count([])
        result = orders.load(names, [row])
        self.assertFalse(result["ids"])
        self.assertIn("cannot go on", result["messages"][0]["message"])
        self.assertEqual(orders.sudo().search_count([]), count)

    def test_seller_neither_marks_nor_sends_nor_previews_it(self):
        order = self._offer(15)
        for way in (
            order.action_quotation_sent,
            order.action_quotation_send,
            order.action_preview_sale_order,
            lambda: order.with_context(mark_so_as_sent=True).message_post(body="Hi"),
        ):
            with self.subTest(way=way), self.assertHeld():
                way()

    def test_seller_neither_shares_it_nor_makes_a_payment_link(self):
        order = self._offer(15)
        for model in ("portal.share", "payment.link.wizard"):
            wizard = self.env[model].with_user(self.seller)
            wizard = wizard.with_context(active_model="sale.order", active_id=order.id)
            with self.subTest(model=model), self.assertHeld():
                wizard.default_get(["res_id", "res_model"])

    def test_seller_does_not_print_it(self):
        order = self._offer(15)
        reports = self.env["ir.actions.report"].with_user(self.seller)
        with self.assertHeld():
            reports._render_qweb_html("sale.action_report_saleorder", order.ids)

    def test_company_may_let_it_be_sent(self):
        self.env.company.approval_on_send = False
        order = self._offer(15)
        order.action_quotation_sent()
        with self.assertHeld():
            order.action_confirm()

    def test_order_does_not_get_worse_after_it_was_confirmed(self):
        order = self._offer(5)
        order.action_confirm()
        with self.assertHeld():
            order.order_line.discount = 60
        with self.assertHeld():
            order.write(
                {"order_line": [Command.update(order.order_line.id, {"price_unit": 1})]}
            )

    def test_customer_does_not_confirm_what_got_worse(self):
        order = self._offer(5)
        order.action_quotation_sent()
        order.order_line.discount = 60
        public = self.env.ref("base.public_user")
        for user in (public, self.env.ref("base.user_root")):
            with self.subTest(user=user.login), self.assertRaises(UserError):
                order.with_user(user).sudo().action_confirm()

    def test_seller_does_not_hide_behind_another_salesperson(self):
        order = self._offer(15)
        order.sudo().write({"state": "draft", "user_id": self.manager.id})
        public = self.env.ref("base.public_user")
        with self.assertRaises(UserError):
            order.with_user(public).sudo().action_confirm()

    def test_payment_of_what_got_worse_confirms_nothing_and_is_told(self):
        order = self._offer(5)
        order.action_quotation_sent()
        order.order_line.discount = 60
        provider = self.env["payment.provider"].create({"name": "Bank", "code": "none"})
        method = self.env["payment.method"].create({"name": "Card", "code": "xcard"})
        paid = self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "amount": order.amount_total,
                "currency_id": order.currency_id.id,
                "partner_id": self.nordlicht.id,
                "reference": "paid",
                "state": "done",
                "sale_order_ids": [Command.set(order.ids)],
            }
        )
        self.assertFalse(paid._check_amount_and_confirm_order())
        self.assertEqual(order.state, "sent")
        self.assertIn("was not", order.message_ids[:1].body)

    def test_jobs_that_mark_as_sent_are_not_held(self):
        order = self._offer(15).with_user(self.env.ref("base.user_root"))
        order.action_quotation_sent()
        self.assertEqual(order.state, "sent")


@tagged("post_install", "-at_install")
class TestApprovalPortal(HttpCase, ApprovalCase):
    def setUp(self):
        super().setUp()
        self.order = self._offer(5)
        self.order.sudo().write({"require_signature": True, "require_payment": False})
        self.token = self.order.sudo()._portal_ensure_token()
        self.env.flush_all()

    def _accept(self):
        path = f"/my/orders/{self.order.id}/accept"
        return self.make_jsonrpc_request(
            path,
            {
                "access_token": self.token,
                "name": "Anna",
                "signature": "R0lGODlhAQABAAD/ACwAAAAAAQABAAACADs=",
            },
        )

    def _page(self):
        url = f"/my/orders/{self.order.id}?access_token={self.token}"
        return self.url_open(url, allow_redirects=False)

    def test_customer_signs_what_is_within_the_limits(self):
        self.order.action_quotation_sent()
        self.assertIn("redirect_url", self._accept())
        self.assertEqual(self.order.state, "sale")

    def test_customer_does_not_sign_what_got_worse(self):
        self.order.action_quotation_sent()
        self.order.order_line.discount = 60
        self.env.flush_all()
        self.assertIn("error", self._accept())
        self.assertEqual(self.order.state, "sent")
        self.assertIn("We are checking", self._page().text)

    def test_draft_that_was_not_approved_is_not_opened_by_its_link(self):
        self.assertEqual(self._page().status_code, 200)
        self.order.order_line.discount = 60
        self.env.flush_all()
        self.assertEqual(self._page().status_code, 303)
        self.assertIn("error", self._accept())
        self.assertEqual(self.order.state, "draft")


@tagged("post_install", "-at_install")
class TestApprovalRace(TransactionCase):
    """Two transactions, so what they work on has to be committed."""

    def test_who_comes_second_while_it_is_decided_is_told(self):
        approval_id = self._committed()
        with self.registry.cursor() as first, self.registry.cursor() as second:
            one, two = (
                self.env(cr=cr, user=2)["crm.approval"].browse(approval_id)
                for cr in (first, second)
            )
            self.assertTrue(one.may_decide and two.may_decide)
            one.action_approve()
            one.env.flush_all()
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaisesRegex(UserError, "right now"),
            ):
                two.action_approve()
            first.rollback()

    def _committed(self):
        with self.registry.cursor() as cr:
            env = self.env(cr=cr)
            customer = env["res.partner"].create({"name": "Race"})
            order = env["sale.order"].create({"partner_id": customer.id})
            approval = env["crm.approval"].create(
                {
                    "order_id": order.id,
                    "document": order.name,
                    "partner_id": customer.id,
                    "company_id": order.company_id.id,
                    "currency_id": order.currency_id.id,
                    "user_id": env.ref("base.user_root").id,
                    "group_ids": env.ref("sales_team.group_sale_manager").ids,
                }
            )
            admin = env["res.users"].browse(2)
            self.assertTrue(admin.has_group("sales_team.group_sale_manager"))
            order.user_id = False
            self.addCleanup(self._remove, customer.id, order.id)
            return approval.id

    def _remove(self, customer_id, order_id):
        with self.registry.cursor() as cr:
            env = self.env(cr=cr)
            env["sale.order"].browse(order_id).unlink()
            env["res.partner"].browse(customer_id).unlink()
