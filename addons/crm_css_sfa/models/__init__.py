from . import crm_payment_due
