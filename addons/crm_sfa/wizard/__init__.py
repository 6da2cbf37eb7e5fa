from . import crm_lead_lost
from . import crm_playbook_start
from . import crm_stage_pass
