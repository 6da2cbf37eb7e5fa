from . import crm_contact_status
from . import crm_timeline
from . import res_partner
from . import sale_order
