from . import test_commission_access
from . import test_commission_expected
from . import test_commission_plan
from . import test_commission_statement
from . import test_commission_tour
