from . import crm_complaint_answer
