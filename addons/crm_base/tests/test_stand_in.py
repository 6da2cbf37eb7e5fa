import doctest
from datetime import date, datetime, timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, new_test_user, tagged

from ..tools import stand_in as tools
from .common import CrmCase

BEFORE, FIRST = "2026-03-01 12:00:00", "2026-03-02 12:00:00"
LAST, AFTER = "2026-03-06 12:00:00", "2026-03-07 12:00:00"


class StandInCase(CrmCase):
    """The user is away from 2 to 6 March 2026, and the colleague stands in."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        users = cls.user | cls.colleague | cls.manager
        users.tz = "UTC"
        cls.customer.user_id = cls.user
        cls.third = new_test_user(
            cls.env, "crm_third", groups="crm_base.crm_base_group_user", tz="UTC"
        )
        cls.cron = cls.env.ref("crm_base.crm_stand_in_cron")

    @classmethod
    def _stand_in(cls, absent=None, stand_in=None, confirm=True, **vals):
        """Make a time away as the absent does."""
        absent, stand_in = absent or cls.user, stand_in or cls.colleague
        vals = {
            "user_id": absent.id,
            "stand_in_id": stand_in.id,
            "date_from": date(2026, 3, 2),
            "date_to": date(2026, 3, 6),
        } | vals
        record = cls.env["crm.stand.in"].with_user(absent).create(vals)
        if confirm:
            record.action_confirm()
        return record

    @classmethod
    def _chosen(cls, customers, **vals):
        partner_ids = [Command.set(customers.ids)]
        return cls._stand_in(scope="chosen", partner_ids=partner_ids, **vals)

    def _run(self):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.cron.method_direct_trigger()
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestStandIn(StandInCase):
    def test_examples_in_docstrings_hold(self):
        result = doctest.testmod(tools)
        self.assertGreater(result.attempted, 10)
        self.assertFalse(result.failed)

    def test_state_follows_the_clock(self):
        with freeze_time(BEFORE):
            record = self._stand_in(confirm=False)
            self.assertEqual(record.state, "draft")
            record.action_confirm()
        expected = {
            BEFORE: "planned", FIRST: "running", LAST: "running", AFTER: "ended",
            "2026-03-01 23:59:59": "planned", "2026-03-02 00:00:00": "running",
            "2026-03-06 23:59:59": "running", "2026-03-07 00:00:00": "ended",
        }  # fmt: skip
        for moment, state in expected.items():
            with freeze_time(moment):
                self.env.invalidate_all()
                self.assertEqual(record.state, state, moment)
                found = record.search([("state", "=", state)])
                self.assertIn(record, found, moment)
                others = record.search([("state", "!=", state)])
                self.assertNotIn(record, others, moment)

    def test_days_are_those_of_the_absent(self):
        self.user.tz = "Pacific/Kiritimati"  # 14 hours before UTC
        record = self._stand_in(confirm=False)
        self.assertEqual(record.start, datetime(2026, 3, 1, 10))
        self.assertEqual(record.stop, datetime(2026, 3, 6, 10))

    def test_days_at_the_change_of_the_clocks(self):
        self.user.tz = "Europe/Berlin"
        day = date(2026, 3, 29)  # it has 23 hours
        record = self._stand_in(confirm=False, date_from=day, date_to=day)
        self.assertEqual(record.stop - record.start, timedelta(hours=23))

    def test_moves_that_are_not_allowed_are_refused(self):
        with freeze_time(BEFORE):
            record = self._stand_in(confirm=False)
            for move in (record.action_back, record.action_draft):
                with self.assertRaises(UserError):
                    move()
            record.action_confirm()
            with self.assertRaisesRegex(UserError, "Planned"):
                record.action_confirm()
            record.action_cancel()
            record.action_draft()
            record.action_confirm()
        with freeze_time(FIRST):
            self.env.invalidate_all()
            with self.assertRaises(UserError):
                record.action_cancel()

    def test_last_day_may_change_after_the_start_and_nothing_else(self):
        with freeze_time(FIRST):
            record = self._stand_in()
            record.date_to = date(2026, 3, 9)
            for vals in (
                {"stand_in_id": self.third.id},
                {"date_from": date(2026, 3, 1)},
                {"scope": "chosen"},
            ):
                with self.assertRaisesRegex(UserError, "begun"):
                    record.write(vals)
        with freeze_time("2026-03-09 13:00:00"):
            self.env.invalidate_all()
            self.assertEqual(record.state, "running")
            record.action_back()
            with self.assertRaisesRegex(UserError, "over"):
                record.date_to = date(2026, 3, 20)

    def test_what_has_begun_is_not_deleted(self):
        with freeze_time(BEFORE):
            self._stand_in(confirm=False).unlink()
            record = self._stand_in()
        with freeze_time(FIRST):
            self._run()
            with self.assertRaisesRegex(UserError, "on record"):
                record.unlink()


@tagged("post_install", "-at_install")
@freeze_time(BEFORE)
class TestBadStandIn(StandInCase):
    def test_nobody_stands_in_for_himself(self):
        with self.assertRaisesRegex(ValidationError, "themselves"):
            self._stand_in(stand_in=self.user, confirm=False)

    def test_end_before_start_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "last day"):
            self._stand_in(date_to=date(2026, 3, 1), confirm=False)

    def test_archived_colleague_is_refused(self):
        self.colleague.active = False
        with self.assertRaisesRegex(ValidationError, "crm_colleague"):
            self._stand_in(confirm=False)

    def test_who_does_not_work_with_customers_is_refused(self):
        portal = new_test_user(self.env, "crm_portal_user", groups="base.group_portal")
        for user in (portal, self.outsider):
            with self.assertRaisesRegex(ValidationError, user.login):
                self._stand_in(stand_in=user, confirm=False)

    def test_colleague_of_another_company_is_refused(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.third.write({"company_ids": other.ids, "company_id": other.id})
        with self.assertRaisesRegex(ValidationError, self.env.company.name):
            self._stand_in(stand_in=self.third, confirm=False)

    def test_chosen_customers_are_named(self):
        with self.assertRaisesRegex(ValidationError, "No customer"):
            self._stand_in(scope="chosen", confirm=False)

    def test_people_of_a_company_are_not_chosen_alone(self):
        with self.assertRaisesRegex(ValidationError, "Nordlicht"):
            self._chosen(self.anna, confirm=False)

    def test_two_for_the_same_customers_are_refused(self):
        self._stand_in()
        second = self._stand_in(
            stand_in=self.third, date_from=date(2026, 3, 6), date_to=date(2026, 3, 9),
            confirm=False,
        )  # fmt: skip
        refused = self.assertRaisesRegex(ValidationError, "crm_colleague .*stands in")
        with refused, self.env.cr.savepoint():
            second.action_confirm()
        second.date_from = date(2026, 3, 7)
        second.action_confirm()

    def test_two_for_different_customers_are_fine(self):
        self._chosen(self.customer)
        self._chosen(self.stranger, stand_in=self.third)
        both = self.customer | self.stranger
        with self.assertRaisesRegex(ValidationError, "same customers"):
            self._chosen(both, stand_in=self.manager)

    def test_prolonged_into_another_is_refused(self):
        first = self._stand_in()
        day = date(2026, 3, 8)
        self._stand_in(stand_in=self.third, date_from=day, date_to=day)
        with self.assertRaisesRegex(ValidationError, "same customers"):
            first.date_to = day

    def test_who_came_back_early_may_leave_again_on_the_same_day(self):
        with freeze_time(FIRST):
            self._stand_in().action_back()
            again = self._stand_in(stand_in=self.third)
            self.assertEqual(again.state, "running")

    def test_circle_of_two_is_refused(self):
        self._stand_in()
        with self.assertRaisesRegex(ValidationError, "→"):
            self._stand_in(self.colleague, self.user, date_to=date(2026, 3, 3))

    def test_circle_of_three_is_refused(self):
        self._stand_in()
        self._stand_in(self.colleague, self.third)
        with self.assertRaisesRegex(ValidationError, "crm_third"):
            self._stand_in(self.third, self.user)

    def test_one_after_the_other_is_no_circle(self):
        self._stand_in()
        later = {"date_from": date(2026, 3, 7), "date_to": date(2026, 3, 9)}
        record = self._stand_in(self.colleague, self.user, **later)
        self.assertEqual(record.state, "planned")


@tagged("post_install", "-at_install")
@freeze_time(BEFORE)
class TestStandInAccess(StandInCase):
    def test_nobody_makes_himself_a_stand_in(self):
        vals = {
            "user_id": self.user.id,
            "stand_in_id": self.colleague.id,
            "date_from": date(2026, 3, 2),
            "date_to": date(2026, 3, 6),
        }
        with self.assertRaises(AccessError):
            self.env["crm.stand.in"].with_user(self.colleague).create(vals)

    def test_nobody_makes_himself_a_stand_in_in_two_steps(self):
        record = self._stand_in(self.colleague, self.third, confirm=False)
        with self.assertRaises(AccessError):
            record.write({"user_id": self.user.id, "stand_in_id": self.colleague.id})

    def test_stand_in_reads_and_decides_nothing(self):
        record = self._stand_in(confirm=False).with_user(self.colleague)
        self.assertEqual(record.user_id, self.user)
        for change in (
            record.action_confirm,
            record.action_cancel,
            record.unlink,
            lambda: record.write({"date_to": date(2027, 1, 1)}),
        ):
            with self.assertRaises(AccessError):
                change()

    def test_form_offers_decisions_to_who_may_decide(self):
        record = self._stand_in(confirm=False)
        for user, may in (
            (self.user, True), (self.manager, True), (self.colleague, False)
        ):  # fmt: skip
            self.assertEqual(record.with_user(user).may_decide, may, user.login)

    def test_stand_in_may_ask(self):
        record = self._stand_in().with_user(self.colleague)
        record.message_post(body="Who is Anna?")

    def test_manager_decides_for_others(self):
        record = self._stand_in(confirm=False).with_user(self.manager)
        record.stand_in_id = self.third
        record.action_confirm()
        self.assertEqual(record.state, "planned")
        made = (
            self.env["crm.stand.in"]
            .with_user(self.manager)
            .create(
                {
                    "user_id": self.third.id,
                    "stand_in_id": self.colleague.id,
                    "date_from": date(2026, 3, 2),
                    "date_to": date(2026, 3, 6),
                }
            )
        )
        made.action_confirm()

    def test_others_do_not_see_why_somebody_is_away(self):
        record = self._stand_in(reason="In hospital")
        portal = new_test_user(self.env, "crm_portal_user", groups="base.group_portal")
        public = self.env.ref("base.public_user")
        for user in (self.third, self.outsider, portal, public):
            with self.assertRaises(AccessError):
                record.with_user(user).read(["reason"])
        found = self.env["crm.stand.in"].with_user(self.third).search([])
        self.assertNotIn(record, found)

    def test_that_of_another_company_is_not_there(self):
        other = self.env["res.company"].create({"name": "Other"})
        (self.user | self.colleague).write({"company_ids": [Command.link(other.id)]})
        record = self._stand_in(company_id=other.id)
        with self.assertRaises(AccessError):
            record.with_user(self.manager).read(["reason"])
