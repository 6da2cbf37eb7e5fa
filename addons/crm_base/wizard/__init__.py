from . import base_partner_merge_promise
from . import crm_promise_close
