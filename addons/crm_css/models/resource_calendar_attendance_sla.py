from odoo import api, models

DECIDING = {"dayofweek", "hour_from", "hour_to", "week_type", "day_period",
            "calendar_id", "display_type"}  # fmt: skip


class ResourceCalendarAttendance(models.Model):
    """A change of working hours moves the deadlines that are counted in them."""

    _inherit = "resource.calendar.attendance"

    @api.model_create_multi
    def create(self, vals_list):
        attendances = super().create(vals_list)
        attendances.calendar_id._sla_mark_stale()
        return attendances

    def write(self, vals):
        before = self.calendar_id
        result = super().write(vals)
        if vals.keys() & DECIDING:
            (before | self.calendar_id)._sla_mark_stale()
        return result

    def unlink(self):
        calendars = self.calendar_id
        result = super().unlink()
        calendars._sla_mark_stale()
        return result
