from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    contract_manager_id = fields.Many2one(
        related="company_id.contract_manager_id", readonly=False
    )
    contract_reminder_days = fields.Char(
        related="company_id.contract_reminder_days", readonly=False
    )
    overuse_hours_product_id = fields.Many2one(
        related="company_id.overuse_hours_product_id", readonly=False
    )
    overuse_visits_product_id = fields.Many2one(
        related="company_id.overuse_visits_product_id", readonly=False
    )
    overuse_tickets_product_id = fields.Many2one(
        related="company_id.overuse_tickets_product_id", readonly=False
    )
