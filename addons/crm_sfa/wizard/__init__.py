from . import crm_lead_card
from . import crm_lead_hand_back
