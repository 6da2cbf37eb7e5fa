from . import test_value_source
from . import test_lifetime_tools
from . import test_lifetime
from . import test_lifetime_tour
