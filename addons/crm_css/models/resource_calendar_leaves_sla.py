from odoo import api, models

DECIDING = {"date_from", "date_to", "calendar_id", "company_id", "resource_id",
            "time_type"}  # fmt: skip


class ResourceCalendarLeaves(models.Model):
    """A holiday that is added later moves the deadlines of what is open."""

    _inherit = "resource.calendar.leaves"

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        leaves._sla_calendars()._sla_mark_stale()
        return leaves

    def write(self, vals):
        if not vals.keys() & DECIDING:
            return super().write(vals)
        before = self._sla_calendars()
        result = super().write(vals)
        (before | self._sla_calendars())._sla_mark_stale()
        return result

    def unlink(self):
        calendars = self._sla_calendars()
        result = super().unlink()
        calendars._sla_mark_stale()
        return result

    def _sla_calendars(self):
        """Give the working hours that these leaves take from; those of one person
        take from none."""
        # Whoever may plan leaves need not read those of all.
        general_sudo = self.sudo().filtered(lambda leave: not leave.resource_id)
        calendars = general_sudo.calendar_id
        everywhere = general_sudo.filtered(lambda leave: not leave.calendar_id)
        if everywhere:
            companies = [*everywhere.company_id.ids, False]
            calendars |= calendars.search([("company_id", "in", companies)])
        return calendars
