from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    profit_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Currency of the Profit"
    )
    profit_interest = fields.Float(related="company_id.profit_interest", readonly=False)
    profit_ticket_cost = fields.Monetary(
        related="company_id.profit_ticket_cost",
        currency_field="profit_currency_id",
        readonly=False,
    )
    profit_visit_cost = fields.Monetary(
        related="company_id.profit_visit_cost",
        currency_field="profit_currency_id",
        readonly=False,
    )
    profit_hour_cost = fields.Monetary(
        related="company_id.profit_hour_cost",
        currency_field="profit_currency_id",
        readonly=False,
    )
