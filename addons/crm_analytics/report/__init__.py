from . import crm_funnel
from . import crm_funnel_board
from . import crm_funnel_sheet
from . import crm_report_sheet
