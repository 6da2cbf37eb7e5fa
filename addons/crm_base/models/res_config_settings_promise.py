from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    promise_escalate_to_id = fields.Many2one(
        related="company_id.promise_escalate_to_id", readonly=False
    )
    promise_escalate_days = fields.Integer(
        related="company_id.promise_escalate_days", readonly=False
    )
