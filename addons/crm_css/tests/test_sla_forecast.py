from odoo.tests import freeze_time, tagged

from .sla_common import SlaCase, utc

# Monday, 16 March 2026, 10 o'clock in Berlin: ten working days of 8 hours lie in the
# 14 days before, and 2 hours of today less 2 of the first day: 80 hours.
NOW = "2026-03-16 09:00:00"


@tagged("post_install", "-at_install")
class TestSlaForecast(SlaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls._policy(first_answer_hours=4)
        # 40 answers in 80 hours: one in two hours.
        for number in range(40):
            ticket = cls._ticket_at("2026-03-03 08:00:00", name=f"Past {number}")
            with freeze_time("2026-03-03 09:00:00"):
                ticket._note_answer(utc("2026-03-03 09:00"))
        cls.first, cls.second, cls.third = (
            cls._ticket_at(NOW, name=name) for name in ("One", "Two", "Three")
        )
        cls.report = cls.env["crm.sla.forecast"]

    def _outlooks(self):
        with freeze_time(NOW):
            outlooks = self.clocks._forecast()
        return {outlook.ticket_id: outlook for outlook in outlooks}

    def test_pace_is_what_was_done_by_working_hour(self):
        outlook = self._outlooks()[self.first.id]
        self.assertEqual(outlook.pace, 0.5)

    def test_third_in_the_queue_will_be_late(self):
        # All are due at 15 o'clock. In turn they are done at 12, at 15 and at 17.
        outlooks = self._outlooks()
        self.assertEqual(
            [outlooks[t.id].expected for t in self.first + self.second + self.third],
            [utc(f"2026-03-16 {hour}:00") for hour in (11, 14, 16)],
        )
        self.assertEqual(
            [outlooks[t.id].will_breach for t in self.first + self.second + self.third],
            [False, False, True],
        )

    def test_filter_finds_them(self):
        with freeze_time(NOW):
            self.assertEqual(
                self.first.search([("sla_will_breach", "=", True)]), self.third
            )
            self.assertTrue(self.third.sla_will_breach)
            self.assertFalse(self.first.sla_will_breach)

    def test_what_is_late_already_stands_before_them(self):
        self._ticket_at("2026-03-12 09:00:00", name="Late")
        outlooks = self._outlooks()
        self.assertEqual(outlooks[self.first.id].place, 2)
        self.assertTrue(outlooks[self.second.id].will_breach)

    def test_what_is_due_tomorrow_is_not_told_today(self):
        later = self._ticket_at("2026-03-16 14:00:00", name="Later")
        self.assertNotIn(later.id, self._outlooks())

    def test_team_that_did_nothing_will_not_get_to_it(self):
        idle = self.team.copy({"name": "Idle", "alias_name": "idle"})
        ticket = self._ticket_at(NOW, team_id=idle.id)
        outlook = self._outlooks()[ticket.id]
        self.assertTrue(outlook.will_breach)
        self.assertFalse(outlook.expected)

    def test_paused_ticket_is_in_no_queue(self):
        self._move(self.first, "awaiting", NOW)
        self.assertNotIn(self.first.id, self._outlooks())
        self.assertFalse(self._outlooks()[self.third.id].will_breach)

    def test_report_counts_by_team(self):
        with freeze_time(NOW):
            rows = self.report._read_group(
                [("team_id", "=", self.team.id)],
                ["team_id"],
                ["due:sum", "in_time:sum", "will_breach:sum"],
            )
        self.assertEqual(rows, [(self.team, 3, 2, 1)])

    def test_report_is_empty_where_nothing_is_due(self):
        with freeze_time("2026-03-15 09:00:00"):
            (self.first | self.second | self.third).unlink()
            self.assertFalse(self.report.search([]))

    def test_report_of_service_levels_counts_what_is_decided(self):
        rows = self.env["crm.sla.report"]._read_group(
            [("team_id", "=", self.team.id)],
            ["policy_id", "date:month"],
            ["clocks:sum", "kept:sum", "breached:sum", "kept_rate:avg"],
        )
        [(policy, _month, *counts)] = rows
        self.assertEqual((policy, counts), (self.policy, [40, 40, 0, 100.0]))

    def test_report_of_service_levels_has_open_breaches_and_no_dropped_clocks(self):
        self._sweep("2026-03-16 15:00:00")
        self._clock(self.first)._drop(utc("2026-03-16 15:00"))
        rows = self.env["crm.sla.report"]._read_group(
            [("ticket_id", "in", (self.first | self.second).ids)],
            [],
            ["clocks:sum", "breached:sum"],
        )
        self.assertEqual(rows, [(1, 1)])
