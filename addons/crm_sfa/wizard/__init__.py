from . import crm_lead_lost
from . import crm_playbook_start
from . import crm_quota_share
from . import crm_quota_distribute
from . import crm_quota_recut
from . import crm_stage_pass
