from . import crm_article_gap
from . import crm_service_report
from . import crm_service_board
from . import crm_sla_forecast
from . import crm_sla_report
