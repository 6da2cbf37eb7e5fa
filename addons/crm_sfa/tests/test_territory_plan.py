from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import SalesCase


class PlanCase(SalesCase):
    """Two territories of two owners: Germany with all customers, Spain with none."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # What other tests or demo data left would count as well.
        cls.env["crm.territory"].search([]).active = False
        cls.company = cls.env["res.company"].create({"name": "Plan"})
        people = cls.seller | cls.colleague | cls.manager
        people.write(
            {
                "company_ids": [Command.set(cls.company.ids)],
                "company_id": cls.company.id,
            }
        )
        country = cls.env.ref("base.de")
        cls.germany, cls.spain = cls.env["crm.territory"].create(
            [
                {
                    "name": name,
                    "company_id": cls.company.id,
                    "user_id": owner.id,
                    "rule_ids": [Command.create({"country_id": ref.id})],
                }
                for name, owner, ref in (
                    ("Germany", cls.seller, country),
                    ("Spain", cls.colleague, cls.env.ref("base.es")),
                )
            ]
        )
        customers = cls.nordlicht | cls.talisman | cls.olivar
        for customer, code in zip(customers, ("10115", "10999", "80331"), strict=True):
            customer.write(
                {
                    "company_id": cls.company.id,
                    "country_id": country.id,
                    "zip": code,
                }
            )
        cls.nordlicht.with_company(cls.company).value_class = "a"
        line = {"product_id": cls.grinder.id, "price_unit": 100, "tax_ids": False}
        cls._create_order(
            confirm=True, company_id=cls.company.id, order_line=[Command.create(line)]
        )
        cls._create_lead(
            partner_id=cls.anna.id, company_id=cls.company.id, expected_revenue=700
        )

    @classmethod
    def _plan(cls, **vals):
        plans = cls.env["crm.territory.plan"].with_user(cls.manager)
        return plans.create({"name": "Two halves"} | vals)

    def _line(self, plan, territory):
        return plan.line_ids.filtered(lambda line: line.territory_id == territory)

    def _split(self, plan):
        """Berlin becomes a territory of the colleague's."""
        berlin = plan.line_ids.create(
            {
                "plan_id": plan.id,
                "name": "Berlin",
                "parent_id": self.germany.id,
                "user_id": self.colleague.id,
            }
        )
        plan.rule_ids.create(
            {
                "plan_id": plan.id,
                "line_id": berlin.id,
                "country_id": self.env.ref("base.de").id,
                "zip_from": "10",
                "zip_to": "14",
            }
        )
        return berlin

    def _owner(self, plan, user):
        return plan.owner_ids.filtered(lambda owner: owner.user_id == user)


@tagged("post_install", "-at_install")
class TestTerritoryPlan(PlanCase):
    def test_a_line_is_not_turned_to_a_territory_of_another_company(self):
        other = self.env["crm.territory"].create(
            {
                "name": "Abroad",
                "company_id": self.env["res.company"].create({"name": "Abroad"}).id,
            }
        )
        plan = self._plan()
        with self.assertRaises(UserError):
            self._line(plan, self.germany).write({"territory_id": other.id})
        with self.assertRaises(UserError):
            plan.rule_ids[0].write({"rule_id": False})
        with self.assertRaises(UserError):
            plan.line_ids.create(
                {"plan_id": plan.id, "name": "Mine", "territory_id": other.id}
            )

    def test_plan_begins_with_the_territories_and_rules_of_today(self):
        plan = self._plan()
        self.assertEqual(plan.line_ids.territory_id, self.germany | self.spain)
        self.assertEqual(plan.rule_ids.rule_id, (self.germany | self.spain).rule_ids)

    def test_nothing_changed_moves_nobody(self):
        plan = self._plan()
        plan.action_compute()
        self.assertEqual(plan.moved_count, 0)
        self.assertRecordValues(
            self._owner(plan, self.seller),
            [
                {
                    "customers_before": 3,
                    "customers_after": 3,
                    "income_after": 100,
                    "pipeline_after": 700,
                    "important_after": 1,
                }
            ],
        )

    def test_split_moves_customers_and_writes_nothing(self):
        plan = self._plan()
        berlin = self._split(plan)
        plan.action_compute()
        self.assertEqual(plan.move_ids.partner_id, self.nordlicht | self.talisman)
        self.assertEqual(plan.move_ids.line_to_id, berlin)
        self.assertEqual(self._line(plan, self.germany).customers_after, 1)
        self.assertEqual(self._owner(plan, self.colleague).income_after, 100)
        self.assertEqual(self.nordlicht.territory_id, self.germany)

    def test_customer_of_class_a_with_another_owner_is_told(self):
        plan = self._plan()
        self._split(plan)
        plan.action_compute()
        self.assertEqual(plan.important_count, 1)
        action = plan.action_open_important()
        self.assertEqual(action["context"], {"search_default_important": 1})

    def test_whole_territory_goes_to_another_owner(self):
        plan = self._plan()
        self._line(plan, self.germany).user_id = self.colleague
        plan.action_compute()
        self.assertEqual(len(plan.move_ids), 3)
        self.assertEqual(set(plan.move_ids.mapped("is_other_owner")), {True})
        self.assertEqual(self._owner(plan, self.seller).customers_after, 0)

    def test_rule_that_is_moved_takes_its_customers_along(self):
        plan = self._plan()
        rule = plan.rule_ids.filtered(lambda r: r.rule_id in self.germany.rule_ids)
        rule.line_id = self._line(plan, self.spain)
        plan.action_compute()
        self.assertEqual(self._line(plan, self.spain).customers_after, 3)

    def test_territory_set_by_hand_stays(self):
        self.nordlicht.territory_id = self.germany
        plan = self._plan()
        self._split(plan)
        plan.action_compute()
        self.assertEqual(plan.move_ids.partner_id, self.talisman)

    def test_rule_that_is_deleted_leaves_customers_without_a_territory(self):
        plan = self._plan()
        plan.rule_ids.filtered(lambda r: r.rule_id in self.germany.rule_ids).unlink()
        plan.action_compute()
        self.assertEqual(plan.outside_after - plan.outside_before, 3)

    def test_imbalance_falls_when_owners_come_closer(self):
        line = {"product_id": self.grinder.id, "price_unit": 100, "tax_ids": False}
        self._create_order(
            self.olivar,
            confirm=True,
            company_id=self.company.id,
            order_line=[Command.create(line)],
        )
        plan = self._plan()
        self._split(plan)
        plan.action_compute()
        self.assertEqual((plan.balance_before, plan.balance_after), (100, 0))

    def test_quota_by_income_follows_the_customers(self):
        quota = self.env["crm.quota"].create(
            {"company_id": self.company.id, "user_id": self.seller.id, "amount": 900}
        )
        quota.action_confirm()
        plan = self._plan()
        self._split(plan)
        plan.action_compute()
        owner = self._owner(plan, self.seller)
        self.assertEqual((owner.quota_before, owner.quota_after), (900, 0))
        self.assertEqual(plan._quotas_touched(), quota)
        action = plan.action_open_quotas()
        self.assertEqual(action["context"], {"default_quota_id": quota.id})

    def test_applied_plan_changes_rules_and_customers_follow(self):
        plan = self._plan()
        berlin = self._split(plan)
        self._line(plan, self.spain).user_id = self.seller
        plan.action_compute()
        plan.action_apply()
        self.assertEqual(plan.state, "applied")
        self.assertEqual(self.spain.user_id, self.seller)
        self.assertEqual(berlin.territory_id.parent_id, self.germany)
        self.assertGreater(plan.remaining_count, 0)
        cron = self.env.ref("crm_base.crm_territory_cron_assign")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(self.nordlicht.territory_id, berlin.territory_id)
        self.assertEqual(self.olivar.territory_id, self.germany)
        self.assertEqual(plan.remaining_count, 0)

    def test_plan_that_was_not_computed_is_not_applied(self):
        plan = self._plan()
        with self.assertRaisesRegex(UserError, "Compute it"):
            plan.action_apply()
        plan.action_compute()
        self._split(plan)
        self.assertTrue(plan.is_stale)
        with self.assertRaisesRegex(UserError, "Compute it"):
            plan.action_apply()

    def test_plan_is_not_applied_over_rules_that_somebody_changed(self):
        plan = self._plan()
        plan.action_compute()
        self.env["crm.territory"].create(
            {"name": "Portugal", "company_id": self.company.id}
        )
        with self.assertRaisesRegex(UserError, "changed since"):
            plan.action_apply()
        plan.action_reload()
        self.assertEqual(len(plan.line_ids), 3)

    def test_applied_and_discarded_plans_do_not_change(self):
        plan = self._plan()
        plan.action_compute()
        plan.action_discard()
        self.assertFalse(plan.move_ids)
        self.assertFalse(plan.owner_ids)
        with self.assertRaisesRegex(UserError, "no draft"):
            plan.action_apply()
        with self.assertRaisesRegex(UserError, "no draft"):
            self._line(plan, self.spain).user_id = self.seller

    def test_applied_plan_is_not_deleted(self):
        plan = self._plan()
        plan.action_compute()
        plan.action_apply()
        with self.assertRaises(UserError):
            plan.unlink()

    def test_rule_without_a_condition_is_refused_in_the_draft(self):
        plan = self._plan()
        with self.assertRaisesRegex(ValidationError, "without any condition"):
            plan.rule_ids[0].country_id = False

    def test_territory_in_use_stays_in_the_plan(self):
        plan = self._plan()
        with self.assertRaisesRegex(UserError, "stays in the plan"):
            self._line(plan, self.spain).unlink()

    def test_two_territories_of_one_name_are_named(self):
        plan = self._plan()
        plan.line_ids.create({"plan_id": plan.id, "name": "Spain"})
        with self.assertRaisesRegex(UserError, "Spain"):
            plan.action_compute()

    def test_plan_is_made_in_the_form(self):
        form = Form(self.env["crm.territory.plan"].with_user(self.manager))
        form.name = "By hand"
        plan = form.save()
        with Form(plan) as form, form.line_ids.edit(0) as line:
            line.user_id = self.colleague
        self.assertEqual(plan.line_ids[0].user_id, self.colleague)

    def test_only_sales_managers_plan_territories(self):
        plan = self._plan()
        for user in self.leader | self.seller | self.outsider:
            with self.assertRaises(AccessError):
                plan.with_user(user).read(["name"])

    def test_plan_of_another_company_is_not_seen(self):
        plan = self._plan()
        self.manager.write(
            {
                "company_ids": [Command.set(self.env.company.ids)],
                "company_id": self.env.company.id,
            }
        )
        plans = self.env["crm.territory.plan"].with_user(self.manager)
        self.assertFalse(plans.search([("id", "=", plan.id)]))
