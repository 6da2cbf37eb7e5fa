from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, new_test_user, tagged

from .common import JULY, CommissionCase

MODELS = (
    "crm.commission.plan",
    "crm.commission.rate",
    "crm.commission.tier",
    "crm.commission.accelerator",
    "crm.commission.member",
    "crm.commission.split",
    "crm.commission.statement",
    "crm.commission.line",
    "crm.commission.compute",
    "crm.commission.share",
    "crm.commission.share.line",
)
MENUS = (
    "crm_commission_menu_mine",
    "crm_commission_menu",
    "crm_commission_compute_menu",
    "crm_commission_report_menu",
    "crm_commission_plan_menu",
)


@tagged("post_install", "-at_install")
@freeze_time(JULY)
class TestCommissionAccess(CommissionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls._create_plan(users=cls.seller | cls.colleague)
        cls.own = cls._invoice("2026-06-05", 100)
        cls._invoice("2026-06-05", 200, invoice_user_id=cls.colleague.id)
        cls.statement = cls._settle(cls.plan, "2026-06-01")
        cls.other = cls._statement("2026-06-01", cls.colleague)
        cls.both = cls.statement | cls.other

    def _read_by(self, user, records):
        return records.with_user(user)._filtered_access("read").sudo()

    def test_outsiders_portal_and_public_read_nothing(self):
        portal = new_test_user(self.env, "sfa_portal", groups="base.group_portal")
        for user in (self.outsider, portal, self.env.ref("base.public_user")):
            for model in MODELS:
                self.assertFalse(
                    self.env[model].with_user(user).has_access("read"), (user, model)
                )

    def test_seller_reads_own_statements_and_lines_only(self):
        self.assertEqual(self._read_by(self.seller, self.both), self.statement)
        lines = self.both.line_ids
        self.assertEqual(self._read_by(self.seller, lines), self.statement.line_ids)

    def test_leader_reads_those_of_the_team_and_of_no_other(self):
        self.assertEqual(self._read_by(self.leader, self.both), self.both)
        self.env["crm.team.member"].search([("user_id", "=", self.seller.id)]).unlink()
        self.assertEqual(self._read_by(self.leader, self.both), self.other)

    def test_manager_reads_all_and_confirms(self):
        self.both.with_user(self.manager).action_confirm()
        self.assertEqual(set(self.both.mapped("state")), {"confirmed"})

    def test_seller_and_leader_confirm_and_compute_nothing(self):
        for user in (self.seller, self.leader):
            for method in ("action_confirm", "action_compute", "action_pay"):
                with self.assertRaises(AccessError):
                    getattr(self.statement.with_user(user), method)()

    def test_nobody_writes_lines_and_shares(self):
        for model in ("crm.commission.line", "crm.commission.split"):
            for right in ("write", "create", "unlink"):
                records = self.env[model].with_user(self.manager)
                self.assertFalse(records.has_access(right), (model, right))

    def test_member_reads_the_plan_in_force_and_changes_nothing(self):
        stranger = self._create_plan(name="Tea", users=self.leader)
        plans = self.plan | stranger
        self.assertEqual(self._read_by(self.seller, plans), self.plan)
        self.assertEqual(self._read_by(self.seller, plans.rate_ids), self.plan.rate_ids)
        self.assertEqual(
            self._read_by(self.seller, plans.member_ids).user_id, self.seller
        )
        with self.assertRaises(AccessError):
            self.plan.with_user(self.seller).note = "more"

    def test_member_reads_nothing_of_a_draft(self):
        tiers = self._tiers("whole", (0, 1000, 2), (1000, 0, 4))
        step = Command.create({"attainment": 100, "multiplier": 2})
        draft = self._create_plan(False, rate_ids=[tiers], accelerator_ids=[step])
        for parts in (draft.rate_ids, draft.rate_ids.tier_ids, draft.accelerator_ids):
            self.assertFalse(self._read_by(self.seller, parts), parts)
        draft.member_ids = [
            Command.clear(),
            Command.create({"user_id": self.leader.id}),
        ]
        draft.action_confirm()
        for parts in (draft.rate_ids, draft.rate_ids.tier_ids, draft.accelerator_ids):
            self.assertEqual(self._read_by(self.leader, parts), parts)

    def test_who_shares_in_an_order_reads_it_but_changes_nothing(self):
        order = self._create_order(user=self.leader)
        self.assertFalse(self._read_by(self.seller, order))
        self._share(order, (self.leader, 50), (self.seller, 50))
        order = order.with_user(self.seller)
        self.assertIn("Sam Seller 50", order.commission_shares)
        self.assertNotIn("Lea Leader", order.commission_shares)
        with self.assertRaises(AccessError):
            order.note = "mine"

    def test_seller_shares_no_commission(self):
        order = self._create_order()
        with self.assertRaises(AccessError):
            self.env["crm.commission.share"].with_user(self.seller).create(
                {"order_id": order.id}
            )

    def test_shares_of_an_order_that_is_hidden_are_not_told(self):
        order = self._create_order()
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            "sfa_elsewhere",
            groups="sales_team.group_sale_manager",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self.env["crm.commission.share"].with_user(stranger).create(
                {"order_id": order.id}
            ).mapped("line_ids")

    def test_other_company_sees_nothing(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            "sfa_stranger",
            groups="sales_team.group_sale_manager",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        for records in (self.both, self.both.line_ids, self.plan, self.plan.rate_ids):
            self.assertFalse(self._read_by(stranger, records))

    def test_line_opens_what_the_reader_may_see(self):
        action = self.statement.line_ids.with_user(self.seller).action_open_document()
        self.assertEqual((action["res_model"], action["res_id"]), (
            "account.move", self.own.id))  # fmt: skip
        self.own.invoice_user_id = self.leader
        with self.assertRaisesRegex(UserError, "somebody else"):
            self.statement.line_ids.with_user(self.seller).action_open_document()

    def test_forms_of_orders_and_deals_open_for_readers_without_sales(self):
        reader = new_test_user(
            self.env, "sfa_reader", groups="crm_sfa.crm_sfa_group_reader"
        )
        order = self._create_order(confirm=True)
        self._share(order, (self.seller, 100))
        with Form(order.with_user(reader)) as form:
            self.assertEqual(form.partner_id, self.nordlicht)
        order.invalidate_recordset()
        self.assertFalse(order.with_user(reader).commission_shares)
        self.assertFalse(order.with_user(reader).commission_expected)
        bookkeeper = new_test_user(
            self.env, "sfa_books", groups="account.group_account_invoice"
        )
        with Form(self.own.with_user(bookkeeper)) as form:
            self.assertEqual(form.partner_id, self.nordlicht)

    def test_menus_open_for_each_role(self):
        for user in (self.seller, self.leader, self.manager):
            seen = self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
            for name in MENUS:
                menu = self.env.ref(f"crm_sfa_commission.{name}")
                if menu.id in seen:
                    model = self.env[menu.action.res_model].with_user(user)
                    views = [*menu.action.views, (False, "search")]
                    self.assertTrue(model.get_views(views)["views"])
                    model.search([]).mapped("display_name")
            managers = self.env.ref("crm_sfa_commission.crm_commission_plan_menu")
            self.assertEqual(managers.id in seen, user == self.manager)

    def test_statement_prints_for_its_person(self):
        report = self.env["ir.actions.report"].with_user(self.seller)
        html, _kind = report._render_qweb_html(
            "crm_sfa_commission.crm_commission_statement_report", self.statement.ids
        )
        self.assertIn("Sam Seller", html.decode())
        self.assertIn(self.own.name, html.decode())
