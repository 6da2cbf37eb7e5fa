from . import crm_sla_forecast
from . import crm_sla_report
