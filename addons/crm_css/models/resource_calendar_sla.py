import functools
from collections.abc import Callable
from datetime import datetime

import pytz

from odoo import api, fields, models

from ..tools.sla import WorkTime, tidy


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    sla_is_stale = fields.Boolean(
        copy=False,
        readonly=True,
        export_string_translation=False,
        help="Its hours have changed since clocks were counted in them.",
    )

    @api.model
    def _sla_worktimes(self, since: datetime) -> Callable[[int, str, int], WorkTime]:
        """Give a function from calendar, time zone and company to working time. Each
        calendar is read once; no calendar means around the clock."""

        @functools.cache
        def worktime(calendar_id, tz, company_id):
            calendar = self.sudo().browse(calendar_id or ())  # hours alone
            if not calendar:
                return WorkTime(lambda start, stop: [(start, stop)], since)
            zone = pytz.timezone(tz or calendar.tz or "UTC")
            load = functools.partial(calendar._sla_intervals, zone, company_id)
            return WorkTime(load, since)

        return worktime

    def _sla_intervals(self, zone, company_id, start, stop) -> list:
        """Give the working time of a period, holidays of the company taken out."""
        self.ensure_one()
        if not self._get_global_attendances():
            return []  # asked for ten years, it would be searched piece by piece
        intervals = self._work_intervals_batch(
            pytz.utc.localize(start),
            pytz.utc.localize(stop),
            domain=[
                ("time_type", "=", "leave"),
                ("company_id", "in", [company_id, False]),
            ],
            tz=zone,
        )[False]
        return tidy(
            tuple(moment.astimezone(pytz.utc).replace(tzinfo=None) for moment in times)
            for *times, _attendances in intervals
        )

    def _sla_is_usable(self) -> bool:
        """Tell whether a deadline can be found in these hours."""
        self.ensure_one()
        return bool(
            not self.flexible_hours
            and self._get_global_attendances().filtered(
                lambda attendance: attendance.hour_to > attendance.hour_from
            )
        )

    def _sla_problem(self) -> str:
        self.ensure_one()
        if self.flexible_hours:
            return self.env._(
                "The working hours “%(calendar)s” are flexible: they do not say when"
                " somebody works, so no deadline can be counted in them. Choose fixed"
                " hours.",
                calendar=self.name,
            )
        return self.env._(
            "The working hours “%(calendar)s” hold no working time, so nothing would"
            " ever be due. Add hours to them, or choose others.",
            calendar=self.name,
        )

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"attendance_ids", "two_weeks_calendar", "schedule_type"}:
            self._sla_mark_stale()
        return result

    def _sla_mark_stale(self):
        """Have the clocks that run in these hours counted anew, soon."""
        # Whoever may change working hours need not know the service.
        fresh_sudo = self.sudo().filtered(lambda calendar: not calendar.sla_is_stale)
        if fresh_sudo:
            fresh_sudo.write({"sla_is_stale": True})
            self.env["crm.sla.clock"]._wake_up()
