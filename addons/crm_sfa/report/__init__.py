from . import crm_motive_report
