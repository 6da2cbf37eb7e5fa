from . import crm_quota_report
