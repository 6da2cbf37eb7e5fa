from odoo import models


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "crm.stand.in.mixin"]

    # What the card counts of one customer.
    _card_idx = models.Index(
        "(partner_id) WHERE active IS TRUE AND won_status = 'pending'"
    )
