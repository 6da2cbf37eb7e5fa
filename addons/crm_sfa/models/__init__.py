from . import crm_timeline
from . import res_partner
from . import res_partner_relationship
from . import sale_order
