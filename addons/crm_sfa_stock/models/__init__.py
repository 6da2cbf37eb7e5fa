from . import crm_order_board
from . import crm_order_rule
