import doctest
from datetime import date

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from ..tools import commission
from .common import JULY, CommissionCase


@tagged("post_install", "-at_install")
@freeze_time(JULY)
class TestCommissionPlan(CommissionCase):
    """What a plan may say."""

    def test_arithmetic_does_as_its_examples_say(self):
        result = doctest.testmod(commission)
        self.assertGreater(result.attempted, 20)
        self.assertFalse(result.failed)

    def test_gap_between_tiers_names_plan_goods_and_place(self):
        tiers = self._tiers("whole", (0, 1000, 2), (1200, 0, 4), categ_id=self.food.id)
        plan = self._create_plan(False, rate_ids=[tiers])
        with self.assertRaisesRegex(
            ValidationError, r"(?s)Food.*Sales.*between.*1,000\.00.*1,200\.00"
        ):
            plan.action_confirm()

    def test_overlap_of_tiers_names_the_place(self):
        tiers = self._tiers("marginal", (0, 1000, 2), (900, 0, 4))
        plan = self._create_plan(False, rate_ids=[tiers])
        with self.assertRaisesRegex(ValidationError, r"two hold.*900\.00.*1,000\.00"):
            plan.action_confirm()

    def test_tiers_that_end_are_refused(self):
        tiers = self._tiers("marginal", (0, 1000, 2))
        plan = self._create_plan(False, rate_ids=[tiers])
        with self.assertRaisesRegex(ValidationError, r"above.*1,000\.00"):
            plan.action_confirm()

    def test_plan_without_a_rate_is_refused(self):
        plan = self._create_plan(False, rate_ids=[])
        with self.assertRaisesRegex(ValidationError, "Sales.*no rate"):
            plan.action_confirm()

    def test_two_rates_for_the_same_goods_are_refused(self):
        food = {"categ_id": self.food.id}
        with self.assertRaisesRegex(ValidationError, "two rates for Food"):
            self._create_plan(rate_ids=[self._rate(1, **food), self._rate(2, **food)])

    def test_person_in_two_plans_for_the_same_names_person_goods_and_plans(self):
        self._create_plan()
        with self.assertRaisesRegex(
            ValidationError, r"(?s)Sam Seller.*Food.*Extra.*Sales"
        ):
            self._create_plan(
                name="Extra", rate_ids=[self._rate(categ_id=self.food.id)]
            )

    def test_other_goods_measure_or_time_are_no_conflict(self):
        food, machines = (
            [self._rate(categ_id=goods.id)] for goods in (self.food, self.machines)
        )
        self._create_plan(rate_ids=food)
        self._create_plan(rate_ids=machines)
        self._create_plan(measure="order")
        member = {"user_id": self.seller.id, "date_to": "2025-12-31"}
        early = self._create_plan(
            date_from="2025-01-01", member_ids=[Command.create(member)]
        )
        self.assertEqual(early.state, "running")

    def test_who_joins_a_plan_in_force_is_looked_at_too(self):
        self._create_plan()
        other = self._create_plan(name="Other", users=self.colleague)
        with self.assertRaisesRegex(ValidationError, "paid twice"):
            other.member_ids = [Command.create({"user_id": self.seller.id})]

    def test_person_is_once_in_a_plan_at_a_time(self):
        with self.assertRaisesRegex(ValidationError, "twice in Sales"):
            self._create_plan(users=[self.seller, self.seller])

    def test_plan_begins_with_a_period(self):
        plan = self._create_plan(False, date_from="2026-02-01", period="quarter")
        with self.assertRaisesRegex(ValidationError, "first day of a month or quarter"):
            plan.action_confirm()

    def test_what_is_in_force_changes_as_a_draft_only(self):
        plan = self._create_plan()
        with self.assertRaisesRegex(UserError, "in force"):
            plan.rate_ids.rate = 7
        with self.assertRaisesRegex(UserError, "in force"):
            plan.override_rate = 7
        plan.action_draft()
        plan.rate_ids.rate = 7
        self.assertEqual(plan.rate_ids.rate, 7)

    def test_writing_the_state_goes_past_no_check(self):
        plan = self._create_plan()
        with self.assertRaisesRegex(UserError, "in force"):
            plan.write({"state": "running", "override_rate": 90})
        tiers = self._tiers("whole", (0, 1000, 2), (1200, 0, 4))
        draft = self._create_plan(False, users=self.colleague, rate_ids=[tiers])
        with self.assertRaisesRegex(ValidationError, "nothing is said between"):
            draft.write({"state": "running"})

    def test_version_of_a_confirmed_statement_stays_as_it_is(self):
        plan = self._create_plan()
        self._invoice("2026-06-05")
        self._settle(plan, "2026-06-01", confirm=True)
        for change in (
            plan.action_draft,
            lambda: plan.write({"state": "draft"}),
            lambda: plan.write({"date_from": "2026-02-01"}),
            plan.rate_ids.unlink,
            lambda: plan.write({"rate_ids": [self._rate(categ_id=self.food.id)]}),
        ):
            with self.assertRaisesRegex(UserError, "new version"):
                change()

    def test_new_version_has_rates_and_people_and_begins_with_the_next_period(self):
        tiers = self._tiers("whole", (0, 1000, 2), (1000, 0, 4))
        plan = self._create_plan(rate_ids=[tiers])
        version = plan.browse(plan.action_new_version()["res_id"])
        self.assertEqual(version.date_from, date(2026, 8, 1))
        self.assertEqual(version.root_id, plan)
        self.assertEqual(version.member_ids.user_id, self.seller)
        self.assertEqual(version.rate_ids.tier_ids.mapped("rate"), [2, 4])
        version.action_confirm()
        self.assertEqual(version.version_count, 2)

    def test_version_does_not_begin_before_what_is_confirmed(self):
        plan = self._create_plan()
        self._invoice("2026-06-05")
        self._settle(plan, "2026-06-01", confirm=True)
        version = plan.browse(plan.action_new_version()["res_id"])
        version.date_from = "2026-05-01"
        with self.assertRaisesRegex(ValidationError, "begin later"):
            version.action_confirm()

    def test_manager_makes_a_plan_as_a_person_does(self):
        with Form(self.env["crm.commission.plan"].with_user(self.manager)) as form:
            form.name = "Machines"
            with form.rate_ids.new() as rate:
                rate.categ_id = self.machines
                rate.mode = "marginal"
                with rate.tier_ids.new() as tier:
                    tier.amount_to = 500
                    tier.rate = 2
                with rate.tier_ids.new() as tier:
                    tier.amount_from = 500
                    tier.rate = 3
            with form.member_ids.new() as member:
                member.user_id = self.seller
        plan = form.record
        plan.action_confirm()
        self.assertIn("500.00", plan.rate_ids.summary)
        self.assertEqual(plan.rate_ids.display_name, "Machines")
