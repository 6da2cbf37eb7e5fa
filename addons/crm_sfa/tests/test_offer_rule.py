from datetime import date
from unittest.mock import patch

from dateutil.relativedelta import relativedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, new_test_user, tagged

from ..tools.offer import Condition
from .common import SalesCase


class OfferCase(SalesCase):
    """Nordlicht bought grinders thrice; the price list of regulars is 20 lower."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rules = cls.env["crm.offer.rule"]
        cls.rules.search([]).active = False
        cls.env["crm.approval.limit"].search([]).active = False
        cls.env.company.double_offer_days = 0
        cls.regular = cls._pricelist("Regular", 20)
        cls.other_list = cls._pricelist("Other", 10)
        cls.terms = cls.env["account.payment.term"].create({"name": "Thirty"})
        for quantity in (2, 6, 4):
            cls._buy(cls.grinder, quantity)
        cls._buy(cls.beans, 1)

    @classmethod
    def _pricelist(cls, name, percent, **vals):
        item = {"compute_price": "percentage", "percent_price": percent}
        return cls.env["product.pricelist"].create(
            {"name": name, "item_ids": [Command.create(item)]} | vals
        )

    @classmethod
    def _buy(cls, product, quantity, partner=None):
        line = {"product_id": product.id, "product_uom_qty": quantity}
        return cls._create_order(
            partner or cls.anna, confirm=True, order_line=[Command.create(line)]
        )

    @classmethod
    def _rule(cls, name="Regulars", **vals):
        return cls.rules.create({"name": name, "basket_orders": 0} | vals)

    def _invoice(self, amount, days_ago=60, due_after=10, paid_after=None, **vals):
        """An invoice of some days ago, paid so many days after its date."""
        day = fields.Date.today() - relativedelta(days=days_ago)
        line = {"name": "Goods", "price_unit": amount, "tax_ids": False}
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.nordlicht.id,
                "invoice_date": day,
                "invoice_date_due": day + relativedelta(days=due_after),
                "invoice_payment_term_id": False,
                "invoice_line_ids": [Command.create(line)],
            }
            | vals
        )
        invoice.action_post()
        if paid_after is not None:
            self.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=invoice.ids
            ).create(
                {"payment_date": day + relativedelta(days=paid_after)}
            )._create_payments()
        return invoice

    def _holds(self, rule, partner=None, day=None):
        partner = partner or self.nordlicht
        [check] = rule._checks(partner, day)[partner.id]
        return check.holds

    def _prepare(self, user=None, partner=None):
        partner = (partner or self.nordlicht).with_user(user or self.seller)
        action = partner.action_prepare_offer()
        wizards = self.env["crm.offer.prepare"].with_user(user or self.seller)
        return wizards.browse(action["res_id"])

    def _made(self, wizard):
        return self.env["sale.order"].browse(wizard.action_make()["res_id"])


@tagged("post_install", "-at_install")
class TestOfferConditions(OfferCase):
    def test_class_and_stage(self):
        rule = self._rule(value_class="a")
        self.assertFalse(self._holds(rule))
        self.nordlicht.value_class = "a"
        self.assertTrue(self._holds(rule))
        rule.relationship_stage = "lost"
        self.assertFalse(self._holds(rule))

    def test_territory_with_those_below(self):
        north = self.env["crm.territory"].create({"name": "Far North"})
        coast = self.env["crm.territory"].create(
            {"name": "Far Coast", "parent_id": north.id}
        )
        rule = self._rule(territory_id=north.id)
        self.assertFalse(self._holds(rule))
        self.nordlicht.territory_id = coast
        self.assertTrue(self._holds(rule))

    def test_tags_with_those_below_and_industry(self):
        tags = self.env["res.partner.category"]
        trade = tags.create({"name": "Trade"})
        cafe = tags.create({"name": "Café", "parent_id": trade.id})
        industry = self.env["res.partner.industry"].create({"name": "Roasting"})
        rule = self._rule(category_ids=trade.ids, industry_ids=industry.ids)
        self.nordlicht.category_id = cafe
        self.assertFalse(self._holds(rule))
        self.nordlicht.industry_id = industry
        self.assertTrue(self._holds(rule))

    def test_volume_without_taxes_less_credit_notes_in_the_last_year(self):
        rule = self._rule(volume_min=1000)
        self._invoice(900)
        self._invoice(900, days_ago=400)
        self.assertFalse(self._holds(rule))
        self._invoice(150)
        self.assertTrue(self._holds(rule))
        self._invoice(100, move_type="out_refund")
        self.assertFalse(self._holds(rule))

    def test_volume_at_most(self):
        rule = self._rule(volume_max=100)
        self.assertTrue(self._holds(rule))
        self._invoice(150)
        self.assertFalse(self._holds(rule))

    def test_paid_on_time(self):
        good, bad = self._rule(discipline="good"), self._rule(discipline="bad")
        self.assertFalse(self._holds(good) or self._holds(bad))
        self._invoice(100, paid_after=8)
        self.assertTrue(self._holds(good))
        self.assertFalse(self._holds(bad))

    def test_paid_late(self):
        good, bad = self._rule(discipline="good"), self._rule(discipline="bad")
        self._invoice(100, paid_after=30)
        self.assertFalse(self._holds(good))
        self.assertTrue(self._holds(bad))

    def test_overdue_invoice_is_late_too(self):
        bad = self._rule(discipline="bad")
        self._invoice(100)
        self.assertTrue(self._holds(bad))

    def test_many_small_delays_are_late_by_their_share(self):
        bad = self._rule(discipline="bad", late_days=5, late_share=0.25)
        self._invoice(100, paid_after=12)
        self._invoice(100, paid_after=5)
        self.assertTrue(self._holds(bad))
        bad.late_share = 0.5
        self.assertFalse(self._holds(bad))

    def test_season_around_the_turn_of_the_year(self):
        rule = self._rule(
            is_seasonal=True, month_from=11, day_from=15, month_to=1, day_to=10
        )
        self.assertTrue(self._holds(rule, day=date(2026, 1, 5)))
        self.assertFalse(self._holds(rule, day=date(2026, 7, 1)))

    def test_further_conditions(self):
        rule = self._rule(domain="[('name', '=', 'Olivar')]")
        self.assertFalse(self._holds(rule))
        self.assertTrue(self._holds(rule, self.olivar))

    def test_addons_add_conditions(self):
        def conditions(rule, customer, facts):
            return [Condition("Has a contract", False)]

        rule = self._rule()
        with patch.object(type(rule), "_offer_conditions", conditions):
            [check] = rule._checks(self.nordlicht)[self.nordlicht.id]
        self.assertEqual((check.holds, check.missing), (False, ["Has a contract"]))

    def test_season_that_no_year_has_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "no year has"):
            self._rule(is_seasonal=True, month_from=2, day_from=30)

    def test_conditions_that_do_not_parse_are_refused(self):
        for domain in ("[('nowhere', '=', 1)]", "[(", "__import__('os')", "7"):
            with (
                self.subTest(domain=domain),
                self.assertRaisesRegex(ValidationError, "Regulars"),
            ):
                self._rule(domain=domain)

    def test_price_list_of_another_company_is_refused(self):
        other = self.env["res.company"].create({"name": "Other"})
        foreign = self._pricelist("Foreign", 5, company_id=other.id)
        with self.assertRaises(UserError):
            self._rule(pricelist_id=foreign.id)

    def test_facts_of_many_customers_take_as_many_queries_as_of_one(self):
        rule = self._rule(volume_min=1, discipline="good", value_class="a")
        many = self.env["res.partner"].create(
            [{"name": f"Customer {n}", "is_company": True} for n in range(50)]
        )
        self.env.flush_all()
        rule._checks(many)
        self.env.invalidate_all()
        with self.assertQueryCount(12):
            rule._checks(many)


@tagged("post_install", "-at_install")
class TestOfferPlan(OfferCase):
    def test_preview_names_rule_and_conditions(self):
        self.nordlicht.value_class = "a"
        self._rule(value_class="a", pricelist_id=self.regular.id)
        wizard = self._prepare()
        self.assertEqual(wizard.pricelist_id, self.regular)
        self.assertIn("rule “Regulars” (Value Class: A)", wizard.reasons)

    def test_first_of_two_that_contradict_wins_and_the_other_is_named(self):
        self._rule("Second", sequence=20, pricelist_id=self.other_list.id)
        self._rule("First", sequence=5, pricelist_id=self.regular.id)
        wizard = self._prepare()
        self.assertEqual(wizard.pricelist_id, self.regular)
        self.assertIn("It comes before “Second” (“Other", wizard.reasons)

    def test_each_thing_is_said_by_the_first_rule_that_says_it(self):
        self._rule("First", sequence=5, pricelist_id=self.regular.id)
        self._rule("Second", sequence=20, payment_term_id=self.terms.id)
        wizard = self._prepare()
        self.assertEqual(
            (wizard.pricelist_id, wizard.payment_term_id), (self.regular, self.terms)
        )

    def test_rules_that_do_not_hold_tell_what_is_missing(self):
        self._rule(value_class="a", pricelist_id=self.regular.id)
        reasons = self._prepare().reasons
        self.assertIn("“Regulars” does not hold. Missing: Value Class: A", reasons)

    def test_reasons_do_not_tell_what_the_customer_bought(self):
        self._rule(volume_min=1000, pricelist_id=self.regular.id)
        self._invoice(1234.5)
        self.assertNotIn("1,234", self._prepare().reasons)

    def test_without_a_rule_the_customers_own_terms_apply(self):
        wizard = self._prepare()
        self.assertIn("No rule holds", wizard.reasons)
        self.assertEqual(wizard.pricelist_id, self.nordlicht.property_product_pricelist)

    def test_usual_basket_with_the_usual_quantity(self):
        self._rule(basket_orders=2)
        [line] = self._prepare().line_ids
        self.assertEqual(
            (line.product_id, line.quantity, line.orders), (self.grinder, 4, 3)
        )

    def test_prices_are_those_of_the_price_list_at_this_moment(self):
        self._rule(basket_orders=2, pricelist_id=self.regular.id)
        wizard = self._prepare()
        self.assertEqual(wizard.line_ids.price, 80)
        self.grinder.list_price = 200
        self.assertEqual(self._made(wizard).order_line.price_unit, 160)

    def test_draft_has_what_the_rules_say(self):
        self._rule(
            basket_orders=2,
            pricelist_id=self.regular.id,
            payment_term_id=self.terms.id,
            validity_days=9,
        )
        with freeze_time("2026-03-02 12:00"):
            order = self._made(self._prepare())
        self.assertRecordValues(
            order,
            [
                {
                    "state": "draft",
                    "partner_id": self.nordlicht.id,
                    "user_id": self.seller.id,
                    "pricelist_id": self.regular.id,
                    "payment_term_id": self.terms.id,
                    "validity_date": date(2026, 3, 11),
                }
            ],
        )

    def test_draft_keeps_the_reasons(self):
        self._rule(pricelist_id=self.regular.id)
        order = self._made(self._prepare())
        self.assertIn("Regulars", order.message_ids[:1].body)

    def test_template_gives_its_lines_and_the_basket_the_rest(self):
        template = self.env["sale.order.template"].create(
            {
                "name": "Coffee",
                "sale_order_template_line_ids": [
                    Command.create({"product_id": self.beans.id})
                ],
            }
        )
        self._rule(basket_orders=1, sale_order_template_id=template.id)
        order = self._made(self._prepare())
        self.assertEqual(order.order_line.product_id, self.beans | self.grinder)
        self.assertEqual(len(order.order_line), 2)

    def test_offer_of_a_deal_belongs_to_it(self):
        lead = self._create_lead(partner_id=self.anna.id).with_user(self.seller)
        wizard = self.env["crm.offer.prepare"].browse(
            lead.action_prepare_offer()["res_id"]
        )
        order = self._made(wizard.with_user(self.seller))
        self.assertEqual((order.opportunity_id, order.partner_id), (lead, self.anna))

    def test_deal_without_a_customer_is_told(self):
        lead = self._create_lead(partner_id=False)
        with self.assertRaisesRegex(UserError, "Choose the customer"):
            lead.action_prepare_offer()

    def test_price_list_of_the_rule_is_no_discount_to_be_approved(self):
        self.env["crm.approval.limit"].create({"kind": "discount", "value": 5})
        self._rule(basket_orders=2, pricelist_id=self.regular.id)
        order = self._made(self._prepare()).with_user(self.seller)
        self.assertEqual(order.approval_state, "free")

    def test_offer_is_printed_with_the_report_of_the_erp(self):
        self._rule(basket_orders=2)
        order = self._made(self._prepare())
        html, _kind = (
            self.env["ir.actions.report"]
            .with_user(self.seller)
            ._render_qweb_html("sale.action_report_saleorder", order.ids)
        )
        self.assertIn(order.name, html.decode())

    # Bad input

    def test_archived_product_is_left_out_and_named(self):
        self._rule(basket_orders=2)
        self.grinder.active = False
        wizard = self._prepare()
        self.assertFalse(wizard.line_ids)
        self.assertIn("not sold any more: Grinder", wizard.reasons)

    def test_currency_without_a_rate_is_told(self):
        currency = self.env["res.currency"].create(
            {"name": "XQX", "symbol": "X", "active": True}
        )
        foreign = self._pricelist("Foreign", 5, currency_id=currency.id)
        self.nordlicht.property_product_pricelist = foreign
        with self.assertRaisesRegex(UserError, "XQX, which has no rate"):
            self._prepare()

    def test_price_list_that_moved_to_another_company_is_told(self):
        rule = self._rule(pricelist_id=self.regular.id)
        other = self.env["res.company"].create({"name": "Other"})
        self.regular.flush_recordset()
        self.env.cr.execute(
            "UPDATE product_pricelist SET company_id = %s WHERE id = %s",
            (other.id, self.regular.id),
        )
        self.regular.invalidate_recordset()
        with self.assertRaisesRegex(UserError, f"{rule.name}.*another company"):
            self._prepare()

    def test_archived_price_list_is_told(self):
        self._rule(pricelist_id=self.regular.id)
        self.regular.active = False
        with self.assertRaisesRegex(UserError, "Regulars.*archived"):
            self._prepare()

    def test_stored_conditions_that_no_longer_parse_are_told(self):
        rule = self._rule(pricelist_id=self.regular.id)
        self.env.flush_all()
        for domain in ("[('gone_field', '=', 1)]", "[("):
            self.env.cr.execute(
                "UPDATE crm_offer_rule SET domain = %s WHERE id = %s",
                (domain, rule.id),
            )
            rule.invalidate_recordset()
            with (
                self.subTest(domain=domain),
                self.assertRaisesRegex(UserError, "Regulars"),
            ):
                self._prepare()

    # Rights

    def test_sellers_read_rules_and_do_not_write_them(self):
        rule = self._rule().with_user(self.seller)
        self.assertEqual(rule.name, "Regulars")
        with self.assertRaises(AccessError):
            rule.name = "Mine"
        rule.with_user(self.manager).name = "Theirs"

    def test_outsider_and_portal_prepare_nothing(self):
        portal = new_test_user(self.env, "sfa_portal", groups="base.group_portal")
        for user in (self.outsider, portal):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._prepare(user)


@tagged("post_install", "-at_install")
class TestOfferBatch(OfferCase):
    def _batch(self, partners=None, user=None):
        partners = (partners or self.nordlicht | self.talisman).with_user(
            user or self.seller
        )
        action = partners.action_offer_batch()
        batches = self.env["crm.offer.batch"].with_user(user or self.seller)
        return batches.browse(action["res_id"])

    def _run(self):
        with self.enter_registry_test_mode():
            self.env.ref("crm_sfa.crm_offer_batch_cron").method_direct_trigger()
        self.env.invalidate_all()

    def test_drafts_are_made_each_once(self):
        self._rule(basket_orders=2)
        batch = self._batch(self.nordlicht | self.anna | self.talisman)
        batch.action_start()
        self._run()
        self._run()
        self.assertEqual(batch.state, "done")
        self.assertRecordValues(
            batch.line_ids,
            [
                {"partner_id": self.nordlicht.id, "state": "made"},
                {"partner_id": self.talisman.id, "state": "skipped"},
            ],
        )
        order = batch.line_ids.order_id
        self.assertEqual((len(order), order.user_id), (1, self.seller))
        self.assertEqual((batch.made_count, batch.progress), (1, 100))

    def test_stopped_batch_makes_nothing_until_it_goes_on(self):
        self._rule(basket_orders=2)
        batch = self._batch()
        batch.action_start()
        batch.action_stop()
        self._run()
        self.assertFalse(batch.line_ids.order_id)
        batch.action_start()
        self._run()
        self.assertTrue(batch.line_ids.order_id)

    def test_one_that_fails_is_told_and_the_others_are_made(self):
        currency = self.env["res.currency"].create({"name": "XQX", "symbol": "X"})
        foreign = self._pricelist("Foreign", 5, currency_id=currency.id)
        self.talisman.property_product_pricelist = foreign
        self._rule(basket_orders=2)
        batch = self._batch()
        batch.action_start()
        self._run()
        self.assertEqual(batch.line_ids.mapped("state"), ["made", "failed"])
        self.assertIn("XQX", batch.line_ids[1].told)
        self.talisman.property_product_pricelist = self.regular
        batch.action_retry()
        self._run()
        self.assertEqual(batch.line_ids.mapped("state"), ["made", "skipped"])
        self.assertEqual(len(batch.line_ids.order_id), 1)

    def test_batch_works_with_the_rights_of_its_user(self):
        self._rule(basket_orders=2)
        batch = self._batch()
        self.seller.sudo().group_ids = self.env.ref("base.group_user")
        batch.sudo().state = "running"
        self._run()
        self.assertRecordValues(
            batch.sudo().line_ids,
            [
                {"state": "failed", "order_id": False},
                {"state": "skipped", "order_id": False},
            ],
        )

    def test_only_its_user_starts_it(self):
        batch = self._batch()
        with self.assertRaises(AccessError):
            batch.with_user(self.leader).action_start()
        with self.assertRaises(AccessError):
            batch.with_user(self.colleague).action_start()
        with self.assertRaises(AccessError):
            batch.write({"state": "running"})
        with self.assertRaises(AccessError):
            batch.line_ids.write({"state": "todo"})

    def test_outsider_makes_no_batch(self):
        with self.assertRaises(AccessError):
            self._batch(user=self.outsider)

    def test_one_customer_stands_in_a_batch_once(self):
        batch = self._batch(self.anna | self.nordlicht)
        self.assertEqual(batch.line_ids.partner_id, self.nordlicht)
