from odoo import api, fields, models

from .crm_stage_forecast import CATEGORIES


class CrmForecastLine(models.Model):
    """A deal as it stood when the forecast was taken."""

    _name = "crm.forecast.line"
    _description = "Deal in a Forecast"
    _order = "snapshot_id desc, amount desc, id"
    _rec_name = "lead_id"

    snapshot_id = fields.Many2one(
        "crm.forecast.snapshot", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="snapshot_id.company_id", store=True, precompute=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    lead_id = fields.Many2one(
        "crm.lead", "Deal", index="btree_not_null", ondelete="set null"
    )
    user_id = fields.Many2one("res.users", "Salesperson", ondelete="set null")
    team_id = fields.Many2one("crm.team", "Sales Team", ondelete="set null")
    stage_id = fields.Many2one("crm.stage", ondelete="set null")
    category = fields.Selection(CATEGORIES)
    amount = fields.Monetary()
    probability = fields.Float("Probability %", aggregator="avg")
    weighted = fields.Monetary(
        "By Probability", compute="_compute_weighted", store=True, precompute=True
    )
    date_deadline = fields.Date("Expected Closing")

    @api.depends("amount", "probability", "category")
    def _compute_weighted(self):
        for line in self:
            counts = line.category != "omitted"
            line.weighted = line.amount * line.probability / 100 if counts else 0
