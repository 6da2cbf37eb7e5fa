"""P06, service levels: the sweep and the recount of 100,000 open clocks.

The tickets stand in a database of their own. What each round does goes with its
transaction.
"""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tools import SQL

from tools import odoo as tool
from tools import settings
from tools.settings import Problem

from . import session
from .frame import Result, benchmark, in_turn, wall

DATABASE = "crm_bench_sla"
CLOCKS = 100_000
PATIENCE = 300
# Time zone and hours of three teams: day of the week, from, to.
OFFICE = [(day, *hours) for day in range(5) for hours in ((8, 12), (13, 17))]
ALWAYS = [(day, 0, 24) for day in range(7)]
TEAMS = (
    ("Europe/Berlin", OFFICE),
    ("Europe/Moscow", OFFICE),
    ("UTC", ALWAYS),
)
COUNTED = "deadline, warn_first_at, warn_second_at, used_hours, state"

# Copies of one ticket. A third of them was asked back: our turn, the customer's, ours
# again. One in ten waits for the customer.
_TICKETS = """
    INSERT INTO helpdesk_ticket ({columns})
    SELECT {values} FROM helpdesk_ticket AS model CROSS JOIN (
        SELECT n, %(now)s - n %% 7200 * interval '1 minute' AS came
        FROM generate_series(1, %(clocks)s) AS n) AS numbers
    WHERE model.id = %(model)s"""
_OWN = {
    "number": "n::text",
    "stage_id": "CASE WHEN n %% 10 = 0 THEN %(awaiting)s ELSE %(new)s END",
    "team_id": "(%(teams)s::int[])[1 + n %% 3]",
    "create_date": "came",
}

_TURNS = """
    INSERT INTO crm_sla_interval (ticket_id, party, calendar_id, tz, date_start,
        date_stop)
    SELECT ticket.id, turn.party, calendar.id, calendar.tz, turn.start, turn.stop
    FROM helpdesk_ticket AS ticket
    JOIN helpdesk_ticket_team AS team ON team.id = ticket.team_id
    JOIN resource_calendar AS calendar ON calendar.id = team.resource_calendar_id
    CROSS JOIN LATERAL (SELECT ticket.create_date AS came,
        (%(now)s - ticket.create_date) / 3 AS part) AS life
    CROSS JOIN LATERAL (
        SELECT 'us' AS party, came AS start, NULL::timestamp AS stop
        WHERE ticket.id %% 3 > 0 AND ticket.stage_id = %(new)s
        UNION ALL SELECT 'us', came, date_trunc('second', came + part)
        WHERE ticket.id %% 3 = 0 OR ticket.stage_id <> %(new)s
        UNION ALL SELECT 'customer', date_trunc('second', came + part),
            CASE WHEN ticket.stage_id = %(new)s
                THEN date_trunc('second', came + 2 * part) END
        WHERE ticket.id %% 3 = 0 OR ticket.stage_id <> %(new)s
        UNION ALL SELECT 'us', date_trunc('second', came + 2 * part), NULL
        WHERE ticket.id %% 3 = 0 AND ticket.stage_id = %(new)s
    ) AS turn"""

_CLOCKS = """
    INSERT INTO crm_sla_clock (ticket_id, kind, policy_id, company_id, target_hours,
        warn_first, warn_second, date_start, state, used_hours)
    SELECT id, 'resolution', %(policy)s, company_id, 24, 0.5, 0.8, create_date,
        'running', 0
    FROM helpdesk_ticket"""

# By hand: the working intervals of a year with what was worked until the end of each.
_WORK = """
    CREATE TEMP TABLE work ON COMMIT DROP AS
    SELECT calendar_id, start, stop,
        sum(stop - start) OVER (PARTITION BY calendar_id ORDER BY start) AS worked
    FROM (
        SELECT calendar.id AS calendar_id,
            (day + line.hour_from * interval '1 hour')
                AT TIME ZONE calendar.tz AT TIME ZONE 'UTC' AS start,
            (day + line.hour_to * interval '1 hour')
                AT TIME ZONE calendar.tz AT TIME ZONE 'UTC' AS stop
        FROM resource_calendar AS calendar
        JOIN resource_calendar_attendance AS line ON line.calendar_id = calendar.id
        CROSS JOIN generate_series(%(now)s::date - interval '10 days',
            %(now)s::date + interval '200 days', interval '1 day') AS day
        WHERE calendar.id = ANY(%(calendars)s)
        AND extract(isodow FROM day) - 1 = line.dayofweek::int
    ) AS hours
    WHERE NOT EXISTS (
        SELECT FROM resource_calendar_leaves AS leave
        WHERE leave.calendar_id = hours.calendar_id AND leave.resource_id IS NULL
        AND leave.date_from <= hours.start AND leave.date_to >= hours.stop);
    CREATE UNIQUE INDEX ON work (calendar_id, start) INCLUDE (stop, worked);
    CREATE INDEX ON work (calendar_id, worked) INCLUDE (stop);
    ANALYZE work"""

_POSITION = """COALESCE((
    SELECT worked - GREATEST(work.stop - {0}, interval '0') FROM work
    WHERE work.calendar_id = turn.calendar_id AND work.start <= {0}
    ORDER BY work.start DESC LIMIT 1), interval '0')"""

_REACHED = """min((
    SELECT work.stop - (work.worked - goal) FROM (
        SELECT began + {0} * target - before AS goal) AS mark
    JOIN work ON work.calendar_id = spent.calendar_id AND work.worked >= goal
    ORDER BY work.worked LIMIT 1))
    FILTER (WHERE before < {0} * target AND (ours OR before + took >= {0} * target))"""

_RECOUNT = f"""
    WITH turns AS MATERIALIZED (
        SELECT clock.id, clock.target_hours * interval '1 hour' AS target,
            turn.calendar_id, turn.date_start, turn.date_stop IS NULL AS ours,
            {_POSITION.format("turn.date_start")} AS began,
            CASE WHEN turn.date_stop IS NOT NULL
                THEN {_POSITION.format("turn.date_stop")} END AS ended
        FROM crm_sla_clock AS clock
        JOIN crm_sla_interval AS turn ON turn.ticket_id = clock.ticket_id
            AND turn.party = 'us'
        WHERE clock.date_stop IS NULL
    ),
    spent AS (
        SELECT *, COALESCE(ended - began, interval '0') AS took,
            COALESCE(sum(ended - began) OVER (PARTITION BY id ORDER BY date_start
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), interval '0')
                AS before
        FROM turns
    ),
    fresh AS (
        SELECT id, {_REACHED.format("1")} AS deadline,
            {_REACHED.format("0.5")} AS warn_first_at,
            {_REACHED.format("0.8")} AS warn_second_at,
            round((extract(epoch FROM sum(took)) / 3600)::numeric, 4) AS used_hours,
            bool_or(ours) AS ours
        FROM spent GROUP BY id
    )
    UPDATE crm_sla_clock AS clock SET deadline = fresh.deadline,
        warn_first_at = fresh.warn_first_at, warn_second_at = fresh.warn_second_at,
        used_hours = fresh.used_hours,
        state = CASE WHEN fresh.deadline < %(now)s THEN 'breached'
            WHEN fresh.ours THEN 'running' ELSE 'paused' END
    FROM fresh WHERE clock.id = fresh.id
    AND (clock.deadline, clock.warn_first_at, clock.warn_second_at)
        IS DISTINCT FROM (fresh.deadline, fresh.warn_first_at, fresh.warn_second_at)"""

_DUE_DATES = """
    UPDATE helpdesk_ticket AS ticket SET sla_due_date = clock.deadline
    FROM crm_sla_clock AS clock
    JOIN crm_sla_interval AS turn ON turn.ticket_id = clock.ticket_id
        AND turn.date_stop IS NULL
    WHERE ticket.id = clock.ticket_id AND clock.date_stop IS NULL
    AND turn.party = 'us'
    AND ticket.sla_due_date IS DISTINCT FROM clock.deadline"""

_BREACHES = """
    UPDATE crm_sla_clock SET state = 'breached'
    WHERE date_stop IS NULL AND state = 'running' AND deadline < %(now)s"""

_NOTICES = """
    INSERT INTO crm_sla_notice (clock_id, ticket_id, step, date_due, date)
    SELECT clock.id, clock.ticket_id, step.name, step.at, %(now)s
    FROM crm_sla_clock AS clock
    CROSS JOIN LATERAL (VALUES (1, 'first', clock.warn_first_at),
        (2, 'second', clock.warn_second_at),
        (3, 'breach', CASE WHEN state = 'breached' THEN clock.deadline END)
    ) AS step(number, name, at)
    WHERE clock.date_stop IS NULL AND clock.state IN ('running', 'breached')
    AND step.at <= %(now)s AND step.number > COALESCE(clock.told, 0)"""

_TOLD = """
    UPDATE crm_sla_clock SET told = CASE WHEN state = 'breached' THEN 3
        WHEN warn_second_at <= %(now)s THEN 2 ELSE 1 END
    WHERE date_stop IS NULL AND (state = 'breached'
        OR (state = 'running' AND warn_first_at <= %(now)s))"""

_RESULT = f"""
    SELECT clock.id, {COUNTED}, told, ticket.sla_due_date, (
        SELECT string_agg(step, ' ' ORDER BY step) FROM crm_sla_notice AS notice
        WHERE notice.clock_id = clock.id)
    FROM crm_sla_clock AS clock
    JOIN helpdesk_ticket AS ticket ON ticket.id = clock.ticket_id
    ORDER BY clock.id"""


class Clocks:
    """The open clocks, by the suite and by hand."""

    def __init__(self, now: datetime):
        self.now = now
        config, env = settings.load(), dict(os.environ)
        if not tool.ensure(config, env, DATABASE, demo=False):
            print("The database is there.", flush=True)
        with session.environment(DATABASE) as env:
            self._fill(env)
            env.cr.commit()
        self._check()

    def _fill(self, env) -> None:
        """Make the tickets anew, for they are as old as this moment wants them."""
        env.cr.execute("TRUNCATE helpdesk_ticket CASCADE")
        team = env["helpdesk.ticket.team"]
        team.search([]).active = False
        calendars = env["resource.calendar"].create(
            [
                {
                    "name": f"Bench {tz}",
                    "tz": tz,
                    "company_id": False,
                    "attendance_ids": [(5,)]
                    + [
                        (
                            0,
                            0,
                            {
                                "name": "Work",
                                "dayofweek": str(day),
                                "hour_from": start,
                                "hour_to": stop,
                                "day_period": "morning",
                            },
                        )
                        for day, start, stop in hours
                    ],
                }
                for tz, hours in TEAMS
            ]
        )
        self.calendars = calendars.ids
        teams = team.create(
            [
                {"name": calendar.name, "resource_calendar_id": calendar.id}
                for calendar in calendars
            ]
        )
        policy = env["crm.sla.policy"].create({"name": "Bench", "resolution_hours": 24})
        stage = "helpdesk_mgmt.helpdesk_ticket_stage"
        values = {
            "company": env.company.id,
            "new": env.ref(f"{stage}_new").id,
            "awaiting": env.ref(f"{stage}_awaiting").id,
            "teams": teams.ids,
            "policy": policy.id,
            "now": self.now,
            "clocks": CLOCKS,
        }
        model = env["helpdesk.ticket"].create({"name": "Bench", "description": "Bench"})
        env.flush_all()
        env.cr.execute(self._tickets_statement(env), values | {"model": model.id})
        model.unlink()
        env.flush_all()
        for statement in (_TURNS, _CLOCKS):
            env.cr.execute(statement, values)
        for table in ("helpdesk_ticket", "crm_sla_interval", "crm_sla_clock"):
            env.cr.execute(f"ANALYZE {table}")
        env.invalidate_all()
        calendars.sla_is_stale = False
        self._recount_ours(env)

    def _tickets_statement(self, env) -> str:
        """Copy all columns of the model ticket, those of other features too."""
        env.cr.execute(
            """SELECT column_name FROM information_schema.columns
            WHERE table_name = 'helpdesk_ticket' AND column_name <> 'id'"""
        )
        columns = [name for (name,) in env.cr.fetchall()]
        values = [_OWN.get(name, f'model."{name}"') for name in columns]
        return _TICKETS.format(
            columns=", ".join(f'"{name}"' for name in columns),
            values=", ".join(values),
        )

    def _check(self) -> None:
        """Both sides must write the same, or they are not to be compared."""
        for action in ("recount", "sweep"):
            results = []
            for side in ("ours", "theirs"):
                with session.environment(DATABASE) as env:
                    self._prepare(env, action)
                    getattr(self, f"_{action}_{side}")(env)
                    env.cr.execute(_RESULT)
                    results.append(env.cr.fetchall())
            for ours, theirs in zip(*results, strict=True):
                if ours != theirs:
                    raise Problem(
                        f"P06b, {action}: the suite writes {ours} where by hand it is"
                        f" {theirs}."
                    )

    def measure(self, action: str, side: str) -> float:
        with session.environment(DATABASE) as env:
            self._prepare(env, action)
            return wall(lambda: getattr(self, f"_{action}_{side}")(env))

    def _prepare(self, env, action: str) -> None:
        """For a recount, have a holiday the day after tomorrow for all; for a sweep,
        have some that became late since the last count."""
        if action == "recount":
            day = self.now.replace(hour=0, minute=0, second=0) + timedelta(days=2)
            env["resource.calendar.leaves"].create(
                [
                    {
                        "name": "Holiday",
                        "calendar_id": calendar_id,
                        "date_from": day - timedelta(hours=3),
                        "date_to": day + timedelta(hours=24),
                    }
                    for calendar_id in self.calendars
                ]
            )
        else:
            env.cr.execute(
                """UPDATE crm_sla_clock SET state = 'running'
                WHERE state = 'breached' AND id % 20 = 0"""
            )
        env.flush_all()
        env.invalidate_all()

    def _recount_ours(self, env) -> None:
        for _done in env["crm.sla.clock"]._recount_where(SQL("TRUE")):
            pass

    def _recount_theirs(self, env) -> None:
        values = {"now": self.now, "calendars": self.calendars}
        for statement in (_WORK, _RECOUNT, _DUE_DATES):
            env.cr.execute(statement, values)

    def _sweep_ours(self, env) -> None:
        clocks = env["crm.sla.clock"]
        for _done in clocks._catch_up():
            pass
        clocks._mark_breaches()
        clocks._claim_notices(CLOCKS)

    def _sweep_theirs(self, env) -> None:
        for statement in (_BREACHES, _NOTICES, _TOLD):
            env.cr.execute(statement, {"now": self.now})


@benchmark("P06b", "service levels: 100,000 open clocks", 2)
def service_levels() -> Iterator[Result]:
    now = datetime.now().replace(microsecond=0)
    # Time stands still, for both sides to find the same late.
    with patch.object(fields.Datetime, "now", lambda *_args: now):
        yield from _results(Clocks(now))


def _results(clocks: Clocks) -> Iterator[Result]:
    notes = {
        "recount": "after a new holiday; theirs is plain SQL over the same ledger",
        "sweep": "breaches and warnings found and put on record",
    }
    for action, note in notes.items():
        ours, theirs = in_turn(
            lambda action=action: clocks.measure(action, "ours"),
            lambda action=action: clocks.measure(action, "theirs"),
            rounds=3,
            patience=PATIENCE,
        )
        yield Result(ours * 1000, theirs * 1000, part=action, note=note)
