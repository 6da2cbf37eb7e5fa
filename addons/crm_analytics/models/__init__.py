from . import crm_value_source
from . import crm_analytics_job
