from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    occasion_ids = fields.One2many(
        "crm.occasion",
        "partner_id",
        "Occasions",
        groups="crm_base.crm_base_group_user",
    )
