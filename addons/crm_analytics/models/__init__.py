from . import crm_value_source
from . import crm_analytics_job
from . import crm_cluster_source
from . import crm_cluster_run
from . import crm_cluster
from . import crm_cluster_member
from . import res_partner_cluster
