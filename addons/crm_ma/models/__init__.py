from . import crm_timeline
from . import mail_blacklist
from . import mailing_mailing
from . import mailing_subscription
from . import mailing_trace
from . import res_partner
from . import res_partner_forget
