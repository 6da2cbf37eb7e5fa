from . import crm_ticket_hand_over
from . import crm_ticket_macro_apply
from . import crm_ticket_merge
from . import crm_ticket_split
