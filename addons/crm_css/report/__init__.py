from . import crm_service_report
from . import crm_service_board
