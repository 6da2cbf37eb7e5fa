from . import test_digest
from . import test_funnel
from . import test_report_schedule
from . import test_value_source
