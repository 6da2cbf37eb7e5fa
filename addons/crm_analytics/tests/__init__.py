from . import test_value_source
from . import test_profit_run
from . import test_profit_sources
