from . import crm_board
from . import crm_board_management
from . import crm_board_marketing
from . import crm_board_quality
from . import crm_board_sales
from . import crm_board_service
from . import crm_distribution
from . import crm_distribution_board
