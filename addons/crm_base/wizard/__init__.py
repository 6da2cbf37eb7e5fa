from . import crm_forget_wizard
