from . import crm_commission_compute, crm_commission_share, crm_commission_share_line
