from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .sla_common import ALWAYS, SlaCase, utc

MONDAY_10 = "2026-03-02 09:00:00"
MONDAY_11 = "2026-03-02 10:00:00"


@tagged("post_install", "-at_install")
class TestSlaChoice(SlaCase):
    """Which of the policies holds for a ticket."""

    def _policy_of(self, ticket, kind="first_answer"):
        return self._clock(ticket, kind).policy_id

    def test_strictest_holds_for_each_promise(self):
        gold = self._policy("Gold", first_answer_hours=1, resolution_hours=40)
        silver = self._policy("Silver", first_answer_hours=2, resolution_hours=8)
        ticket = self._ticket_at(MONDAY_10)
        self.assertEqual(self._policy_of(ticket), gold)
        self.assertEqual(self._policy_of(ticket, "resolution"), silver)

    def test_of_equally_strict_ones_the_first_in_order_holds(self):
        self._policy("Second", sequence=2)
        first = self._policy("First", sequence=1)
        self.assertEqual(self._policy_of(self._ticket_at(MONDAY_10)), first)

    def test_more_hours_may_be_stricter_around_the_clock(self):
        # On Friday night ten hours are over before eight office hours begin.
        self._policy("Office", first_answer_hours=8)
        always = self._calendar("Always", ALWAYS)
        night = self._policy("Night", first_answer_hours=10, calendar_id=always.id)
        ticket = self._ticket_at("2026-03-06 19:00:00")
        self.assertEqual(self._policy_of(ticket), night)

    def test_target_of_zero_promises_nothing(self):
        self._policy(first_answer_hours=0, resolution_hours=8)
        ticket = self._ticket_at(MONDAY_10)
        self.assertEqual(ticket.sla_clock_ids.mapped("kind"), ["resolution"])

    def test_archived_policy_promises_nothing(self):
        self._policy().active = False
        self.assertFalse(self._ticket_at(MONDAY_10).sla_clock_ids)

    def _assert_only(self, vals, fitting, other):
        """A policy with this condition holds for one ticket, and not for another."""
        policy = self._policy(**vals)
        self.assertEqual(self._policy_of(fitting()), policy)
        self.assertFalse(self._policy_of(other()))

    def test_condition_on_the_team(self):
        other = self.team.copy({"name": "Other", "alias_name": "other"})
        self._assert_only(
            {"team_ids": self.team.ids},
            lambda: self._ticket_at(MONDAY_10),
            lambda: self._ticket_at(MONDAY_10, team_id=other.id),
        )

    def test_condition_on_the_type(self):
        kind = self.env["helpdesk.ticket.type"].create({"name": "Repair"})
        self._assert_only(
            {"type_ids": kind.ids},
            lambda: self._ticket_at(MONDAY_10, type_id=kind.id),
            lambda: self._ticket_at(MONDAY_10),
        )

    def test_condition_on_the_severity(self):
        self._assert_only(
            {"severity_major": True, "severity_standstill": True},
            lambda: self._ticket_at(MONDAY_10, severity="3"),
            lambda: self._ticket_at(MONDAY_10, severity="1"),
        )

    def test_condition_on_the_class_is_that_of_the_customer_s_company(self):
        self.nordlicht.value_class = "a"
        self.talisman.value_class = "b"
        self._assert_only(
            {"class_a": True},
            lambda: self._ticket_at(MONDAY_10, self.anna),
            lambda: self._ticket_at(MONDAY_10, self.petr),
        )

    def test_class_is_that_of_the_ticket_s_company_not_of_the_reader_s(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.nordlicht.with_company(other).value_class = "a"
        self._policy(class_a=True, company_id=False)
        self.assertFalse(self._ticket_at(MONDAY_10).sla_clock_ids)

    def test_condition_on_the_product(self):
        product = self.env["product.product"].create({"name": "Grinder"})
        self._assert_only(
            {"product_ids": product.ids},
            lambda: self._ticket_at(MONDAY_10, product_id=product.id),
            lambda: self._ticket_at(MONDAY_10),
        )

    def test_condition_on_the_territory_holds_for_those_below(self):
        europe, africa = self.env["crm.territory"].create(
            [{"name": "Europe"}, {"name": "Africa"}]
        )
        spain = europe.create({"name": "Spain", "parent_id": europe.id})
        self._assert_only(
            {"territory_ids": europe.ids},
            lambda: self._ticket_at(MONDAY_10, territory_id=spain.id),
            lambda: self._ticket_at(MONDAY_10, territory_id=africa.id),
        )

    def _contract(self, level):
        return self.env["contract.contract"].create(
            {
                "name": "Service",
                "partner_id": self.nordlicht.id,
                "service_level_id": level.id,
            }
        )

    def test_condition_on_the_service_level_is_that_of_the_contract(self):
        level = self.env["crm.service.level"].create({"name": "Gold", "rank": 3})
        contract = self._contract(level)
        self._assert_only(
            {"level_ids": level.ids},
            lambda: self._ticket_at(MONDAY_10, contract_id=contract.id),
            lambda: self._ticket_at(MONDAY_10),
        )

    def test_policy_of_another_company_does_not_hold(self):
        other = self.env["res.company"].create({"name": "Other"})
        self._policy(company_id=other.id)
        self.assertFalse(self._ticket_at(MONDAY_10).sla_clock_ids)

    def test_contract_found_in_the_moment_the_ticket_came_leaves_no_trace(self):
        level = self.env["crm.service.level"].create({"name": "Gold", "rank": 3})
        self._policy("Standard", first_answer_hours=8)
        gold = self._policy("Gold", level_ids=level.ids)
        ticket = self._ticket_at(MONDAY_10)
        with freeze_time(MONDAY_10):
            ticket.contract_id = self._contract(level)
        self.assertEqual(ticket.sla_clock_ids.policy_id, gold)
        self.assertEqual(len(ticket.sla_clock_ids), 1)


@tagged("post_install", "-at_install")
class TestSlaChange(SlaCase):
    """What is open follows its ticket, and not its policy."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.standard = cls._policy("Standard", first_answer_hours=6)
        cls.urgent = cls._policy(
            "Urgent", first_answer_hours=2, severity_standstill=True
        )
        cls.ticket = cls._ticket_at(MONDAY_10)

    def test_changed_policy_does_not_rewrite_what_was_due(self):
        self.standard.first_answer_hours = 1
        with freeze_time(MONDAY_11):
            self.ticket.severity = "2"
        self._sweep(MONDAY_11)
        self.assertEqual(self._due(self.ticket), "Mon 02 16:00")
        later = self._ticket_at(MONDAY_11)
        self.assertEqual(self._due(later), "Mon 02 11:00")

    def test_worse_ticket_gets_the_stricter_policy_from_its_start_on(self):
        with freeze_time(MONDAY_11):
            self.ticket.severity = "3"
        clock = self._clock(self.ticket)
        self.assertEqual(clock.policy_id, self.urgent)
        self.assertEqual(clock.date_start, utc("2026-03-02 09:00"))
        self.assertEqual(self._due(self.ticket), "Mon 02 11:00")

    def test_clock_that_was_replaced_stays_on_record(self):
        with freeze_time(MONDAY_11):
            self.ticket.severity = "3"
        dropped = self.ticket.sla_clock_ids.filtered(lambda c: c.state == "dropped")
        self.assertRecordValues(
            dropped,
            [
                {
                    "policy_id": self.standard.id,
                    "deadline": utc("2026-03-02 16:00"),
                    "date_stop": utc("2026-03-02 10:00"),
                }
            ],
        )

    def test_ticket_to_which_nothing_applies_any_more_is_due_no_more(self):
        self.standard.active = False
        with freeze_time(MONDAY_11):
            self.ticket.severity = "2"
        self.assertFalse(self.ticket.sla_due_date)
        self.assertEqual(self.ticket.sla_clock_ids.state, "dropped")

    def test_breach_stays_whatever_the_ticket_becomes(self):
        self._sweep("2026-03-03 09:00:00")
        with freeze_time("2026-03-03 09:00:00"):
            self.ticket.severity = "3"
        self.assertRecordValues(
            self.ticket.sla_clock_ids,
            [{"policy_id": self.standard.id, "state": "breached"}],
        )

    def test_open_tickets_follow_the_class_of_their_customer(self):
        gold = self._policy("Gold", first_answer_hours=1, class_a=True)
        with freeze_time("2026-03-02 09:10:00"):
            self.nordlicht.value_class = "a"
        self.assertEqual(self._clock(self.ticket).policy_id, gold)

    def test_open_tickets_follow_the_level_of_their_contract(self):
        level = self.env["crm.service.level"].create({"name": "Gold", "rank": 3})
        gold = self._policy("Gold", first_answer_hours=1, level_ids=level.ids)
        contract = self.env["contract.contract"].create(
            {"name": "Service", "partner_id": self.nordlicht.id}
        )
        with freeze_time("2026-03-02 09:10:00"):
            self.ticket.contract_id = contract
            contract.service_level_id = level
        self.assertEqual(self._clock(self.ticket).policy_id, gold)

    def test_promise_that_comes_with_a_contract_counts_from_the_ticket_on(self):
        self.standard.active = False
        bare = self._ticket_at(MONDAY_10)
        self.assertFalse(bare.sla_clock_ids)
        with freeze_time(MONDAY_11):
            bare.severity = "3"
        self.assertEqual(self._due(bare), "Mon 02 11:00")


@tagged("post_install", "-at_install")
class TestSlaPolicyInput(SlaCase):
    def test_policy_that_promises_nothing_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "promises nothing"):
            self._policy(first_answer_hours=0)

    def test_negative_and_absurd_targets_are_refused(self):
        for hours in (-1, 1e15):
            with (
                self.subTest(hours=hours),
                mute_logger("odoo.sql_db"),
                self.assertRaisesRegex(IntegrityError, "hours_sensible"),
                self.env.cr.savepoint(),
            ):
                self._policy(first_answer_hours=hours).flush_recordset()

    def test_warning_after_the_end_is_refused(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._policy(warn_second=1.5).flush_recordset()

    def test_second_warning_before_the_first_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "after the first"):
            self._policy(warn_first=0.8, warn_second=0.5)

    def test_escalation_to_nobody_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "who is told"):
            self._policy(escalate_to="user")

    def test_hours_without_working_time_are_refused(self):
        empty = self._calendar("Empty", [])
        with self.assertRaisesRegex(ValidationError, "Empty.*no working time"):
            self._policy(calendar_id=empty.id)
        with self.assertRaisesRegex(ValidationError, "no working time"):
            self.team.resource_calendar_id = empty

    def test_flexible_hours_are_refused(self):
        flexible = self._calendar("Flexible", ALWAYS)
        flexible.schedule_type = "flexible"
        with self.assertRaisesRegex(ValidationError, "flexible"):
            self._policy(calendar_id=flexible.id)

    def test_ticket_comes_in_also_if_the_hours_were_emptied_later(self):
        policy = self._policy(team_ids=self.team.ids)
        self.office.attendance_ids.unlink()
        ticket = self._ticket_at(MONDAY_10)
        self.assertRecordValues(
            self._clock(ticket), [{"state": "running", "deadline": False}]
        )
        self.assertIn("no working time", policy.problem)
        self.assertIn("never due", ticket.sla_hint)

    def test_policy_in_use_is_archived_and_not_deleted(self):
        policy = self._policy()
        self._ticket_at(MONDAY_10)
        with self.assertRaisesRegex(UserError, "Archive it"):
            policy.unlink()

    def test_unused_policy_is_deleted_and_holds_no_more(self):
        self._policy().unlink()
        self.assertFalse(self._ticket_at(MONDAY_10).sla_clock_ids)

    def test_form_of_a_manager_makes_one(self):
        with Form(self.env["crm.sla.policy"]) as form:
            form.name = "</script><b>Gold</b>"
            form.first_answer_hours = 1.5
            form.severity_standstill = True
        policy = form.save()
        self.assertEqual(policy.scope, "Standstill")
        hint = self._ticket_at(MONDAY_10, severity="3").sla_hint
        self.assertNotIn("<b>Gold", hint)
        self.assertIn("&lt;b&gt;Gold", hint)

    def test_scope_names_what_is_chosen(self):
        policy = self._policy(
            class_a=True, class_b=True, team_ids=[Command.set(self.team.ids)]
        )
        self.assertEqual(policy.scope, "A, B · Support")
        self.assertEqual(self._policy("Any").scope, "All tickets")
