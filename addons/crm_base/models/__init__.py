from . import base
from . import calendar_attendee
from . import crm_document_kind
from . import crm_file_mixin
from . import crm_follows_customer
from . import crm_document  # after the mixins that it inherits
from . import crm_document_register
from . import crm_document_reminder
from . import crm_interaction
from . import crm_material
from . import crm_material_send
from . import crm_timeline
from . import ir_attachment
from . import mail_message
from . import res_partner
from . import res_partner_card
from . import res_partner_import
from . import res_partner_library
