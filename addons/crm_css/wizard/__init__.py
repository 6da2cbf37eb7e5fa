from . import crm_service_rule_trial
from . import crm_entitlement_book
from . import crm_complaint_answer
from . import account_move_reversal
from . import crm_coverage_check
from . import helpdesk_ticket_customer
