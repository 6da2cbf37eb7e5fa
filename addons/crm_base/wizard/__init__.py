from . import crm_contact_plan
from . import crm_contact_plan_line
