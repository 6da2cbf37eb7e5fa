from . import test_profit_commission
