from . import base
from . import crm_interaction
from . import crm_timeline
from . import res_partner
from . import res_partner_import
