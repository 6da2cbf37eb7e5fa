from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, RedirectWarning, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import SalesCase


class PipelineCase(SalesCase):
    """Three stages of the team: first, middle and won; a deal in the first."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first, cls.middle, cls.last = cls.env["crm.stage"].create(
            [
                {"name": "First look", "sequence": 101, "team_ids": cls.team.ids},
                {"name": "Trial", "sequence": 102, "team_ids": cls.team.ids},
                {"name": "Talks", "sequence": 103, "team_ids": cls.team.ids},
            ]
        )
        cls.won = cls.env["crm.stage"].create(
            {"name": "Gained", "sequence": 109, "is_won": True}
        )
        cls.deal = cls._create_deal()

    @classmethod
    def _create_deal(cls, **vals):
        return cls._create_lead(**{"stage_id": cls.first.id} | vals)

    @classmethod
    def _ask(cls, name="Budget known", stage=None, **vals):
        """By default: to leave the first stage, ticked by hand."""
        vals = {"name": name, "stage_id": (stage or cls.first).id} | vals
        return cls.env["crm.stage.criterion"].create(vals)

    @classmethod
    def _plan_call(cls, deal, days=1):
        return deal.activity_schedule(
            "mail.mail_activity_data_call",
            fields.Date.today() + timedelta(days=days),
            user_id=cls.seller.id,
        )

    def _move(self, stage, user=None, deal=None):
        deal = (deal or self.deal).with_user(user or self.seller)
        deal.write({"stage_id": stage.id})

    def assertStays(self, stage, text, user=None, error=UserError):
        with self.assertRaisesRegex(error, text), self.env.cr.savepoint():
            self._move(stage, user)


@tagged("post_install", "-at_install")
class TestCriteria(PipelineCase):
    def test_deal_does_not_move_on_without_a_required_tick(self):
        self._ask()
        self.assertStays(self.middle, "Grinders.*Trial.*Budget known")

    def test_ticked_deal_moves_on(self):
        criterion = self._ask()
        self.deal.with_user(self.seller).tick_criterion(criterion.id, True)
        self._move(self.middle)
        self.assertEqual(self.deal.stage_id, self.middle)

    def test_tick_is_taken_back(self):
        criterion = self._ask()
        deal = self.deal.with_user(self.seller)
        deal.tick_criterion(criterion.id, True)
        deal.tick_criterion(criterion.id, True)
        deal.tick_criterion(criterion.id, False)
        self.assertStays(self.middle, "Budget known")

    def test_advised_criterion_does_not_stop(self):
        self._ask(is_required=False)
        self._move(self.middle)
        self.assertEqual(self.deal.stage_id, self.middle)

    def test_archived_criterion_does_not_stop(self):
        self._ask().active = False
        self._move(self.middle)
        self.assertEqual(self.deal.stage_id, self.middle)

    def test_entry_criterion_of_the_next_stage_stops(self):
        self._ask("Samples sent", self.middle, moment="entry")
        self.assertStays(self.middle, "Samples sent")

    def test_stage_cannot_be_skipped_to_evade_its_criteria(self):
        self._ask("Samples tasted", self.middle)
        self.assertStays(self.last, "Samples tasted")

    def test_winning_asks_for_what_is_on_the_way(self):
        self._ask("Contract signed", self.last)
        deal = self.deal.with_user(self.seller)
        with self.assertRaisesRegex(UserError, "Contract signed"):
            deal.action_set_won()

    def test_going_back_always_works(self):
        self._ask("Proof", self.first, moment="entry")
        self.deal.stage_id = self.last
        self._move(self.first)
        self.assertEqual(self.deal.stage_id, self.first)

    def test_losing_always_works(self):
        self._ask()
        self.deal.with_user(self.seller).action_set_lost()
        self.assertEqual(self.deal.won_status, "lost")

    def test_check_by_itself_sees_what_is_written_together_with_the_stage(self):
        self._ask("Amount known", kind="check", domain="[('expected_revenue', '>', 0)]")
        self.assertStays(self.middle, "Amount known")
        self.deal.with_user(self.seller).write(
            {"stage_id": self.middle.id, "expected_revenue": 10}
        )
        self.assertEqual(self.deal.stage_id, self.middle)

    def test_quotation_of_a_colleague_that_was_sent_counts(self):
        self._ask(
            "Quotation sent", kind="check", domain="[('order_ids.state', '=', 'sent')]"
        )
        order = self._create_order(user=self.colleague, opportunity_id=self.deal.id)
        self.assertStays(self.middle, "Quotation sent")
        order.action_quotation_sent()
        self._move(self.middle)
        self.assertEqual(self.deal.stage_id, self.middle)

    def test_mass_move_names_each_deal(self):
        criterion = self._ask()
        other = self._create_deal(name="Beans for a year")
        self.deal.tick_criterion(criterion.id, True)
        deals = (self.deal | other).with_user(self.seller)
        with self.assertRaisesRegex(UserError, "Beans for a year") as refused:
            deals.write({"stage_id": self.middle.id})
        self.assertNotIn("Grinders", str(refused.exception))

    def test_stages_of_other_teams_are_not_on_the_way(self):
        team = self.env["crm.team"].create({"name": "Tea"})
        stage = self.first.create(
            {"name": "Tea", "sequence": 102, "team_ids": team.ids}
        )
        self._ask("Tea tasted", stage)
        self._move(self.last)
        self.assertEqual(self.deal.stage_id, self.last)

    def test_check_list_shows_what_is_ahead(self):
        done, advised = self._ask(), self._ask("Plan", is_required=False)
        self._ask("Samples sent", self.middle, moment="entry")
        self._ask("Later", self.middle)
        self.deal.tick_criterion(done.id, True)
        deal = self.deal.with_user(self.seller)
        told = {line["name"]: line["done"] for line in deal.checklist}
        self.assertEqual(
            told, {"Budget known": True, advised.name: False, "Samples sent": False}
        )
        self.assertEqual(deal.open_criterion_count, 1)

    def test_last_stage_has_no_check_list(self):
        self.deal.stage_id = self.won
        self.assertFalse(self.deal.checklist)

    def test_criteria_that_contradict_are_refused(self):
        self._ask("High", kind="check", domain="[('priority', '=', '3')]")
        with self.assertRaisesRegex(ValidationError, "High.*Low"):
            self._ask("Low", kind="check", domain="[('priority', '=', '0')]")

    def test_domain_that_means_nothing_is_refused(self):
        for domain in ("[('nonsense', '=', 1)]", "oops(", "[1, 2]"):
            with self.subTest(domain), self.assertRaisesRegex(ValidationError, "Odd"):
                self._ask("Odd", kind="check", domain=domain)

    def test_criterion_that_broke_is_named_and_a_manager_lets_pass(self):
        criterion = self._ask("Old", kind="check")
        self.env.cr.execute(
            "UPDATE crm_stage_criterion SET domain = %s WHERE id = %s",
            ["[('field_gone', '=', 1)]", criterion.id],
        )
        criterion.invalidate_recordset()
        self.assertStays(self.middle, "Old.*First look.*cannot be checked")
        self.assertTrue(self.deal.checklist[0]["problem"])
        self._pass(self.manager)
        self.assertEqual(self.deal.stage_id, self.middle)

    def test_manager_moves_on_with_a_reason_that_is_logged(self):
        self._ask()
        self.assertStays(
            self.middle, "Budget known", self.manager, error=RedirectWarning
        )
        self._pass(self.manager)
        self.assertEqual(self.deal.stage_id, self.middle)
        self.assertRegex(
            self.deal.message_ids.filtered("body").sorted("id")[-1].body,
            "Budget known.*Fair is tomorrow",
        )
        self.assertRecordValues(
            self.deal.tick_ids,
            [
                {
                    "user_id": self.manager.id,
                    "is_waived": True,
                    "reason": "Fair is tomorrow",
                }
            ],
        )

    def test_only_managers_let_pass(self):
        self._ask()
        with self.assertRaises(AccessError):
            self._pass(self.leader)

    def _pass(self, user):
        vals = {
            "lead_ids": self.deal.ids,
            "stage_id": self.middle.id,
            "reason": "Fair is tomorrow",
        }
        self.env["crm.stage.pass"].with_user(user).create(vals).action_pass()

    def test_ten_thousand_letters_are_a_name_like_any(self):
        self._ask("x" * 10_000)
        self.assertStays(self.middle, "x{10000}")

    def test_tick_of_a_checked_criterion_is_refused(self):
        criterion = self._ask(kind="check", domain="[('priority', '=', '3')]")
        with self.assertRaisesRegex(UserError, "by itself"):
            self.deal.with_user(self.seller).tick_criterion(criterion.id, True)

    def test_deal_of_a_colleague_is_not_ticked(self):
        criterion = self._ask()
        with self.assertRaises(AccessError):
            self.deal.with_user(self.colleague).tick_criterion(criterion.id, True)

    def test_ticks_are_not_written_by_hand(self):
        criterion = self._ask()
        ticks = self.env["crm.lead.criterion"].with_user(self.manager)
        with self.assertRaises(AccessError):
            ticks.create({"lead_id": self.deal.id, "criterion_id": criterion.id})


@tagged("post_install", "-at_install")
class TestNextStep(PipelineCase):
    def _lacking(self):
        domain = [("lacks_next_step", "=", True), ("team_id", "=", self.team.id)]
        return self.env["crm.lead"].with_user(self.seller).search(domain)

    def test_deal_without_anything_planned_is_marked(self):
        self.assertTrue(self.deal.with_user(self.seller).lacks_next_step)
        self.assertEqual(self._lacking(), self.deal)

    def test_deal_with_a_call_tomorrow_is_not_marked(self):
        self._plan_call(self.deal)
        self.assertFalse(self.deal.with_user(self.seller).lacks_next_step)
        self.assertFalse(self._lacking())

    def test_deal_with_a_call_yesterday_is_marked(self):
        self._plan_call(self.deal, days=-1)
        self.assertTrue(self.deal.with_user(self.seller).lacks_next_step)
        self.assertEqual(self._lacking(), self.deal)

    def test_won_and_lost_deals_need_no_next_step(self):
        self.deal.action_set_won()
        self._create_deal().action_set_lost()
        self.assertFalse(self._lacking())
        self.assertFalse(self.deal.with_user(self.seller).lacks_next_step)

    def test_team_asks_for_a_next_step_before_moving_on(self):
        self.team.requires_next_step = True
        self.assertStays(self.middle, "next step")
        self._plan_call(self.deal)
        self._move(self.middle)
        self.assertEqual(self.deal.stage_id, self.middle)

    def test_team_that_asks_does_not_hold_up_winning(self):
        self.team.requires_next_step = True
        self.deal.with_user(self.seller).action_set_won()
        self.assertEqual(self.deal.won_status, "won")

    def test_pipeline_reads_many_deals_with_as_many_queries_as_few(self):
        for number in range(3):
            self._ask(f"By hand {number}")
        self._ask("Sent", kind="check", domain="[('order_ids.state', '=', 'sent')]")
        for number in range(80):
            deal = self._create_deal(name=f"Deal {number}")
            if number % 2:
                self._plan_call(deal)
        fields_read = {
            name: {}
            for name in ("name", "lacks_next_step", "open_criterion_count", "checklist")
        }
        few, many = (self._queries(fields_read, limit) for limit in (5, 80))
        self.assertLessEqual(many, few)

    def _queries(self, fields_read, limit) -> int:
        leads = self.env["crm.lead"].with_user(self.seller)
        domain = [("team_id", "=", self.team.id)]
        leads.web_search_read(domain, fields_read, limit=limit)
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        found = leads.web_search_read(domain, fields_read, limit=limit)
        self.assertEqual(len(found["records"]), limit)
        return self.env.cr.sql_log_count - before


@tagged("post_install", "-at_install")
class TestRevenue(PipelineCase):
    def _quote(self, quantity=2, **vals):
        line = (
            0,
            0,
            {"product_id": self.grinder.id, "product_uom_qty": quantity},
        )
        vals = {"opportunity_id": self.deal.id, "order_line": [line]} | vals
        return self._create_order(**vals)

    def test_guess_is_replaced_by_the_quotation(self):
        self.deal.expected_revenue = 5000
        self._quote()
        self.assertEqual(self.deal.expected_revenue, 200)
        self.assertFalse(self.deal.revenue_by_hand)

    def test_amount_follows_a_change_of_the_quotation_without_tax(self):
        tax = self.env["account.tax"].create({"name": "A fifth", "amount": 20})
        order = self._quote()
        order.order_line.tax_ids = tax
        order.order_line.product_uom_qty = 3
        self.assertEqual(self.deal.expected_revenue, 300)

    def test_newest_of_several_counts(self):
        self._quote()
        self._quote(5)
        self.assertEqual(self.deal.expected_revenue, 500)

    def test_marked_one_of_several_counts(self):
        marked = self._quote()
        self._quote(5)
        self.deal.quotation_id = marked
        self.assertEqual(self.deal.expected_revenue, 200)
        marked._action_cancel()
        self.assertEqual(self.deal.expected_revenue, 500)

    def test_confirmed_orders_count_together(self):
        (self._quote() | self._quote(5)).action_confirm()
        self._quote(9)
        self.assertEqual(self.deal.expected_revenue, 700)

    def test_confirmed_order_for_less_brings_the_amount_down(self):
        self.deal.expected_revenue = 5000
        self._quote().action_confirm()
        self.assertEqual(self.deal.expected_revenue, 200)
        self.assertFalse(self.deal.revenue_by_hand)

    def test_cancelled_quotation_leaves_the_amount(self):
        order = self._quote()
        self.assertEqual(self.deal.expected_revenue, 200)
        order._action_cancel()
        self.assertEqual(self.deal.expected_revenue, 200)

    def test_amount_by_hand_stays_until_it_is_taken_back(self):
        order = self._quote()
        deal = self.deal.with_user(self.seller)
        deal.expected_revenue = 150
        self.assertTrue(deal.revenue_by_hand)
        order.order_line.product_uom_qty = 4
        self.assertEqual(deal.expected_revenue, 150)
        self.assertIn(order.name, deal.revenue_note)
        deal.action_follow_quotation()
        self.assertEqual(deal.expected_revenue, 400)

    def test_mass_change_marks_only_deals_with_a_quotation(self):
        self._quote()
        other = self._create_deal()
        (self.deal | other).write({"expected_revenue": 70})
        self.assertTrue(self.deal.revenue_by_hand)
        self.assertFalse(other.revenue_by_hand)
        self.assertEqual(other.expected_revenue, 70)

    def test_other_currency_is_converted_at_the_day_of_the_quotation(self):
        currency = self._currency("XQA")
        currency.rate_ids = [
            (0, 0, {"name": "2026-01-01", "rate": 2}),
            (0, 0, {"name": "2026-03-01", "rate": 4}),
        ]
        self._quote(date_order="2026-02-01", **self._in(currency))
        self.assertAlmostEqual(
            self.deal.expected_revenue, self.deal.order_ids.amount_untaxed / 2
        )

    def test_currency_without_a_rate_is_told_and_not_taken_as_it_is(self):
        self.deal.expected_revenue = 77
        self._quote(**self._in(self._currency("XQB")))
        self.assertEqual(self.deal.expected_revenue, 77)
        self.assertRegex(self.deal.revenue_note, "XQB.*no rate")

    def _currency(self, name):
        return self.env["res.currency"].create({"name": name, "symbol": name})

    def _in(self, currency):
        pricelist = self.env["product.pricelist"].create(
            {"name": currency.name, "currency_id": currency.id}
        )
        return {"pricelist_id": pricelist.id}

    def test_seller_sees_where_the_amount_comes_from(self):
        order = self._quote(user=self.colleague)
        note = self.deal.with_user(self.seller).revenue_note
        self.assertIn(order.name, note)


@tagged("post_install", "-at_install")
class TestCriteriaAccess(PipelineCase):
    def test_sellers_read_criteria_and_do_not_change_them(self):
        criterion = self._ask().with_user(self.seller)
        self.assertEqual(criterion.name, "Budget known")
        with self.assertRaises(AccessError):
            criterion.name = "Nothing"

    def test_managers_change_criteria(self):
        criterion = self._ask().with_user(self.manager)
        criterion.name = "Budget agreed"
        self.assertEqual(criterion.name, "Budget agreed")

    def test_outsiders_and_portal_users_read_nothing(self):
        self.deal.tick_criterion(self._ask().id, True)
        portal = new_test_user(self.env, "sfa_portal", groups="base.group_portal")
        public = self.env.ref("base.public_user")
        for user in (self.outsider, portal, public):
            for model in ("crm.stage.criterion", "crm.lead.criterion"):
                with (
                    self.subTest(user=user.login, model=model),
                    self.assertRaises(AccessError),
                ):
                    self.env[model].with_user(user).search([])

    def test_seller_does_not_see_the_ticks_of_a_colleague(self):
        self.deal.tick_criterion(self._ask().id, True)
        ticks = self.env["crm.lead.criterion"]
        mine = [("lead_id", "=", self.deal.id)]
        self.assertFalse(ticks.with_user(self.colleague).search(mine))
        self.assertTrue(ticks.with_user(self.seller).search(mine))
        self.assertTrue(ticks.with_user(self.leader).search(mine))
