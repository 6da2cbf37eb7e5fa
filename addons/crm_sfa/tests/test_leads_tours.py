from odoo.tests import HttpCase, tagged

from .leads_common import LeadsCase


@tagged("post_install", "-at_install")
class TestLeadsTours(HttpCase, LeadsCase):
    def test_manager_turns_a_spreadsheet_into_assigned_leads(self):
        self.env.company.country_id = self.env.ref("base.de")
        self.manager.password = "sfa_manager"
        self.members.filtered(
            lambda m: m.user_id == self.colleague
        ).assignment_optout = True
        self.start_tour(
            "/odoo/action-crm_sfa.crm_lead_import_action",
            "crm_sfa_import_leads",
            login="sfa_manager",
        )
        record = self.env["crm.lead.import"].search([("user_id", "=", self.manager.id)])
        self.assertRecordValues(
            record, [{"state": "done", "created_count": 1, "bad_count": 1}]
        )
        self.assertEqual(self._leads_of(record).user_id, self.seller)


@tagged("post_install", "-at_install")
class TestLeadsPhoneTours(HttpCase, LeadsCase):
    browser_size = "375x667"
    touch_enabled = True

    def test_seller_types_a_business_card_in_on_a_phone(self):
        self.seller.password = "sfa_seller"
        self.start_tour(
            "/odoo/action-crm_sfa.crm_lead_card_action",
            "crm_sfa_business_card",
            login="sfa_seller",
        )
        lead = self.env["crm.lead"].search(
            [("email_from", "=", "ute@kern.example.com")]
        )
        self.assertEqual(lead.user_id, self.seller)
