from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import SQL, mute_logger

from .common import CrmCase

NOW = datetime(2026, 6, 1, 12)


class RelationshipCase(CrmCase):
    """Orders come from a list, as they would from an addon that knows orders."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partners = cls.env["res.partner"]
        cls.changes = cls.env["crm.relationship.change"]
        cls.env["crm.relationship.rule"].search([]).unlink()
        cls.startClassPatcher(freeze_time(NOW))
        cls.changes.search([("partner_id", "=", cls.customer.id)]).date = NOW
        cls.orders = []
        cls.startClassPatcher(
            patch.object(
                type(cls.partners),
                "_stage_facts_sql",
                lambda partners: SQL(" UNION ALL ").join(
                    [
                        SQL("SELECT NULL::int, NULL::int, NULL::timestamp WHERE FALSE"),
                        *(
                            SQL(
                                "SELECT %s::int, %s::int, %s::timestamp",
                                order[0].id,
                                order[2].id,
                                NOW - timedelta(days=order[1]),
                            )
                            for order in cls.orders
                        ),
                    ]
                ),
            )
        )

    def setUp(self):
        super().setUp()
        self.orders.clear()

    def _order(self, *days_ago, partner=None, company=None):
        for days in days_ago:
            self.orders.append(
                (partner or self.customer, days, company or self.env.company)
            )

    def _move(self):
        self.partners._move_stages(0, 2**31 - 1)
        self.env.invalidate_all()

    def _story(self, partner=None, company=None):
        """Give the stages of a customer with the days since each."""
        changes = self.changes.search(
            [
                ("partner_id", "=", (partner or self.customer).id),
                ("company_id", "=", (company or self.env.company).id),
                ("kind", "=", "stage"),
            ],
            order="date, id",
        )
        return [(change.new, (NOW - change.date).days) for change in changes]


@tagged("post_install", "-at_install")
class TestStages(RelationshipCase):
    def test_nobody_has_a_stage_before_the_first_contact(self):
        self._move()
        self.assertFalse(self.customer.relationship_stage)

    def test_contact_makes_a_prospect(self):
        self._note(self.anna, "Call", date=NOW - timedelta(days=9))
        self._move()
        self.assertEqual(self._story(), [("prospect", 9)])
        self.assertEqual(self.customer.relationship_stage, "prospect")

    def test_people_have_the_stage_of_their_company(self):
        self._note(self.anna, "Call", date=NOW)
        self._move()
        self.assertEqual(self.jonas.relationship_stage, "prospect")
        new = self.partners.create({"name": "Otto", "parent_id": self.customer.id})
        self.assertEqual(new.relationship_stage, "prospect")

    def test_first_order_and_second_make_a_regular_customer(self):
        self._note(self.anna, "Call", date=NOW - timedelta(days=99))
        self._order(50)
        self._move()
        self.assertEqual(self.customer.relationship_stage, "first")
        self._order(10)
        self._move()
        self.assertEqual(
            self._story(), [("prospect", 99), ("first", 50), ("regular", 10)]
        )

    def test_whole_past_is_told_at_the_first_run(self):
        self._order(1000, 900, 200, 20)
        self._move()
        self.assertEqual(
            self._story(),
            [
                ("first", 1000),
                ("regular", 900),
                ("sleeping", 720),
                ("lost", 535),
                ("returned", 200),
                ("regular", 20),
            ],
        )

    def test_silence_puts_to_sleep_and_loses(self):
        self._order(181)
        self._move()
        self.assertEqual(self._story(), [("first", 181), ("sleeping", 1)])
        self.orders.clear()
        self._order(400, partner=self.stranger)
        self._move()
        self.assertEqual(
            self._story(self.stranger),
            [("first", 400), ("sleeping", 220), ("lost", 35)],
        )

    def test_customer_who_comes_back_has_returned(self):
        self._order(400, 3)
        self._move()
        self.assertEqual(self.customer.relationship_stage, "returned")

    def test_running_twice_writes_nothing_more(self):
        self._note(self.anna, "Call", date=NOW - timedelta(days=700))
        self._order(600, 500, 3)
        self._move()
        story = self._story()
        self._move()
        self._move()
        self.assertEqual(self._story(), story)

    def test_job_that_was_late_tells_each_step_with_its_own_date(self):
        self._order(30)
        with freeze_time(NOW - timedelta(days=20)):
            self._move()
        self.assertEqual(self._story(), [("first", 30)])
        with freeze_time(NOW + timedelta(days=500)):
            self._move()
        self.assertEqual(
            self._story(), [("first", 30), ("sleeping", -150), ("lost", -335)]
        )

    def test_cancelled_order_takes_the_stage_back(self):
        self._note(self.anna, "Call", date=NOW - timedelta(days=99))
        self._order(10)
        self._move()
        self.orders.clear()
        self._move()
        self.assertEqual(self.customer.relationship_stage, "prospect")
        last = self.changes.search([("kind", "=", "stage")], limit=1)
        self.assertEqual((last.new, last.reason), ("prospect", "late"))
        self._move()
        self.assertEqual(len(self._story()), 3)

    def test_order_to_come_counts_when_it_comes(self):
        self._order(-5)
        self._move()
        self.assertFalse(self._story())

    def test_orders_of_one_moment_are_in_order(self):
        self._order(5, 5, 5)
        self._move()
        self.assertEqual(self._story(), [("first", 5), ("regular", 5)])
        self.assertEqual(self.customer.relationship_stage, "regular")

    def test_companies_of_ours_do_not_mix(self):
        other = self.env["res.company"].create({"name": "Other"})
        self._order(400)
        self._order(10, 5, company=other)
        self._move()
        self.assertEqual(self.customer.relationship_stage, "lost")
        self.assertEqual(
            self.customer.with_company(other).relationship_stage, "regular"
        )
        found = self.partners.with_company(other).search(
            [("relationship_stage", "=", "regular"), ("id", "=", self.customer.id)]
        )
        self.assertEqual(found, self.customer)
        groups = self.partners._read_group(
            [("id", "=", self.customer.id)], ["relationship_stage"], ["__count"]
        )
        self.assertEqual(groups, [("lost", 1)])

    def test_contact_without_a_company_counts_for_that_of_the_employee(self):
        other = self.env["res.company"].create({"name": "Other"})
        self._note(self.anna, "Call", date=NOW, company_id=False)
        self._move()
        self.assertEqual(self._story(), [("prospect", 0)])
        self.assertFalse(self._story(company=other))

    def test_mail_of_no_company_counts_for_each(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.customer.message_post(
            author_id=self.anna.id, message_type="email", body="Hello"
        )
        self._move()
        self.assertEqual(self._story(), [("prospect", 0)])
        self.assertEqual(self._story(company=other), [("prospect", 0)])

    def test_rule_of_the_company_sets_the_thresholds(self):
        rule = self.env["crm.relationship.rule"].create(
            {"regular_orders": 1, "sleeping_days": 10, "lost_days": 20}
        )
        self._order(15)
        self._move()
        self.assertEqual(self.customer.relationship_stage, "sleeping")
        rule.write({"sleeping_days": 30, "lost_days": 60})
        self._move()
        self.assertEqual(self.customer.relationship_stage, "regular")

    def test_own_people_are_no_prospects(self):
        self._note(self.colleague.partner_id, "Call", date=NOW)
        self._move()
        self.assertFalse(self.colleague.partner_id.relationship_stage)

    def test_stage_written_by_hand_is_put_right(self):
        self._order(5)
        self._move()
        self.customer.relationship_stage = "lost"
        self._move()
        self.assertEqual(self.customer.relationship_stage, "first")

    def test_job_in_batches_moves_everybody(self):
        self._order(5)
        self._order(400, partner=self.stranger)
        self.env.flush_all()
        with (
            patch("odoo.addons.crm_base.models.res_partner_relationship.BATCH", 1),
            self.enter_registry_test_mode(),
        ):
            self.env.ref("crm_base.ir_cron_move_stages").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(self.customer.relationship_stage, "first")
        self.assertEqual(self.stranger.relationship_stage, "lost")

    def test_queries_do_not_grow_with_the_customers(self):
        self._order(400, 300, 2)
        self.partners.create([{"name": f"P{n}"} for n in range(100)])
        self._move()
        with self.assertQueryCount(__system__=4):
            self.partners._move_stages(0, 2**31 - 1)


@tagged("post_install", "-at_install")
class TestClassHistory(RelationshipCase):
    def _classes(self, partner=None):
        changes = self.changes.search(
            [
                ("partner_id", "=", (partner or self.customer).id),
                ("kind", "=", "class"),
            ],
            order="id",
        )
        return [(change.old, change.new) for change in changes]

    def test_class_at_creation_and_each_change_are_kept(self):
        self.customer.with_user(self.user).value_class = "b"
        self.customer.with_user(self.user).value_class = False
        self.assertEqual(self._classes(), [(False, "a"), ("a", "b"), ("b", False)])
        change = self.changes.search([("new", "=", "b")], limit=1)
        self.assertEqual((change.user_id, change.reason), (self.user, "hand"))

    def test_people_have_no_history_of_their_own(self):
        self.customer.value_class = "c"
        self.assertFalse(self._classes(self.anna))

    def test_same_class_again_is_no_change(self):
        self.customer.value_class = "a"
        self.assertEqual(self._classes(), [(False, "a")])

    def test_changes_of_one_second_are_all_kept(self):
        for value in "abab":
            self.customer.value_class = value
        self.assertEqual(len(self._classes()), 4)

    def test_class_written_by_sql_is_found_at_night(self):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET value_class = value_class || %s WHERE id = %s",
            [f'{{"{self.env.company.id}": "c"}}', self.customer.id],
        )
        self.env.invalidate_all()
        for _night in range(2):
            self.partners._log_classes_written_elsewhere()
        self.assertEqual(self._classes(), [(False, "a"), ("a", "c")])
        self.assertEqual(self.changes.search([], limit=1).reason, "job")


@tagged("post_install", "-at_install")
class TestChart(RelationshipCase):
    def _points(self, partner=None, user=None):
        partner = (partner or self.customer).with_user(user or self.user)
        return partner.crm_card()["dynamics"]

    def test_points_hold_stage_and_class_of_each_change(self):
        self._order(50, 10)
        self._move()
        self.assertEqual(
            [(point["stage"], point["value_class"]) for point in self._points()],
            [("first", ""), ("regular", ""), ("regular", "a")],
        )
        self.assertEqual(
            self._points(self.anna)[0]["date"],
            fields.Datetime.to_string(NOW - timedelta(days=50)),
        )

    def test_older_changes_are_where_the_chart_begins(self):
        self._order(2000, 1900, 1800)
        self._move()
        points = self._points()
        self.assertEqual(points[0]["date"], "2024-06-01 12:00:00")
        self.assertEqual(points[0]["stage"], "lost")

    def test_at_most_fifty_points(self):
        for number in range(1, 71):
            self.changes.create(
                {
                    "partner_id": self.customer.id,
                    "company_id": self.env.company.id,
                    "kind": "class",
                    "new": "ab"[number % 2],
                    "date": NOW - timedelta(days=number),
                }
            )
        self.assertEqual(len(self._points()), 50)

    def test_customer_without_a_past_has_no_chart(self):
        self.assertFalse(self._points(self.stranger))

    def test_stage_is_a_fact_of_the_card(self):
        self._order(10)
        self._move()
        facts = self.anna.with_user(self.user).crm_card()["facts"]
        stage = next(fact for fact in facts if fact["key"] == "relationship_stage")
        self.assertEqual(stage["value"], "First order")
        found = (
            self.changes.with_user(self.user)
            .search(stage["action"]["domain"])
            .mapped("kind")
        )
        self.assertEqual(set(found), {"stage", "class"})

    def test_card_stays_within_its_queries(self):
        self._order(400, 300, 10)
        self._move()
        self.anna.phone = "+49 30 901821"
        self.anna._confirm_contact_point("phone", "hand")
        anna = self.anna.with_user(self.user)
        anna.crm_card()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        anna.crm_card()
        self.assertLessEqual(self.env.cr.sql_log_count - before, 25)


@tagged("post_install", "-at_install")
class TestRelationshipRights(RelationshipCase):
    def test_history_is_read_only_for_all(self):
        change = self.changes.search([("partner_id", "=", self.customer.id)], limit=1)
        for user in (self.user, self.manager):
            own = change.with_user(user)
            self.assertEqual(own.new, "a")
            for attempt in (
                lambda own=own: own.write({"new": "c"}),
                own.unlink,
                own.copy,
            ):
                with self.assertRaises(AccessError):
                    attempt()

    def test_nobody_outside_the_suite_reads_the_history(self):
        change = self.changes.search([("partner_id", "=", self.customer.id)], limit=1)
        portal = new_test_user(self.env, "crm_portal_user", groups="base.group_portal")
        for user in (self.outsider, portal, self.env.ref("base.public_user")):
            with self.assertRaises(AccessError):
                change.with_user(user).read(["new"])

    def test_history_with_another_company_is_not_there(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.customer.with_company(other).value_class = "c"
        changes = self.changes.with_user(self.user).search(
            [("partner_id", "=", self.customer.id)]
        )
        self.assertEqual(changes.mapped("new"), ["a"])

    def test_manager_sets_thresholds_and_user_reads_them(self):
        rules = self.env["crm.relationship.rule"]
        rule = rules.with_user(self.manager).create({"lost_days": 500})
        self.assertEqual(rule.with_user(self.user).lost_days, 500)
        for attempt in (
            lambda: rule.with_user(self.user).write({"lost_days": 600}),
            rule.with_user(self.user).unlink,
        ):
            with self.assertRaises(AccessError):
                attempt()
        with self.assertRaises(AccessError):
            rule.with_user(self.outsider).read(["lost_days"])

    def test_thresholds_of_another_company_are_not_there(self):
        other = self.env["res.company"].create({"name": "Other"})
        rule = self.env["crm.relationship.rule"].create({"company_id": other.id})
        with self.assertRaises(AccessError):
            rule.with_user(self.manager).write({"lost_days": 600})

    def test_thresholds_out_of_order_are_refused(self):
        rules = self.env["crm.relationship.rule"]
        for vals in (
            {"sleeping_days": 0},
            {"sleeping_days": -1},
            {"sleeping_days": 365},
            {"regular_orders": 0},
        ):
            with self.assertRaises(ValidationError):
                rules.create(vals)

    @mute_logger("odoo.sql_db")
    def test_second_rule_of_a_company_is_refused(self):
        rules = self.env["crm.relationship.rule"]
        rules.create({})
        with self.assertRaises(Exception) as caught, self.env.cr.savepoint():
            rules.create({})
        self.assertIn("company_uniq", str(caught.exception))
