from unittest.mock import patch

from odoo import http
from odoo.exceptions import UserError, ValidationError
from odoo.tests import HttpCase, tagged

from odoo.addons.crm_base.tools.rate_limit import RateLimit
from odoo.addons.mail.tests.common import MailCommon

from ..controllers import inquiry
from .leads_common import LeadsCase


@tagged("post_install", "-at_install")
class TestLeadChannel(LeadsCase, MailCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fair = cls.env["utm.campaign"].create(
            {"title": "Fair", "crm_channel": "card", "crm_cost": 300}
        )

    # Cost and yield

    def test_campaign_counts_leads_deals_and_money(self):
        won, lost = self._create_lead(), self._create_lead()
        (won | lost).campaign_id = self.fair
        won.action_set_won()
        self._create_order(confirm=True, opportunity_id=won.id)
        self._create_order(opportunity_id=lost.id)  # only offered
        self.assertRecordValues(
            self.fair.with_user(self.leader),
            [
                {
                    "crm_lead_count": 2,
                    "crm_won_count": 1,
                    "crm_income": 200,
                    "crm_cost_per_lead": 150,
                    "crm_yield": -100,
                }
            ],
        )

    def test_order_in_another_currency_counts_at_its_rate(self):
        currency = self.env["res.currency"].create(
            {
                "name": "XTT",
                "symbol": "T",
                "rate_ids": [(0, 0, {"name": "2020-01-01", "rate": 4})],
            }
        )
        prices = self.env["product.pricelist"].create(
            {"name": "T", "currency_id": currency.id}
        )
        lead = self._create_lead(campaign_id=self.fair.id)
        order = self._create_order(opportunity_id=lead.id, pricelist_id=prices.id)
        order.order_line.price_unit = 400
        order.action_confirm()
        self.assertAlmostEqual(self.fair.with_user(self.leader).crm_income, 200)

    def test_numbers_of_many_campaigns_cost_as_many_queries_as_of_one(self):
        more = self.env["utm.campaign"].create([{"title": f"C{i}"} for i in range(20)])
        for campaign in more:
            self._create_lead(campaign_id=campaign.id)
        names = ["crm_lead_count", "crm_won_count", "crm_income", "crm_yield"]

        def queries(campaigns):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            campaigns.with_user(self.leader).read(names)
            return self.env.cr.sql_log_count - before

        queries(more)
        self.assertLessEqual(queries(more), queries(more[0]) + 1)

    def test_numbers_open_what_they_count(self):
        lead = self._create_lead(campaign_id=self.fair.id)
        lead.action_set_won()
        order = self._create_order(confirm=True, opportunity_id=lead.id)
        fair = self.fair.with_user(self.leader)
        for action, found in (
            (fair.action_open_won_deals(), lead),
            (fair.action_open_campaign_orders(), order),
        ):
            self.assertEqual(
                self.env[action["res_model"]].search(action["domain"]), found
            )

    def test_seller_counts_own_deals_and_sees_no_money(self):
        self._create_lead(campaign_id=self.fair.id).action_set_won()
        other = self._create_lead(campaign_id=self.fair.id, user_id=self.leader.id)
        other.action_set_won()
        fair = self.fair.with_user(self.seller)
        self.assertEqual(fair.crm_won_count, 1)
        self.assertFalse({"crm_cost", "crm_income"} & set(fair.fields_get()))

    # Campaign of leads that say only how they came

    def test_lead_without_a_campaign_gets_that_of_its_medium(self):
        medium = self.env["utm.medium"].create({"name": "Survey by rule"})
        self.env["crm.lead.channel"].create(
            {"medium_id": medium.id, "campaign_id": self.fair.id}
        )
        chosen = self.env["utm.campaign"].create({"title": "Chosen"})
        lead = self._create_lead(medium_id=medium.id)
        kept = self._create_lead(medium_id=medium.id, campaign_id=chosen.id)
        self.assertEqual((lead.campaign_id, kept.campaign_id), (self.fair, chosen))
        self.assertFalse(self._create_lead().campaign_id)

    def test_source_and_medium_must_both_fit(self):
        medium = self.env["utm.medium"].create({"name": "Chat by rule"})
        source = self.env["utm.source"].create({"name": "Robot"})
        self.env["crm.lead.channel"].create(
            {
                "medium_id": medium.id,
                "source_id": source.id,
                "campaign_id": self.fair.id,
            }
        )
        self.assertFalse(self._create_lead(medium_id=medium.id).campaign_id)
        lead = self._create_lead(medium_id=medium.id, source_id=source.id)
        self.assertEqual(lead.campaign_id, self.fair)

    def test_rule_without_a_condition_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "every lead"):
            self.env["crm.lead.channel"].create({"campaign_id": self.fair.id})

    def test_mail_to_the_alias_comes_by_the_channel_mail(self):
        lead = self.env["crm.lead"].message_new(
            {"subject": "Grinders", "from": "new@mail.example.com", "body": "Please"}
        )
        self.assertEqual(lead.campaign_id, self.env.ref("crm_sfa.utm_campaign_mail"))

    # Call

    def test_talk_becomes_one_lead(self):
        note = (
            self.env["crm.interaction"]
            .with_user(self.seller)
            .create(
                {"partner_id": self.anna.id, "name": "Wants a grinder", "kind": "call"}
            )
        )
        first = note.action_make_lead()
        second = note.action_make_lead()
        self.assertEqual(first["res_id"], second["res_id"])
        self.assertRecordValues(
            note.sudo().lead_id,
            [
                {
                    "name": "Wants a grinder",
                    "partner_id": self.anna.id,
                    "user_id": self.seller.id,
                    "campaign_id": self.env.ref("crm_sfa.utm_campaign_call").id,
                }
            ],
        )

    # Business card

    def _card(self, **vals):
        vals = {
            "contact_name": "Ute Kern",
            "partner_name": "Kern Kaffee",
            "phone": "030 901820",
            "email": "ute@kern.example.com",
        } | vals
        self.env.company.country_id = self.env.ref("base.de")
        return self.env["crm.lead.card"].with_user(self.seller).create(vals)

    def test_card_becomes_a_lead_of_who_holds_it(self):
        action = self._card().action_save()
        self.assertRecordValues(
            self.env["crm.lead"].browse(action["res_id"]),
            [
                {
                    "name": "Kern Kaffee – Ute Kern",
                    "user_id": self.seller.id,
                    "phone": "+49 30 901820",
                    "campaign_id": self.env.ref("crm_sfa.utm_campaign_card").id,
                }
            ],
        )

    def test_next_card_keeps_the_campaign(self):
        action = self._card(campaign_id=self.fair.id).action_save_and_next()
        self.assertEqual(action["context"]["default_campaign_id"], self.fair.id)

    def test_card_warns_of_a_lead_and_a_contact_that_are_there(self):
        self._create_lead(email_from="ute@kern.example.com", partner_id=False)
        card = self._card(
            contact_name="Anna Berg", email="anna.berg@nordlicht.example.com"
        )
        self.assertIn("Contact: Nordlicht, Anna Berg", card.warning)
        self.assertIn("Lead: Grinders", self._card().warning)

    def test_card_of_nobody_or_without_a_way_to_reach_is_refused(self):
        for vals, why in (
            ({"contact_name": " ", "partner_name": False}, "Whose card"),
            ({"email": False, "phone": False}, "reached"),
            ({"email": "ute at kern"}, "no mail address"),
            ({"phone": "call me"}, "no phone number"),
        ):
            with self.assertRaisesRegex(UserError, why):
                self._card(**vals).action_save()


@tagged("post_install", "-at_install")
class TestInquiry(LeadsCase, HttpCase):
    def setUp(self):
        super().setUp()
        # Every test is a visitor of its own.
        limit = patch.object(inquiry, "INQUIRIES", RateLimit(20, 3600))
        self.startPatcher(limit)

    def _send(self, **form):
        self.authenticate(None, None)
        form = {
            "csrf_token": http.Request.csrf_token(self),
            "name": "Ute Kern",
            "email": "ute@kern.example.com",
            "text": "Two grinders, please",
        } | form
        return self.url_open("/inquiry", data=form)

    def _leads(self):
        return self.env["crm.lead"].search(
            [("email_from", "=", "ute@kern.example.com")]
        )

    def test_inquiry_becomes_a_lead_of_the_campaign_and_its_team(self):
        campaign = self.env.ref("crm_sfa.utm_campaign_web")
        campaign.crm_team_id = self.team
        page = self.url_open("/inquiry")
        self.assertIn("What can we offer you?", page.text)
        answer = self._send(company="Kern Kaffee")
        self.assertIn("we have your inquiry", answer.text)
        self.assertRecordValues(
            self._leads(),
            [
                {
                    "name": "Inquiry of Kern Kaffee",
                    "campaign_id": campaign.id,
                    "team_id": self.team.id,
                    "user_id": False,
                }
            ],
        )

    def test_named_campaign_is_taken_if_it_is_a_web_form(self):
        spring = self.env["utm.campaign"].create(
            {"title": "Spring", "crm_channel": "web"}
        )
        secret = self.env["utm.campaign"].create({"title": "Secret"})
        self._send(campaign=spring.name)
        self.assertEqual(self._leads().campaign_id, spring)
        self._leads().unlink()
        self._send(campaign=secret.name)
        self.assertNotEqual(self._leads().campaign_id, secret)

    def test_nothing_else_can_be_set_by_the_form(self):
        self._send(user_id=self.seller.id, probability=100, priority="3")
        self.assertRecordValues(
            self._leads(), [{"user_id": False, "priority": "0", "probability": 0}]
        )

    def test_script_is_text(self):
        self._send(text="<script>alert(1)</script>")
        self.assertNotIn("<script>", self._leads().description)

    def test_robot_that_fills_every_field_makes_no_lead(self):
        self._send(website="http://spam.example.com")
        self.assertFalse(self._leads())

    def test_missing_and_wrong_answers_are_told(self):
        for form, text in (
            ({"text": " "}, "Please fill in your name"),
            ({"email": ""}, "Please leave a mail address"),
            ({"email": "ute@@kern"}, "check the mail address"),
        ):
            self.assertIn(text, self._send(**form).text)
        self.assertFalse(self._leads())

    def test_too_many_inquiries_are_refused(self):
        self.startPatcher(patch.object(inquiry, "INQUIRIES", RateLimit(1, 3600)))
        self.assertEqual(self._send().status_code, 200)
        self.assertEqual(self._send().status_code, 429)
        self.assertEqual(len(self._leads()), 1)

    def test_no_page_without_a_campaign_for_it(self):
        self.env["utm.campaign"].search([("crm_channel", "=", "web")]).active = False
        self.assertEqual(self.url_open("/inquiry").status_code, 404)
