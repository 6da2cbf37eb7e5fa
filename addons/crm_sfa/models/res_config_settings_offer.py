from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    approval_on_send = fields.Boolean(
        related="company_id.approval_on_send", readonly=False
    )
    double_offer_days = fields.Integer(
        related="company_id.double_offer_days", readonly=False
    )
    double_offer_by = fields.Selection(
        related="company_id.double_offer_by", readonly=False
    )
