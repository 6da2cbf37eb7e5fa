from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    service_manager_id = fields.Many2one(
        related="company_id.service_manager_id", readonly=False
    )
    satisfaction_pause_days = fields.Integer(
        related="company_id.satisfaction_pause_days", readonly=False
    )
    satisfaction_valid_days = fields.Integer(
        related="company_id.satisfaction_valid_days", readonly=False
    )
    satisfaction_change_hours = fields.Integer(
        related="company_id.satisfaction_change_hours", readonly=False
    )
    recovery_days = fields.Integer(related="company_id.recovery_days", readonly=False)
    complaint_repeat_count = fields.Integer(
        related="company_id.complaint_repeat_count", readonly=False
    )
    complaint_repeat_days = fields.Integer(
        related="company_id.complaint_repeat_days", readonly=False
    )
