from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .leads_common import LeadsCase

MODELS = (
    "crm.lead.channel",
    "crm.lead.assign.log",
    "crm.lead.assign.share",
    "crm.lead.import",
    "crm.lead.import.column",
    "crm.lead.import.row",
    "crm.lead.card",
    "crm.lead.hand.back",
)
HEAD = "Name;E-mail\n"


@tagged("post_install", "-at_install")
class TestLeadsAccess(LeadsCase):
    def test_outsiders_portal_and_public_read_nothing(self):
        portal = new_test_user(self.env, "sfa_portal", groups="base.group_portal")
        for user in (self.outsider, portal, self.env.ref("base.public_user")):
            for model in MODELS:
                self.assertFalse(
                    self.env[model].with_user(user).has_access("read"), (user, model)
                )

    def test_seller_sees_the_reasons_of_own_leads_only(self):
        own = self._create_lead(user_id=self.leader.id)
        own.user_id = self.seller
        other = self._create_lead(user_id=self.leader.id)
        other.user_id = self.colleague
        logs = self.env["crm.lead.assign.log"].search(
            [("lead_id", "in", (own | other).ids)]
        )
        self.assertEqual(
            logs.with_user(self.seller)._filtered_access("read").lead_id, own
        )
        self.assertEqual(logs.with_user(self.leader)._filtered_access("read"), logs)

    def test_nobody_writes_logs_shares_and_rows(self):
        for model in ("crm.lead.assign.log", "crm.lead.assign.share",
                      "crm.lead.import.row"):  # fmt: skip
            records = self.env[model].with_user(self.manager)
            for operation in ("create", "write", "unlink"):
                self.assertFalse(records.has_access(operation), (model, operation))

    def test_seller_sees_the_own_share_only(self):
        self._create_leads(4)
        self._assign()
        shares = self.env["crm.lead.assign.share"].with_user(self.seller).search([])
        self.assertEqual(shares.user_id, self.seller)

    def test_only_managers_import_and_set_rules_and_weights(self):
        for user in (self.seller, self.leader):
            self.assertFalse(
                self.env["crm.lead.import"].with_user(user).has_access("read")
            )
            self.assertFalse(
                self.env["crm.lead.channel"].with_user(user).has_access("write")
            )
            self.assertFalse(self.of_seller.with_user(user).has_access("write"))
        self.assertTrue(self.of_seller.with_user(self.manager).has_access("write"))

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_seller_hands_back_no_lead_that_one_does_not_see(self):
        lead = self._create_lead(user_id=self.leader.id)
        wizard = self.env["crm.lead.hand.back"].with_user(self.seller)
        with self.assertRaises(AccessError):
            wizard.create({"lead_id": lead.id, "reason": "x"}).action_confirm()
        self.assertEqual(lead.user_id, self.leader)

    def test_import_of_another_company_is_not_seen(self):
        record = self._create_import(HEAD + "Ute;ute@kern.example.com\n")
        record.action_start()
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            "sfa_other",
            groups="sales_team.group_sale_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        for records in (record, record.row_ids, record.column_ids):
            self.assertFalse(records.with_user(stranger)._filtered_access("read"))

    def test_menus_open_for_each_role(self):
        menus = self.env["ir.ui.menu"].search(
            [("action", "!=", False), ("id", "in", self._own_menus())]
        )
        for user, count in ((self.seller, 4), (self.leader, 4), (self.manager, 7)):
            visible = menus.with_user(user)._filter_visible_menus()
            self.assertEqual(len(visible), count, user.login)
            for menu in visible:
                action = menu.sudo().action
                model = self.env[action.res_model].with_user(user)
                for mode in action.view_mode.split(","):
                    model.get_views([(False, mode), (False, "search")])
                model.search_count([])

    def _own_menus(self):
        return [
            self.env.ref(f"crm_sfa.{name}").id
            for name in (
                "crm_lead_card_menu",
                "crm_lead_import_menu",
                "utm_campaign_menu_channel",
                "crm_lead_assign_share_menu",
                "crm_lead_assign_log_menu",
                "crm_team_member_menu_assign",
                "crm_lead_channel_menu",
            )
        ]

    def test_what_was_read_of_a_person_is_forgotten(self):
        record = self._import(
            HEAD + "Xaverine Quellmalz;bad@@mail\nXaverine Quellmalz;x@q.example.com\n"
        )
        person = self.env["res.partner"].create(
            {"name": "Xaverine Quellmalz", "email": "x@q.example.com"}
        )
        person._forget("letter")
        self.env.invalidate_all()
        self.assertNotIn("Quellmalz", record.row_ids[0].cells or "")
