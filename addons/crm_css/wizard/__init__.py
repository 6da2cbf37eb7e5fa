from . import account_move_reversal
from . import crm_coverage_check
