from . import test_complaint_stops_reminders
