from . import crm_contact_policy_report
