from . import crm_customer_profit
from . import crm_customer_profit_line
