from . import base
from . import calendar_attendee
from . import crm_interaction
from . import crm_timeline
from . import mail_message
from . import res_partner
from . import res_partner_card
from . import res_partner_import
