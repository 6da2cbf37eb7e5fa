from . import crm_duplicate_merge
