from odoo import fields, models


class CrmForecastFigure(models.Model):
    """What one way to look ahead expects, with its range and its back-test."""

    _name = "crm.forecast.figure"
    _description = "Figure of a Forecast"
    _order = "snapshot_id desc, id"
    _rec_name = "source"

    snapshot_id = fields.Many2one(
        "crm.forecast.snapshot", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="snapshot_id.company_id", store=True, precompute=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    source = fields.Selection(
        [
            ("pipeline", "Open deals"),
            ("repeat", "Customers who order again"),
            ("trend", "Trend and season of all orders"),
        ],
        required=True,
    )
    expected = fields.Monetary()
    low = fields.Monetary("At Least", help="In nine cases of ten it is more.")
    high = fields.Monetary("At Most")
    method = fields.Selection(
        [
            ("deals", "Amount by probability"),
            ("rhythm", "Each customer's own rhythm"),
            ("trend", "Mean of several models"),
            ("mean", "Mean, for the history is short"),
            ("none", "Nothing to go by yet"),
        ],
    )
    error = fields.Monetary(
        "Error a Week",
        help="By how much this way was wrong in a week when it was to tell the past.",
    )
    naive = fields.Monetary(
        "Naive Error a Week",
        help="The same of the simplest forecast: next week is as the last one.",
    )
