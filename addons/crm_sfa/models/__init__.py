from . import crm_merge
from . import crm_timeline
from . import res_partner
from . import res_partner_merge
from . import sale_order
