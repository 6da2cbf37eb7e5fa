from . import test_forget
from . import test_sales_history
from . import test_tours
