from . import crm_entitlement_book
