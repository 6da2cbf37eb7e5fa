from . import crm_value_source
from . import crm_analytics_job
from . import crm_lifetime_run
from . import crm_lifetime_run_work
from . import crm_lifetime_result
from . import res_partner_lifetime
