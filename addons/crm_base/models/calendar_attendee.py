from odoo import models


class CalendarAttendee(models.Model):
    _inherit = "calendar.attendee"

    # The time line reads the newest of one person.
    _timeline_idx = models.Index("(partner_id)")
