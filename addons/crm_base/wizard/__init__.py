from . import base_partner_merge
from . import crm_call_list_add
from . import crm_contact_plan
from . import crm_contact_plan_line
from . import crm_duplicate_merge
from . import crm_forget_wizard
from . import crm_material_send_wizard
from . import crm_promise_close
