from . import crm_timeline
from . import res_partner
from . import res_partner_forget
from . import sale_order
