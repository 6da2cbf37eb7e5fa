from . import crm_approval_ask
from . import crm_approval_decision
from . import crm_double_offer
from . import crm_offer_prepare
from . import crm_offer_prepare_line
from . import payment_link_wizard
from . import portal_share
