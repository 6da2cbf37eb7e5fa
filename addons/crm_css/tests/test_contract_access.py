from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time, new_test_user, tagged

from .contract_common import ContractCase

MENUS = [
    "crm_css.contract_contract_menu_service",
    "crm_css.contract_contract_menu_expiring",
    "crm_css.crm_entitlement_use_menu",
    "crm_css.crm_entitlement_use_menu_report",
    "crm_css.contract_terminate_reason_menu",
]


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 10:00")
class TestContractAccess(ContractCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._contract(contract_line_ids=[cls._line()])
        cls.plain = cls._contract(
            is_service=False,
            signed=False,
            user_id=False,
            name="Rent of rooms",
            contract_line_ids=[cls._line()],
        )
        cls.own_agent = new_test_user(
            cls.env, "css_own", groups="helpdesk_mgmt.group_helpdesk_user_own"
        )
        cls.outsider = new_test_user(cls.env, "css_out", groups="base.group_user")
        cls.portal = new_test_user(cls.env, "css_portal", groups="base.group_portal")
        cls.public = cls.env.ref("base.public_user")
        cls.accountant = new_test_user(
            cls.env, "css_account", groups="account.group_account_manager"
        )

    def _seen(self, model, user):
        return self.env[model].with_user(user).search([])

    def assertMayRead(self, records, user):
        self.env.invalidate_all()
        self.assertTrue(records.with_user(user).read(["display_name"]))

    def assertMayNot(self, records, user, operation="read"):
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            records.with_user(user).check_access(operation)

    # Contracts and their lines

    def test_agents_read_service_contracts_and_no_others(self):
        for user in (self.own_agent, self.agent, self.manager):
            seen = self._seen("contract.contract", user)
            self.assertIn(self.contract, seen)
            self.assertNotIn(self.plain, seen)
            self.assertMayNot(self.plain, user)
            lines = self._seen("contract.line", user)
            self.assertLessEqual(self.contract.contract_line_ids, lines)
            self.assertMayNot(self.plain.contract_line_ids, user)

    def test_agents_change_no_contract(self):
        for user in (self.own_agent, self.agent):
            for operation in ("write", "unlink"):
                self.assertMayNot(self.contract, user, operation)
                self.assertMayNot(self.contract.contract_line_ids, user, operation)
            with self.assertRaises(AccessError):
                self.env["contract.contract"].with_user(user).create(
                    {"name": "Mine", "partner_id": self.anna.id, "is_service": True}
                )

    def test_manager_makes_a_service_contract_with_its_lines(self):
        contracts = self.env["contract.contract"].with_user(self.manager)
        with Form(
            contracts.with_context(
                default_is_service=True, default_contract_type="sale"
            ),
            "crm_css.contract_contract_view_form_service",
        ) as form:
            form.name = "Silver"
            form.partner_id = self.talisman
            form.service_level_id = self.silver
            form.service_start = date(2026, 3, 1)
            with form.contract_line_ids.new() as line:
                line.product_id = self.service
                line.price_unit = 99
        contract = form.record
        contract.action_sign()
        self.assertEqual(contract.contract_line_ids.price_unit, 99)
        self.assertEqual(contract.service_state, "running")
        contract.contract_line_ids.quantity = 2
        contract.contract_line_ids.unlink()

    def test_manager_makes_no_other_contracts(self):
        contracts = self.env["contract.contract"].with_user(self.manager)
        with self.assertRaises(AccessError):
            contracts.create({"name": "Rent", "partner_id": self.anna.id})
        with self.assertRaises(AccessError):
            self.contract.with_user(self.manager).is_service = False
        self.assertMayNot(self.plain, self.manager, "write")
        self.assertMayNot(self.contract, self.manager, "unlink")

    def test_sellers_read_service_contracts_of_colleagues(self):
        self.assertMayRead(self.contract, self.seller)
        self.assertMayNot(self.contract, self.seller, "write")
        self.assertMayRead(self.contract.contract_line_ids, self.seller)

    def test_sellers_and_accountants_keep_what_they_had(self):
        for user in (self.seller, self.accountant):
            self.assertIn(self.plain, self._seen("contract.contract", user))
            user.group_ids += self.env.ref("helpdesk_mgmt.group_helpdesk_user")
            lines = self._seen("contract.line", user)
            self.assertLessEqual(self.plain.contract_line_ids, lines)
            self.assertIn(self.plain, self._seen("contract.contract", user))
        self.assertIn(
            self.plain.modification_ids,
            self._seen("contract.modification", self.accountant),
        )

    def test_outsiders_and_the_public_see_nothing(self):
        use = self._book(self.contract, 1)
        reminder = self._reminder()
        for user in (self.outsider, self.public):
            for records in (self.contract, self.contract.contract_line_ids, use,
                            reminder):  # fmt: skip
                self.assertMayNot(records, user)

    def test_customers_read_no_lines_of_others(self):
        """OCA's contract lets every portal user read all lines and changes."""
        mine = self._contract(self.portal.partner_id, contract_line_ids=[self._line()])
        lines = self._seen("contract.line", self.portal)
        self.assertEqual(lines, mine.contract_line_ids)
        changes = self._seen("contract.modification", self.portal)
        self.assertEqual(changes, mine.modification_ids)
        self.assertEqual(self._seen("contract.contract", self.portal), mine)
        for records in (
            self.contract.contract_line_ids,
            self.contract.modification_ids,
            self.contract,
        ):
            self.assertMayNot(records, self.portal)

    def test_customers_see_neither_ledger_nor_reminders(self):
        mine = self._contract(self.portal.partner_id)
        use = self._book(mine, 1)
        self.assertMayNot(use, self.portal)
        self.assertMayNot(self._reminder(mine), self.portal)
        with self.assertRaises(AccessError):
            self._book(mine, 1, user=self.portal)
        for action in ("action_sign", "action_renew", "action_terminate_contract"):
            contract = mine.with_user(self.portal)
            if action == "action_terminate_contract":
                continue  # opens a window that he may not use
            with self.assertRaises(AccessError):
                getattr(contract, action)()

    def _reminder(self, contract=None):
        return self.env["crm.contract.reminder"].create(
            {
                "contract_id": (contract or self.contract).id,
                "kind": "end",
                "target_date": date(2026, 12, 31),
                "distance": 90,
                "date_due": date(2026, 10, 2),
            }
        )

    # The ledger and the reminders

    def test_agents_book_and_read_but_change_nothing(self):
        use = self._book(self.contract, 1, user=self.own_agent)
        self.assertMayRead(use, self.agent)
        self.assertMayNot(use, self.own_agent, "write")
        self.assertMayNot(use, self.manager, "unlink")

    def test_sellers_and_accountants_read_the_ledger(self):
        use = self._book(self.contract, 1)
        for user in (self.seller, self.accountant):
            self.assertMayRead(use, user)
            with self.assertRaises(AccessError):
                self._book(self.contract, 1, user=user)

    def test_outsiders_book_nothing(self):
        for user in (self.outsider, self.public):
            with self.assertRaises(AccessError):
                self._book(self.contract, 1, user=user)

    def test_nobody_writes_reminders_by_hand(self):
        reminder = self._reminder()
        for user in (self.agent, self.manager, self.seller):
            self.assertMayRead(reminder, user)
            self.assertMayNot(reminder, user, "write")
            self.assertMayNot(reminder, user, "unlink")

    def test_other_companies_see_nothing(self):
        other = self.env["res.company"].create({"name": "Other"})
        foreign = new_test_user(
            self.env,
            "css_foreign",
            groups="helpdesk_mgmt.group_helpdesk_manager,sales_team.group_sale_manager",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        use, reminder = self._book(self.contract, 1), self._reminder()
        for records in (self.contract, self.contract.contract_line_ids, use, reminder):
            self.assertMayNot(records, foreign)
        with self.assertRaises(AccessError):
            self._book(self.contract, 1, user=foreign)

    # Screens

    def _open(self, user, xmlid):
        menu = self.env.ref(xmlid)
        action = menu.action
        model = self.env[action.res_model].with_user(user)
        model.get_view(action.search_view_id.id, "search")
        for view_id, kind in action.views:
            shown = model.get_view(view_id, kind)["models"][model._name]
            model.search([]).read(list(shown))

    def test_every_menu_opens_for_everybody_who_sees_it(self):
        self._book(self.contract, 1)
        for user in (self.own_agent, self.agent, self.manager):
            shown = self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
            seen = [xmlid for xmlid in MENUS if self.env.ref(xmlid).id in shown]
            self.assertIn(MENUS[0], seen)
            for xmlid in seen:
                with self.subTest(user=user.login, menu=xmlid):
                    self._open(user, xmlid)
        self.assertEqual(len(seen), len(MENUS))

    def test_outsiders_see_no_section(self):
        shown = self.env["ir.ui.menu"].with_user(self.outsider)._visible_menu_ids()
        self.assertNotIn(self.env.ref("crm_css.crm_css_menu_contract").id, shown)

    def test_agent_opens_a_contract_without_the_rights_of_accountants(self):
        """Every field that the form shows can be read, the owner's form or not."""
        for user in (self.own_agent, self.manager, self.seller):
            contract = self.contract.with_user(user)
            view = contract.get_view(contract.get_formview_id(), "form")
            names = view["models"]["contract.contract"]
            with self.subTest(user=user.login):
                contract.read(list(names))

    def test_agents_get_their_own_views_where_none_is_named(self):
        contracts = self.env["contract.contract"]
        own = contracts.with_user(self.agent).get_view(None, "form")["id"]
        theirs = contracts.with_user(self.accountant).get_view(None, "form")["id"]
        form = self.env.ref("crm_css.contract_contract_view_form_service").id
        self.assertEqual(own, form)
        self.assertNotEqual(theirs, form)
