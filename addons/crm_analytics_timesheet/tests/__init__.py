from . import test_profit_timesheet
