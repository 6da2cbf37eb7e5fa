from datetime import datetime

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from .contact_common import ContactPolicyCase


@tagged("post_install", "-at_install")
class TestContactPolicy(ContactPolicyCase):
    def _assert_refused(self, text, **vals):
        with self.assertRaisesRegex(ValidationError, text):
            self._make_policy(**vals)

    # Bad input

    def test_hours_over_midnight_are_refused(self):
        self._assert_refused(
            "from 22:00 to 06:00 would pass midnight", hour_from=22, hour_to=6
        )

    def test_hour_25_is_refused(self):
        self._assert_refused("between 0:00 and 24:00", hour_from=9, hour_to=25)

    def test_hour_before_midnight_is_refused(self):
        self._assert_refused("between 0:00 and 24:00", hour_from=-1, hour_to=9)

    def test_no_hours_are_refused(self):
        self._assert_refused("no contact at all", hour_from=9, hour_to=9)

    def test_no_weekday_is_refused(self):
        none = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), False)
        self._assert_refused("no contact at all", **none)

    def test_the_whole_day_is_allowed(self):
        self.assertTrue(self._make_policy(hour_from=0, hour_to=24))

    def test_zero_days_are_refused(self):
        self._assert_refused("a number above 0, not 0", min_days=0)

    def test_negative_days_are_refused(self):
        self._assert_refused("a number above 0, not -3", min_days=-3)

    def test_limit_below_what_is_required_is_refused(self):
        self._assert_refused(
            "is 4 in 30 days, and allows 3", min_days=7, max_contacts=3
        )

    def test_limit_on_other_kinds_may_be_lower(self):
        policy = self._make_policy(min_days=7, max_contacts=3, counting="mail")
        self.assertEqual(policy.max_contacts, 3)

    def test_negative_limit_is_refused(self):
        self._assert_refused("0 for no limit", max_contacts=-1)

    def test_limit_in_no_period_is_refused(self):
        self._assert_refused("at least one day", max_period=0)

    def test_policy_without_kinds_is_refused(self):
        self._assert_refused("at least one kind", kinds="")

    def test_kinds_cannot_be_taken_away_later(self):
        with self.assertRaisesRegex(ValidationError, "at least one kind"):
            self.policy.kind_ids = [Command.clear()]

    def test_step_over_the_end_of_the_year_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "from December to January"):
            self._make_step("New Year greeting", "letter", 12, 1)

    # Whom it rules

    def _ruling(self, partner, company=None):
        env = self.env(user=self.user)
        policies = env["crm.contact.policy"].with_company(company or env.company)
        return policies._of(partner.with_env(env)).sudo()

    def test_policy_of_the_class_rules_the_whole_family(self):
        for member in self.customer | self.anna:
            self.assertEqual(self._ruling(member), self.policy)
        self.assertFalse(self._ruling(self.stranger))

    def test_policy_without_conditions_rules_everybody_else(self):
        everybody = self._make_policy(sequence=99)
        self.assertEqual(self._ruling(self.stranger), everybody)
        self.assertEqual(self._ruling(self.customer), self.policy)

    def test_policy_rules_neither_staff_nor_our_companies(self):
        self._make_policy(sequence=99)
        self.assertFalse(self._ruling(self.user.partner_id))
        self.assertFalse(self._ruling(self.env.company.partner_id))

    def test_first_policy_in_sequence_rules(self):
        first = self._make_policy(sequence=1)
        self.assertEqual(self._ruling(self.customer), first)
        first.sequence = 50
        self.assertEqual(self._ruling(self.customer), self.policy)

    def test_tag_counts_with_the_tags_below_it(self):
        gold, gold_plus = self.env["res.partner.category"].create(
            [{"name": "Gold"}, {"name": "Gold plus"}]
        )
        gold_plus.parent_id = gold
        tagged_policy = self._make_policy(
            sequence=1, category_ids=[Command.set(gold.ids)]
        )
        self.assertEqual(self._ruling(self.customer), self.policy)
        self.customer.category_id = gold_plus
        self.assertEqual(self._ruling(self.customer), tagged_policy)

    def test_class_in_another_company_does_not_matter_here(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.user.company_ids |= other
        self.assertFalse(self._ruling(self.customer, other))
        policy = self._make_policy(company_id=other.id, value_class="b")
        self.customer.with_company(other).value_class = "b"
        self.assertEqual(self._ruling(self.customer, other), policy)
        self.assertEqual(self._ruling(self.customer), self.policy)

    def test_archived_policy_rules_nobody(self):
        self.policy.action_archive()
        self.assertFalse(self._ruling(self.customer))

    # Hours

    def _problem(self, *moment, partner=None):
        partner = (partner or self.anna).with_user(self.user)
        return partner._contact_hours_problem(datetime(*moment))

    def test_within_the_hours_there_is_no_problem(self):
        # 9:00 and 17:59 in Berlin, where it is summer.
        self.assertEqual(self._problem(2026, 6, 17, 7), "")
        self.assertEqual(self._problem(2026, 6, 17, 15, 59), "")

    def test_outside_the_hours_the_sentence_says_why(self):
        # 18:00 and 8:59 in Berlin.
        text = self._problem(2026, 6, 17, 16)
        self.assertIn("Wednesday, 18:00", text)
        self.assertIn("Europe/Berlin", text)
        self.assertIn("Mon, Tue, Wed, Thu, Fri from 09:00 to 18:00", text)
        self.assertTrue(self._problem(2026, 6, 17, 6, 59))

    def test_on_another_weekday_nobody_may_contact(self):
        self.assertIn("Sunday", self._problem(2026, 6, 21, 10))

    def test_hours_follow_the_clock_when_summer_time_begins(self):
        # Clocks go forward on 29 March 2026: 9:00 is 8:00 UTC before, 7:00 after.
        self.assertTrue(self._problem(2026, 3, 27, 7, 30))
        self.assertEqual(self._problem(2026, 3, 30, 7, 30), "")
        # On the night itself 1:30 UTC is 3:30; 2:30 does not exist.
        self.policy.write({"sun": True, "hour_from": 3, "hour_to": 4})
        self.assertTrue(self._problem(2026, 3, 29, 0, 59))
        self.assertEqual(self._problem(2026, 3, 29, 1, 0), "")

    def test_hours_hold_twice_in_the_hour_that_comes_twice(self):
        # On 25 October 2026 it is 2:30 at 0:30 and at 1:30 UTC.
        self.policy.write({"sun": True, "hour_from": 2, "hour_to": 3})
        self.assertEqual(self._problem(2026, 10, 25, 0, 30), "")
        self.assertEqual(self._problem(2026, 10, 25, 1, 30), "")
        self.assertTrue(self._problem(2026, 10, 25, 2, 0))

    def test_hours_hold_on_a_leap_day(self):
        # 29 February 2028 is a Tuesday.
        self.assertEqual(self._problem(2028, 2, 29, 8), "")

    def test_customers_own_time_zone_comes_first(self):
        self.customer.tz = "Asia/Vladivostok"  # ten hours before UTC
        self.assertTrue(self._problem(2026, 6, 17, 9))
        self.assertEqual(self._problem(2026, 6, 16, 23, 30), "")
        self.anna.tz = "Europe/Berlin"
        self.assertEqual(self._problem(2026, 6, 17, 9), "")

    def test_customer_without_time_zone_has_the_companys(self):
        self.anna.tz = False
        self.env.company.partner_id.tz = "America/New_York"
        self.assertTrue(self._problem(2026, 6, 17, 9))
        self.assertEqual(self._problem(2026, 6, 17, 13), "")

    def test_without_any_time_zone_the_working_hours_have_one(self):
        self.env.company.partner_id.tz = False
        self.env.company.resource_calendar_id.tz = "Asia/Tokyo"
        self.assertEqual(self._problem(2026, 6, 17, 0), "")

    def test_customer_without_a_policy_may_be_contacted_at_any_hour(self):
        self.assertEqual(self._problem(2026, 6, 21, 3, partner=self.stranger), "")

    # Rights

    def test_users_read_policies_and_do_not_change_them(self):
        policy = self.policy.with_user(self.user)
        self.assertEqual(policy.name, "Class A")
        for change in (
            lambda: policy.write({"min_days": 1}),
            policy.copy,
            policy.unlink,
            lambda: policy.step_ids.create({"policy_id": policy.id, "name": "x"}),
            lambda: policy.kind_ids.write({"name": "x"}),
        ):
            with self.assertRaises(AccessError):
                change()

    def test_managers_change_policies(self):
        policy = self.policy.with_user(self.manager)
        policy.min_days = 14
        self._make_step("Review", "meeting", 1, 12)
        policy.copy().unlink()
        self.assertEqual(self.policy.min_days, 14)

    def test_managers_do_not_change_the_kinds_of_the_time_line(self):
        with self.assertRaises(AccessError):
            self.kind["call"].with_user(self.manager).code = "mailing"

    def test_others_see_no_policy(self):
        portal = new_test_user(self.env, "policy_portal", groups="base.group_portal")
        for user in (self.outsider, portal, self.env.ref("base.public_user")):
            for record in (self.policy, self.kind["call"]):
                with self.assertRaises(AccessError):
                    record.with_user(user).read(["name"])

    def test_policy_of_another_company_is_not_seen(self):
        other = self.env["res.company"].create({"name": "Other"})
        policy = self._make_policy(company_id=other.id)
        step = self._make_step("Review", "meeting", 1, 12, policy=policy)
        for record in (policy, step):
            with self.assertRaises(AccessError):
                record.with_user(self.manager).read(["name"])

    def test_every_kind_is_one_of_the_time_line(self):
        known = self.env["crm.timeline"]._fields["kind"].get_values(self.env)
        self.assertLessEqual(set(self.kind), set(known))
        self.assertNotIn("order", self.kind)
