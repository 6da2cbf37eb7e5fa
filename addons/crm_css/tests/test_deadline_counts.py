from datetime import timedelta

from odoo import Command
from odoo.tests import freeze_time, new_test_user, tagged

from .sla_common import ALWAYS, SlaCase

# Four hours from Monday, 10 o'clock in Berlin: half is used at 12, 80 % at 14:12.
MONDAY_10 = "2026-03-02 09:00:00"
HALF, MOST, OVER = (
    "2026-03-02 11:01:00",
    "2026-03-02 13:13:00",
    "2026-03-02 14:01:00",
)


@tagged("post_install", "-at_install")
class TestDeadlineCounts(SlaCase):
    """What a deadline does to priority, queue, rules, report and merge."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gold = cls._policy()
        cls.env["crm.priority.rule"].search([]).active = False
        cls.ticket = cls._ticket_at(MONDAY_10, user_id=cls.agent.id)

    def test_priority_rises_as_the_deadline_comes_and_passes(self):
        points = [self.ticket.priority_points]
        for moment in (HALF, MOST, OVER):
            self._sweep(moment)
            points.append(self.ticket.priority_points)
        self.assertEqual(points, [0, 10, 20, 30])
        self.assertEqual(self.ticket.priority, "2")
        self.assertIn("deadline missed (+30)", self.ticket.priority_reason)

    def test_priority_falls_again_with_the_answer(self):
        self._sweep(MOST)
        self._answer(self.ticket, "2026-03-02 13:20:00")
        self.assertEqual(self.ticket.priority_points, 0)

    def test_priority_falls_again_where_a_holiday_moves_the_deadline(self):
        self._sweep(HALF)
        with freeze_time(HALF):
            self.env["resource.calendar.leaves"].create(
                {
                    "name": "Carnival",
                    "calendar_id": self.office.id,
                    "date_from": "2026-03-02 07:00:00",
                    "date_to": "2026-03-02 16:00:00",
                }
            )
        self._sweep(HALF)
        self.assertEqual(self.ticket.priority_points, 0)

    def test_queue_orders_by_the_deadline(self):
        self._policy("Bronze", first_answer_hours=40)
        self.gold.severity_major = True
        self.team.resource_calendar_id = self._calendar("Always", ALWAYS)
        later, sooner = (
            self._create_ticket(self.anna, user_id=self.agent.id, severity=severity)
            for severity in ("1", "2")
        )
        items = self.env["crm.work.item"].with_user(self.agent)
        mine = items.search([("res_id", "in", (later | sooner).ids)])
        self.assertEqual(mine.mapped("res_id"), [sooner.id, later.id])
        self.assertEqual(
            mine.mapped("date_due"), [sooner.sla_due_date, later.sla_due_date]
        )
        self.assertGreater(mine[0].urgency, mine[1].urgency)

    def test_rules_hear_of_warning_and_breach(self):
        rules = self.env["crm.service.rule"].create(
            [
                {
                    "name": trigger,
                    "trigger": trigger,
                    "action_ids": [Command.create({"kind": "note", "text": trigger})],
                }
                for trigger in ("warned", "breached")
            ]
        )
        self._sweep(HALF)
        self.assertEqual(rules.mapped("run_count"), [1, 0])
        self._sweep(OVER)
        self._sweep(OVER)
        rules.invalidate_recordset()
        self.assertEqual(rules.mapped("run_count"), [1, 1])

    def test_report_counts_missed_deadlines(self):
        manager = new_test_user(
            self.env, "css_manager", groups="helpdesk_mgmt.group_helpdesk_manager"
        )
        report = self.env["crm.service.report"].with_user(manager)
        self._sweep(MOST)
        self.assertEqual(report.browse(self.ticket.id).breached, 0)
        self._sweep(OVER)
        report.invalidate_model()
        self.assertEqual(report.browse(self.ticket.id).breached, 1)

    def test_merge_drops_the_clocks_of_the_closed_and_undoing_starts_them_again(self):
        with freeze_time(MONDAY_10):
            double = self._create_ticket(self.anna)
        clock, deadline = self._clock(double), self._clock(double).deadline
        with freeze_time("2026-03-02 10:00:00"):
            tickets = self.ticket | double
            wizard = self.env["crm.ticket.merge"].with_context(
                active_model="helpdesk.ticket", active_ids=tickets.ids
            )
            wizard.create({"survivor_id": self.ticket.id}).action_merge()
        self.assertEqual((clock.ticket_id, clock.state), (double, "dropped"))
        self.assertFalse(self._clock(self.ticket).date_stop)
        with freeze_time("2026-03-02 10:30:00"):
            self.env["crm.merge"].search([], order="id desc", limit=1).action_undo()
        # The half hour in which it was closed was not ours.
        late = deadline + timedelta(minutes=30)
        self.assertEqual(self._clock(double).deadline, late)
        self.assertEqual(double.sla_due_date, late)
