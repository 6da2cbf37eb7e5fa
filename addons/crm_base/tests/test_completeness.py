from ast import literal_eval

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import CrmCase


class CompletenessCase(CrmCase):
    """Only two rules for companies and two for people hold."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rules = cls.env["crm.completeness.rule"]
        cls.rules.search([]).unlink()
        cls.phone = cls._rule("phone", weight=3, hint="Ask the reception.")
        cls.city = cls._rule("city")
        cls.email = cls._rule("email", "person", weight=3)
        cls.job = cls._rule("function", "person", weight=2)
        cls.env.add_to_compute(
            cls.env["res.partner"]._fields["completeness"],
            cls.customer | cls.stranger | cls.anna | cls.jonas,
        )

    @classmethod
    def _rule(cls, name, applies_to="company", **vals):
        field = cls.env["ir.model.fields"]._get("res.partner", name)
        return cls.rules.create({"field_id": field.id, "applies_to": applies_to} | vals)

    def _run_job(self):
        with self.enter_registry_test_mode():
            self.env.ref("crm_base.ir_cron_score_customers").method_direct_trigger()
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestScore(CompletenessCase):
    def test_score_is_what_is_known_by_weight(self):
        self.assertEqual(self.customer.completeness, 0)
        self.customer.phone = "+49 30 901820"
        self.assertEqual(self.customer.completeness, 75)
        self.customer.city = "Berlin"
        self.assertEqual(self.customer.completeness, 100)
        self.customer.phone = False
        self.assertEqual(self.customer.completeness, 25)

    def test_what_is_missing_follows_a_change_at_once(self):
        self.assertEqual(self.customer.completeness_missing, "Phone, City")
        self.customer.phone = "1"
        self.assertEqual(self.customer.completeness_missing, "City")
        self.assertEqual(self.customer.completeness_next, ",city,")

    def test_people_have_rules_of_their_own(self):
        self.assertEqual(self.anna.completeness, 60)
        self.jonas.function = "Manager"
        self.assertEqual(self.jonas.completeness, 40)

    def test_new_contact_is_scored_at_once(self):
        partner = self.env["res.partner"].create(
            {"name": "New", "is_company": True, "phone": "1"}
        )
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(partner.completeness, 75)
        self.assertEqual(partner.completeness_missing, "City")

    def test_person_who_becomes_a_company_is_scored_as_one(self):
        partner = self.env["res.partner"].create({"name": "X", "email": "x@y.example"})
        self.assertEqual(partner.completeness, 60)
        partner.is_company = True
        self.assertEqual(partner.completeness, 0)

    def test_mere_address_lacks_nothing(self):
        address = self.env["res.partner"].create(
            {"name": "Dock", "type": "delivery", "parent_id": self.customer.id}
        )
        self.assertEqual(address.completeness, 100)
        self.assertFalse(address.completeness_missing)

    def test_rule_for_a_tag_holds_for_that_tag(self):
        tag = self.env["res.partner.category"].create({"name": "Shop"})
        self._rule("website", weight=4, category_id=tag.id)
        self.stranger.write({"phone": "1", "city": "Sevilla"})
        self.assertEqual(self.stranger.completeness, 100)
        self.stranger.category_id = tag
        self.assertEqual(self.stranger.completeness, 50)

    def test_rule_for_a_class_holds_for_that_class_in_any_company(self):
        self._rule("website", weight=4, value_class="a")
        self.stranger.write({"phone": "1", "city": "Sevilla"})
        self.assertEqual(self.stranger.completeness, 100)
        other = self.env["res.company"].create({"name": "Other"})
        self.stranger.with_company(other).value_class = "a"
        self.assertEqual(self.stranger.completeness, 50)

    def test_list_counts_as_known_with_one_entry(self):
        self._rule("child_ids", weight=4)
        self._rule("category_id", weight=4)
        self.stranger.write({"phone": "1", "city": "Sevilla"})
        self.assertEqual(self.stranger.completeness, 33)
        person = self.env["res.partner"].create(
            {"name": "Lucía", "parent_id": self.stranger.id}
        )
        self.assertEqual(self.stranger.completeness, 66)
        tag = self.env["res.partner.category"].create({"name": "Shop"})
        self.stranger.category_id = [Command.link(tag.id)]
        self.assertEqual(self.stranger.completeness, 100)
        person.active = False
        self.assertEqual(self.stranger.completeness, 66)

    def test_without_rules_nothing_is_missing(self):
        self.rules.search([]).unlink()
        self._run_job()
        self.assertEqual(self.customer.completeness, 100)
        self.assertFalse(self.customer.completeness_missing)

    def test_empty_text_is_not_known(self):
        self.customer.phone = ""
        self.assertEqual(self.customer.completeness, 0)

    def test_long_text_in_any_script_is_known(self):
        self.customer.write({"city": "Ж" * 10_000, "phone": "🐉'; DROP"})
        self.assertEqual(self.customer.completeness, 100)


@tagged("post_install", "-at_install")
class TestScoreJob(CompletenessCase):
    def test_change_of_a_rule_scores_all_anew(self):
        self.customer.phone = "1"
        self.assertEqual(self.customer.completeness, 75)
        self.phone.weight = 1
        self._run_job()
        self.assertEqual(self.customer.completeness, 50)
        self.city.unlink()
        self._run_job()
        self.assertEqual(self.customer.completeness, 100)

    def test_change_of_a_rule_wakes_the_job(self):
        cron = self.env.ref("crm_base.ir_cron_score_customers")
        before = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        self.phone.with_user(self.manager).weight = 2
        after = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        self.assertGreater(after, before)

    def test_second_run_writes_nothing(self):
        self._run_job()
        self.env.cr.execute("SELECT max(xmin::text::bigint) FROM res_partner")
        before = self.env.cr.fetchone()
        self.env["res.partner"]._write_scores(0, 2**31 - 1)
        self.env.cr.execute("SELECT max(xmin::text::bigint) FROM res_partner")
        self.assertEqual(self.env.cr.fetchone(), before)

    def test_job_scores_archived_contacts_too(self):
        self.customer.active = False
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET completeness = NULL WHERE id = %s",
            [self.customer.id],
        )
        self.env.invalidate_all()
        self.customer.phone = "1"
        self._run_job()
        self.assertEqual(self.customer.completeness, 75)

    def test_queries_of_the_job_do_not_grow_with_the_contacts(self):
        partners = self.env["res.partner"]
        partners.create([{"name": f"P{n}"} for n in range(200)])
        self.env.flush_all()
        rules = self.rules.search([])
        rules.mapped("field_name")
        with self.assertQueryCount(__system__=12):
            partners._write_scores(0, 2**31 - 1)

    def test_missing_of_a_list_is_read_in_one_go(self):
        partners = self.env["res.partner"].create(
            [{"name": f"P{n}"} for n in range(50)]
        )
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(__system__=8):
            partners.mapped("completeness_missing")


@tagged("post_install", "-at_install")
class TestWorkList(CompletenessCase):
    def _list(self):
        partners = self.env["res.partner"].with_user(self.user)
        domain = [("id", "in", (self.customer | self.stranger).ids)]
        return partners.search(domain, order="completeness_gap desc, id")

    def test_most_valuable_gap_comes_first(self):
        # A quarter of class A weighs less than all of a customer without a class.
        self.customer.phone = "1"
        self.assertEqual(self._list().mapped("completeness_gap"), [100, 75])
        self.assertEqual(self._list()[0], self.stranger)
        self.customer.write({"phone": False, "city": "Berlin"})
        self.assertEqual(self._list().mapped("completeness_gap"), [225, 100])
        self.assertEqual(self._list()[0], self.customer)

    def test_work_list_shows_own_incomplete_customers(self):
        action = self.env.ref("crm_base.res_partner_action_complete")
        domain = literal_eval(action.domain)
        partners = self.env["res.partner"].with_user(self.user)
        self.stranger.write({"phone": "1", "city": "Sevilla"})
        found = partners.search(domain)
        self.assertIn(self.customer, found)
        self.assertNotIn(self.stranger, found)
        self.assertNotIn(self.user.partner_id, found)

    def test_missing_is_named_most_important_first(self):
        self.assertEqual(self.customer.completeness_missing, "Phone, City")

    def test_form_asks_for_three_things_at_most(self):
        self._rule("website", weight=9)
        self._rule("vat", weight=8)
        self.env.invalidate_all()
        self.assertEqual(self.customer.completeness_next, ",website,vat,phone,")

    def _form(self):
        view = self.env.ref("crm_base.res_partner_view_form_complete")
        arch = self.env["res.partner"].with_user(self.user).get_view(view.id, "form")
        return arch["arch"]

    def test_form_holds_the_fields_of_the_rules_and_follows_them(self):
        self.assertIn("Ask the reception.", self._form())
        self.assertNotIn('name="vat"', self._form())
        self._rule("vat", hint='On their <invoices> & "papers"')
        self.assertIn('name="vat"', self._form())
        self.assertIn("On their &lt;invoices&gt;", self._form())


@tagged("post_install", "-at_install")
class TestRule(CompletenessCase):
    def _refused(self, **vals):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            self._rule("email", **vals)

    def test_weight_of_zero_is_refused(self):
        self._refused(weight=0)

    def test_negative_weight_is_refused(self):
        self._refused(weight=-3)

    def test_second_rule_for_field_and_kind_is_refused(self):
        self._rule("email")
        self._refused(weight=9)

    def test_rule_for_a_class_beside_the_general_one_is_allowed(self):
        self._rule("email")
        self.assertTrue(self._rule("email", value_class="a"))

    def test_field_of_another_model_is_refused(self):
        field = self.env["ir.model.fields"]._get("res.users", "login")
        with self.assertRaises(ValidationError):
            self.rules.create({"field_id": field.id})

    def test_fields_that_nobody_fills_in_are_refused(self):
        for name in ("image_1920", "value_class", "display_name", "message_ids"):
            with self.assertRaises(ValidationError):
                self._rule(name)

    def test_hint_is_cut_to_what_fits(self):
        rule = self._rule("email", hint="x" * 10_000)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(len(rule.hint), 200)

    def test_rule_goes_with_its_field(self):
        field = self.env["ir.model.fields"].create(
            {
                "name": "x_taste",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "ttype": "char",
                "field_description": "Taste",
            }
        )
        rule = self.rules.create({"field_id": field.id})
        self.assertEqual(self.stranger.completeness_missing, "Phone, City, Taste")
        field.unlink()
        self.assertFalse(rule.exists())
        self.env.invalidate_all()
        self.assertEqual(self.stranger.completeness_missing, "Phone, City")

    def test_manager_sets_the_rules(self):
        rule = self.phone.with_user(self.manager)
        rule.weight = 7
        rule.copy({"applies_to": "person"})
        rule.unlink()

    def test_user_reads_the_rules_and_changes_none(self):
        rule = self.phone.with_user(self.user)
        self.assertEqual(rule.weight, 3)
        for change in (
            lambda: rule.write({"weight": 9}),
            rule.unlink,
            lambda: rule.copy({"applies_to": "person"}),
        ):
            with self.assertRaises(AccessError):
                change()

    def test_nobody_outside_the_suite_reads_the_rules(self):
        portal = new_test_user(self.env, "crm_portal_user", groups="base.group_portal")
        for user in (self.outsider, portal, self.env.ref("base.public_user")):
            with self.assertRaises(AccessError):
                self.phone.with_user(user).read(["weight"])
