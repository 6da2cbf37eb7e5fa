from . import test_sales_history
