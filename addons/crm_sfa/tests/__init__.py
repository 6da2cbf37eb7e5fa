from . import test_merge
from . import test_sales_history
from . import test_tours
