from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, RedirectWarning, UserError, ValidationError
from odoo.http import Request
from odoo.tests import HttpCase, new_test_user, tagged

from .common import SalesCase


class DealCase(SalesCase):
    """A reseller with a login, who registers a deal, and one without a level."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.approval.limit"].search([]).active = False
        cls.grade = cls.env["res.partner.grade"].create(
            {"name": "Gold", "protection_days": 60, "protection_extensions": 1}
        )
        cls.reseller = cls._create_company("Cafetal", "Ines Romero", "ines")
        cls.rival = cls._create_company("Tostador", "Raul Gil", "raul")
        (cls.reseller | cls.rival).write({"grade_id": cls.grade.id})
        cls.ines = cls._login(cls.reseller.child_ids, "sfa_ines")
        cls.raul = cls._login(cls.rival.child_ids, "sfa_raul")
        cls.anna_user = cls._login(cls.anna, "sfa_anna")

    @classmethod
    def _login(cls, partner, login):
        return cls.env["res.users"].create(
            {
                "login": login,
                "password": login,
                "partner_id": partner.id,
                "group_ids": [(6, 0, cls.env.ref("base.group_portal").ids)],
            }
        )

    @classmethod
    def _register(cls, **vals):
        vals = {
            "reseller_id": cls.reseller.id,
            "contact_id": cls.ines.partner_id.id,
            "customer_name": "Hotel Alfonso",
            "email": "compras@alfonso.example.com",
            "amount": 9000,
            "date_until": fields.Date.today() + timedelta(days=30),
        } | vals
        return cls.env["crm.deal.registration"].create(vals)

    def _approved(self, **vals):
        deal = self._register(**vals)
        deal.with_user(self.leader).action_approve()
        return deal


@tagged("post_install", "-at_install")
class TestDealRegistration(DealCase):
    def test_an_approved_deal_is_protected_for_the_days_of_the_level(self):
        deal = self._approved()
        self.assertEqual(deal.state, "approved")
        days = deal.date_protected - fields.Date.today()
        self.assertEqual(days, timedelta(days=60))
        self.assertIn(self.ines.partner_id, deal.message_ids.partner_ids)

    def test_only_leaders_decide(self):
        deal = self._register(user_id=self.seller.id).with_user(self.seller)
        with self.assertRaisesRegex(UserError, "Team leaders"):
            deal.action_approve()
        with self.assertRaisesRegex(UserError, "buttons only"):
            deal.write({"state": "approved"})

    def test_a_refusal_has_a_reason_and_cannot_be_won(self):
        deal = self._register()
        wizard = self.env["crm.deal.refuse"].with_user(self.leader)
        wizard.create(
            {"registration_ids": deal.ids, "reason": "We were first"}
        ).action_refuse()
        self.assertEqual((deal.state, deal.reason), ("refused", "We were first"))
        with self.assertRaisesRegex(UserError, "cannot become"):
            deal.action_won()

    def test_who_else_is_there_and_who_was_first_is_told(self):
        lead = self._create_lead(
            partner_id=False,
            partner_name="Hotel Alfonso S.A.",
            email_from="compras@alfonso.example.com",
        )
        earlier = self._register(reseller_id=self.rival.id, contact_id=False)
        deal = self._register()
        found = {one.record for one in deal._conflicts()}
        self.assertEqual(found, {lead.sudo(), earlier.sudo()})
        hint = deal.with_user(self.leader).conflict_hint
        self.assertIn("Tostador", hint)
        self.assertIn("Sam Seller", hint)

    def test_a_known_customer_is_a_conflict_and_is_linked(self):
        self.nordlicht.email = "info@nordlicht.example.com"
        deal = self._register(
            customer_name="Nordlicht", email="info@nordlicht.example.com"
        )
        self.assertIn(self.nordlicht, [one.record for one in deal._conflicts()])
        deal.with_user(self.leader).action_approve()
        self.assertEqual(deal.partner_id, self.nordlicht)

    def test_others_deals_hide_their_names(self):
        lead = self._create_lead(
            name="Secret",
            user_id=self.colleague.id,
            partner_id=False,
            partner_name="Hotel Alfonso",
            email_from="compras@alfonso.example.com",
        )
        hint = self._register().with_user(self.seller).conflict_hint
        self.assertIn("Cora Colleague", hint)
        self.assertNotIn(lead.name, hint)

    def test_a_quotation_past_the_reseller_is_stopped_until_a_reason(self):
        deal = self._approved(partner_id=self.nordlicht.id)
        order = self._create_order().with_user(self.seller)
        self.assertIn("Cafetal", order.registration_hint)
        with self.assertRaises(RedirectWarning):
            order.action_confirm()
        self.env["crm.registration.pass"].with_user(self.seller).create(
            {"order_ids": order.ids, "reason": "Agreed with Ines"}
        ).action_go_on()
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertIn("Agreed with Ines", "".join(deal.message_ids.mapped("body")))

    def test_the_resellers_own_quotation_goes_out(self):
        deal = self._approved(partner_id=self.nordlicht.id)
        deal.with_user(self.leader).action_make_lead()
        self.assertEqual(deal.lead_id.partner_id, self.ines.partner_id)
        order = self._create_order(
            self.ines.partner_id, opportunity_id=deal.lead_id.id
        ).with_user(self.seller)
        self.assertFalse(order.registration_hint)
        order.action_confirm()

    def test_a_lead_of_the_same_end_customer_is_warned(self):
        self._approved()
        lead = self._create_lead(
            partner_id=False, email_from="compras@alfonso.example.com"
        )
        self.assertIn("Cafetal", lead.with_user(self.seller).registration_hint)

    def test_the_registration_ends_as_its_deal_does(self):
        deal = self._approved()
        deal.action_make_lead()
        deal.lead_id.action_set_won()
        self.assertEqual(deal.state, "won")

    def test_the_job_reminds_once_and_ends_the_protection(self):
        soon, over = self._approved(), self._approved(customer_name="Bar Sol")
        today = fields.Date.today()
        soon.sudo().date_protected = today + timedelta(days=5)
        over.sudo().date_protected = today - timedelta(days=1)
        self._run_job()
        self.assertEqual((soon.state, over.state), ("approved", "expired"))
        told = len(soon.message_ids)
        self._run_job()
        self.assertEqual(len(soon.message_ids), told)

    def _run_job(self):
        cron = self.env.ref("crm_sfa.crm_deal_registration_cron")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()

    def test_who_has_no_level_registers_nothing(self):
        with self.assertRaisesRegex(ValidationError, "no partner level"):
            self._register(reseller_id=self.nordlicht.id, contact_id=False)

    def test_sellers_see_their_own_and_outsiders_none(self):
        deal = self._register(user_id=self.colleague.id)
        found = [("id", "=", deal.id)]
        deals = self.env["crm.deal.registration"]
        self.assertFalse(deals.with_user(self.seller).search(found))
        self.assertTrue(deals.with_user(self.leader).search(found))
        with self.assertRaises(AccessError):
            deals.with_user(self.outsider).search(found)

    def test_resellers_read_their_own_and_write_nothing(self):
        deal = self._register()
        self.assertEqual(deal.with_user(self.ines).customer_name, "Hotel Alfonso")
        with self.assertRaises(AccessError):
            deal.with_user(self.ines).write({"amount": 1})
        with self.assertRaises(AccessError):
            deal.with_user(self.ines).read(["lead_id"])
        with self.assertRaises(AccessError):
            deal.with_user(self.raul).read(["customer_name"])
        with self.assertRaises(UserError):
            deal.with_user(self.ines).action_approve()

    def test_nobody_decides_by_the_defaults_of_the_context(self):
        deals = self.env["crm.deal.registration"].with_user(self.seller)
        deal = deals.with_context(
            default_state="approved",
            default_date_protected="2099-12-31",
            default_extensions=-99,
        ).create(
            {
                "reseller_id": self.reseller.id,
                "customer_name": "Hotel Alfonso",
                "email": "compras@alfonso.example.com",
                "date_until": fields.Date.today() + timedelta(days=30),
            }
        )
        self.assertRecordValues(
            deal, [{"state": "submitted", "date_protected": False, "extensions": 0}]
        )

    def test_a_granted_protection_is_not_moved_to_another(self):
        deal = self._approved(user_id=self.seller.id)
        with self.assertRaises(UserError):
            deal.with_user(self.seller).write({"customer_name": "Hotel Sol"})
        deal.with_user(self.seller).write({"amount": 10})
        deal.with_user(self.leader).write({"customer_name": "Hotel Alfonso XIII"})

    def test_customers_do_not_read_who_registered_them(self):
        self._approved(partner_id=self.nordlicht.id)
        order = self._create_order(self.anna)
        self.assertTrue(order.with_user(self.leader).registration_hint)
        with self.assertRaises(AccessError):
            order.with_user(self.anna_user).read(["registration_hint"])

    def test_what_the_reseller_wrote_stays_text_in_the_deal(self):
        deal = self._approved(description="<img src=x>", user_id=self.leader.id)
        deal.with_user(self.leader).action_make_lead()
        self.assertIn("&lt;img", deal.lead_id.description)

    def test_contacts_of_another_company_are_no_conflict(self):
        other = self.env["res.company"].create({"name": "Other"})
        hidden = self.env["res.partner"].create(
            {
                "name": "Hotel Alfonso",
                "email": "compras@alfonso.example.com",
                "is_company": True,
                "company_id": other.id,
            }
        )
        deal = self._approved()
        self.assertNotEqual(deal.partner_id, hidden)
        hint = str(deal.with_user(self.leader).conflict_hint)
        self.assertNotIn("Hotel Alfonso", hint)

    def test_stock_forms_open_for_who_lacks_the_rights_of_sales(self):
        self._approved(partner_id=self.nordlicht.id)
        reader = new_test_user(
            self.env, "sfa_reader", groups="crm_sfa.crm_sfa_group_reader"
        )
        order = self._create_order()
        form = order.with_user(reader).get_view(view_type="form")["arch"]
        self.assertNotIn("registration_hint", form)
        order.with_user(reader).web_read({"name": {}})


@tagged("post_install", "-at_install")
class TestDealPages(HttpCase, DealCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.form = {
            "customer_name": "Hotel Alfonso",
            "email": "compras@alfonso.example.com",
            "amount": "9000",
            "until": str(fields.Date.today() + timedelta(days=30)),
        }

    def _post(self, path="/my/deals/new", token=True, **values):
        data = self.form | values
        if token:
            data["csrf_token"] = Request.csrf_token(self)
        return self.url_open(path, data=data, allow_redirects=False)

    def _deals(self):
        domain = [("reseller_id", "=", self.reseller.id)]
        return self.env["crm.deal.registration"].search(domain)

    def test_a_reseller_registers_a_deal(self):
        self.authenticate("sfa_ines", "sfa_ines")
        answer = self._post(description="<script>alert(1)</script>")
        self.assertEqual(answer.status_code, 303)
        self.assertRecordValues(
            self._deals(),
            [{"state": "submitted", "contact_id": self.ines.partner_id.id}],
        )
        page = self.url_open(f"/my/deals/{self._deals().id}").text
        self.assertNotIn("<script>alert(1)", page)
        self.assertIn("&lt;script&gt;alert(1)", page)

    def test_wrong_forms_come_back_with_what_is_wrong(self):
        self.authenticate("sfa_ines", "sfa_ines")
        for values in (
            {"customer_name": "x" * 5000},
            {"amount": "-1"},
            {"amount": "nan"},
            {"until": "2001-01-01"},
            {"email": "", "phone": "", "vat": ""},
            {"description": "x" * 3000},
            {"customer_name": "a\x00b", "amount": "0"},
            {"category": "9" * 5000, "amount": "0"},
        ):
            with self.subTest(values=list(values)):
                self.assertIn("o_crm_deal_problems", self._post(**values).text)
        self.assertFalse(self._deals())

    def test_without_the_token_nothing_is_registered(self):
        self.authenticate("sfa_ines", "sfa_ines")
        self.assertEqual(self._post(token=False).status_code, 400)
        self.assertFalse(self._deals())

    def test_other_resellers_deals_are_not_there(self):
        deal = self._approved()
        self.authenticate("sfa_raul", "sfa_raul")
        for path in (f"/my/deals/{deal.id}", "/my/deals/99999999999"):
            self.assertEqual(self.url_open(path).status_code, 404)
        self.assertEqual(self._post(f"/my/deals/{deal.id}/lost").status_code, 404)
        self.assertNotIn("Hotel Alfonso", self.url_open("/my/deals").text)
        self.assertEqual(deal.state, "approved")

    def test_customers_without_a_level_find_no_page(self):
        self.authenticate("sfa_anna", "sfa_anna")
        for path in ("/my/deals", "/my/deals/new"):
            self.assertEqual(self.url_open(path).status_code, 404)
        self.assertEqual(self._post().status_code, 404)
        self.assertNotIn("/my/deals", self.url_open("/my").text)

    def test_strangers_are_asked_to_log_in(self):
        self.authenticate(None, None)
        self.assertIn("/web/login", self.url_open("/my/deals").url)

    def test_deals_of_another_company_are_not_there(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.authenticate("sfa_ines", "sfa_ines")
        deal = self._register(company_id=other.id)
        self.assertEqual(self.url_open(f"/my/deals/{deal.id}").status_code, 404)

    def test_a_reseller_extends_as_often_as_the_level_allows(self):
        deal = self._approved()
        first = deal.date_protected
        self.authenticate("sfa_ines", "sfa_ines")
        for _turn in range(2):
            self._post(f"/my/deals/{deal.id}/extend")
        self.assertEqual(deal.date_protected, first + timedelta(days=60))
        self.assertEqual(self._post(f"/my/deals/{deal.id}/steal").status_code, 404)
        self._post(f"/my/deals/{deal.id}/won")
        self.assertEqual(deal.state, "won")
