from . import crm_material_send_wizard
