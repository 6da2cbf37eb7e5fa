import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from operator import itemgetter
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL, groupby

from ..tools.sla import Reading, Turn, read

# What a count may change.
COUNTED = ("deadline", "warn_first_at", "warn_second_at", "used_hours", "state")
# As many clocks are held in memory at a time.
BATCH = 10_000


class Row(NamedTuple):
    """A clock with one of our turns on its ticket; without turn fields if there was
    none yet."""

    id: int
    ticket_id: int
    date_stop: datetime | None
    target_hours: float
    warn_first: float
    warn_second: float
    company_id: int
    deadline: datetime | None
    warn_first_at: datetime | None
    warn_second_at: datetime | None
    used_hours: float
    state: str
    calendar_id: int | None
    tz: str | None
    start: datetime | None
    stop: datetime | None


class CrmSlaClock(models.Model):
    """The count: what each clock shows, read from the ledger, many clocks at once."""

    _inherit = "crm.sla.clock"

    def _recount(self):
        """Read these clocks anew from the ledger, and write what differs."""
        self.env["crm.sla.interval"].flush_model()
        self.flush_model()
        self._recount_batch(self._ids)
        self._refresh_due_dates(self.ticket_id.ids)

    @api.model
    def _recount_where(self, condition: SQL) -> Iterator[int]:
        """Read all open clocks of a condition anew, batch by batch.

        :return: the number of clocks of each batch, once it is done
        """
        last = 0
        while True:
            ids = [
                id_
                for (id_,) in self.env.execute_query(
                    SQL(
                        """SELECT clock.id FROM crm_sla_clock AS clock
                        WHERE clock.date_stop IS NULL AND clock.promise_id IS NULL
                        AND clock.id > %s AND %s ORDER BY clock.id LIMIT %s""",
                        last,
                        condition,
                        BATCH,
                    )
                )
            ]
            if not ids:
                return
            last = ids[-1]
            self._refresh_due_dates(self._recount_batch(ids))
            yield len(ids)

    def _recount_batch(self, ids) -> list[int]:
        """Count, and write what differs in one statement.

        :return: the tickets of the clocks that differed
        """
        now = fields.Datetime.now()
        changed, tickets = [], set()
        for row, reading, is_ours in self._readings(ids):
            fresh = self._fresh_values(row, reading, is_ours, now)
            if any(getattr(row, name) != value for name, value in fresh.items()):
                changed.append({"id": row.id, **fresh})
                tickets.add(row.ticket_id)
        if changed:
            self._write_counted(changed)
        return list(tickets)

    def _readings(self, ids, until=None) -> Iterator[tuple[Row, Reading, bool]]:
        """Read clocks: what each shows, and whether it is our turn.

        :param until: count the turn that lasts up to this moment as if it were over
        """
        rows = [Row(*row) for row in self.env.execute_query(self._turns_query(ids))]
        since = min((row.start for row in rows if row.start), default=None)
        worktimes = self.env["resource.calendar"]._sla_worktimes(since)
        for _id, group in groupby(rows, key=itemgetter(0)):
            *_earlier, row = rows_of_clock = group
            marks = [
                timedelta(seconds=round(3600 * row.target_hours * fraction))
                for fraction in (1, row.warn_first, row.warn_second)
            ]
            reading = read(
                [
                    Turn(
                        worktimes(turn.calendar_id, turn.tz, turn.company_id),
                        turn.start,
                        turn.stop,
                    )
                    for turn in rows_of_clock
                    if turn.start
                ],
                marks,
                row.date_stop or until,
            )
            yield row, reading, bool(row.start and not row.stop)

    def _turns_query(self, ids) -> SQL:
        """Give the clocks with our turns between their start and stop, in order."""
        return SQL(
            """SELECT clock.id, clock.ticket_id, clock.date_stop,
                COALESCE(clock.target_hours, 0), COALESCE(clock.warn_first, 0),
                COALESCE(clock.warn_second, 0), clock.company_id, clock.deadline,
                clock.warn_first_at, clock.warn_second_at, clock.used_hours,
                clock.state, COALESCE(clock.calendar_id, turn.calendar_id),
                COALESCE(clock.tz, turn.tz),
                CASE WHEN turn.id IS NOT NULL
                    THEN GREATEST(turn.date_start, clock.date_start) END,
                -- What was due when the clock stopped remains on record, so the turn
                -- in which it stopped goes on in this reading.
                CASE WHEN clock.date_stop <= COALESCE(turn.date_stop, 'infinity')
                    THEN NULL ELSE turn.date_stop END
            FROM crm_sla_clock AS clock
            LEFT JOIN crm_sla_interval AS turn ON turn.ticket_id = clock.ticket_id
                AND turn.party = 'us'
                AND (turn.date_stop IS NULL OR turn.date_stop > clock.date_start)
                AND (clock.date_stop IS NULL OR turn.date_start <= clock.date_stop)
            WHERE clock.id = ANY(%s) AND clock.promise_id IS NULL
                AND clock.state <> 'dropped'
            ORDER BY clock.id, turn.date_start""",
            list(ids),
        )

    def _fresh_values(self, row, reading, is_ours, now) -> dict:
        """Give what a clock shows: the values of ``COUNTED``."""
        deadline, first, second = reading.reached
        if row.date_stop:
            late = deadline and deadline < row.date_stop
            state = "breached" if late else "met"
        elif deadline and deadline < now:
            state = "breached"
        else:
            state = "running" if is_ours else "paused"
        return {
            "deadline": deadline,
            "warn_first_at": first if row.warn_first else None,
            "warn_second_at": second if row.warn_second else None,
            "used_hours": round(reading.used.total_seconds() / 3600, 4),
            "state": state,
        }

    def _write_counted(self, rows: list[dict]):
        # One text, for the server reads it much faster than an array of each column.
        self.env.cr.execute(
            SQL(
                """UPDATE crm_sla_clock AS clock SET deadline = fresh.deadline,
                    warn_first_at = fresh.warn_first_at,
                    warn_second_at = fresh.warn_second_at,
                    used_hours = fresh.used_hours, state = fresh.state
                FROM json_to_recordset(%s::json) AS fresh(id int, deadline timestamp,
                    warn_first_at timestamp, warn_second_at timestamp,
                    used_hours float, state varchar)
                WHERE clock.id = fresh.id""",
                json.dumps(rows, default=str),
            )
        )
        self.invalidate_model(COUNTED)
        self.env["helpdesk.ticket"].invalidate_model(["sla_state"])
        self._withdraw_notices([row["id"] for row in rows])

    @api.model
    def _refresh_due_dates(self, ticket_ids: list[int]):
        """Write on the tickets when the next thing is due that we have to do."""
        if not ticket_ids:
            return
        self.env["helpdesk.ticket"].flush_model(["sla_due_date"])
        self.env.cr.execute(
            SQL(
                # Joined, for min() of one ticket would walk through all deadlines.
                """UPDATE helpdesk_ticket AS ticket SET sla_due_date = due.date
                FROM unnest(%(ids)s::int[]) AS ids(id) LEFT JOIN (
                    SELECT clock.ticket_id, min(clock.deadline) AS date
                    FROM crm_sla_clock AS clock
                    LEFT JOIN crm_sla_interval AS turn
                        ON turn.ticket_id = clock.ticket_id
                        AND turn.date_stop IS NULL AND turn.party = 'us'
                    WHERE clock.ticket_id = ANY(%(ids)s::int[])
                    AND clock.date_stop IS NULL
                    AND (clock.promise_id IS NOT NULL OR turn.id IS NOT NULL)
                    GROUP BY 1
                ) AS due ON due.ticket_id = ids.id
                WHERE ticket.id = ids.id
                AND ticket.sla_due_date IS DISTINCT FROM due.date""",
                ids=list(ticket_ids),
            )
        )
        self.env["helpdesk.ticket"].invalidate_model(["sla_due_date"])
