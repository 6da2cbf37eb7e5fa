from . import crm_distribution
from . import crm_distribution_board
