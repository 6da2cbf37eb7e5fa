from . import crm_stand_in
from . import hr_leave
