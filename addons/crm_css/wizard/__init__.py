from . import crm_service_rule_trial
