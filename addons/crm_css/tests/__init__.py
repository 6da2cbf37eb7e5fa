from . import test_forget
from . import test_answer
from . import test_mail_gateway
from . import test_merge
from . import test_portal_holes
from . import test_stand_in
from . import test_ticket_history
from . import test_tours
