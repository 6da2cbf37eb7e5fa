from . import crm_contact_status
from . import crm_lead
from . import crm_stand_in
from . import crm_timeline
from . import res_partner
from . import res_partner_relationship
from . import res_partner_forget
from . import sale_order
