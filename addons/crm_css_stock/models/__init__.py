from . import crm_owned_item
from . import helpdesk_ticket
from . import product_template
from . import sale_order_line
from . import stock_move
from . import stock_picking
