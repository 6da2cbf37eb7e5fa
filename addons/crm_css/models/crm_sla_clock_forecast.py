from datetime import datetime, time, timedelta
from typing import NamedTuple

import pytz

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.sla import done_at

# The pace is that of so many days.
PACE_DAYS = 14


class Outlook(NamedTuple):
    """What becomes of a clock that is due today, at the present pace.

    :param pace: so many of its kind the team settles in a working hour
    :param place: its place in the team's queue, the most urgent first
    :param expected: when the team will get to it; empty if never
    """

    clock_id: int
    ticket_id: int
    pace: float
    place: int
    expected: datetime | None
    will_breach: bool


class CrmSlaClock(models.Model):
    """The forecast: which clocks will breach today."""

    _inherit = "crm.sla.clock"

    @api.model
    def _forecast(self) -> list[Outlook]:
        """Tell for each clock that is due later today whether it will be in time.

        Answers and resolutions are two queues of each team. The pace of a queue is
        what the team settled in it in the last 14 days, divided by the team's working
        hours in these days. The team is taken to do the most urgent first, what is
        overdue before all: the n-th of the queue is done when n / pace working hours
        have passed from now. It breaches if that is after its deadline. "Today" ends
        at midnight in the time zone of the team's working hours.
        """
        now = fields.Datetime.now()
        self.env.flush_all()
        outlooks, paces, since = [], self._paces(now), now - timedelta(days=PACE_DAYS)
        worktimes = self.env["resource.calendar"]._sla_worktimes(since)
        for row in self._queue(now):
            team_id, queue, company_id, calendar_id, tz, place, *clock = row
            clock_id, ticket_id, deadline = clock
            if deadline > self._end_of_day(now, tz):
                continue
            work = worktimes(calendar_id, tz, company_id)
            hours = work.between(since, now).total_seconds() / 3600
            pace = paces.get((team_id, queue), 0) / hours if hours else 0
            expected = done_at(work, now, place, pace)
            late = expected is None or expected > deadline
            outlooks.append(Outlook(clock_id, ticket_id, pace, place, expected, late))
        return outlooks

    def _paces(self, now: datetime) -> dict[tuple, int]:
        """Give how many each team settled, by queue."""
        rows = self.env.execute_query(
            SQL(
                """SELECT team_id, kind = 'resolution', count(*) FROM crm_sla_clock
                WHERE date_stop > %s AND date_stop <= %s
                AND state IN ('met', 'breached') AND promise_id IS NULL
                GROUP BY 1, 2""",
                now - timedelta(days=PACE_DAYS),
                now,
            )
        )
        return {(team_id, queue): count for team_id, queue, count in rows}

    def _queue(self, now: datetime) -> list[tuple]:
        """Give what is due in the next day and a bit, with its place in its queue."""
        return self.env.execute_query(
            SQL(
                """SELECT * FROM (
                    SELECT ticket.team_id, clock.kind = 'resolution' AS queue,
                        clock.company_id, turn.calendar_id, turn.tz,
                        row_number() OVER (
                            PARTITION BY ticket.team_id, clock.kind = 'resolution'
                            ORDER BY clock.deadline, clock.id
                        ) AS place,
                        clock.id, clock.ticket_id, clock.deadline
                    FROM crm_sla_clock AS clock
                    JOIN helpdesk_ticket AS ticket ON ticket.id = clock.ticket_id
                    JOIN crm_sla_interval AS turn ON turn.ticket_id = ticket.id
                        AND turn.date_stop IS NULL AND turn.party = 'us'
                    WHERE clock.date_stop IS NULL AND clock.promise_id IS NULL
                    AND clock.deadline < %s
                ) AS queue WHERE deadline >= %s ORDER BY place""",
                now + timedelta(hours=26),  # a day in autumn has 25
                now,
            )
        )

    def _end_of_day(self, now: datetime, tz: str | None) -> datetime:
        zone = pytz.timezone(tz or "UTC")
        today = pytz.utc.localize(now).astimezone(zone).date()
        midnight = datetime.combine(today + timedelta(days=1), time.min)
        return zone.localize(midnight).astimezone(pytz.utc).replace(tzinfo=None)
