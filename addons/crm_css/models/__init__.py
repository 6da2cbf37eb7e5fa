from . import crm_stand_in
from . import crm_timeline
from . import helpdesk_ticket
from . import mail_thread
from . import rating_rating
from . import res_partner
from . import res_partner_forget
