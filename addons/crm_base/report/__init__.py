from . import agreement_dossier
from . import crm_contact_policy_report
