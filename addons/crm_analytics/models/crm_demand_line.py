from odoo import fields, models

KINDS = [("history", "Ordered"), ("expected", "Expected")]


class CrmDemandLine(models.Model):
    """One period of a forecast: what was ordered in it, or what to expect of it."""

    _name = "crm.demand.line"
    _description = "Period of a Demand Forecast"
    _order = "series_id, date, id"
    _rec_name = "date"

    run_id = fields.Many2one(
        "crm.demand.run",
        "Forecast",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    series_id = fields.Many2one(
        "crm.demand.series",
        "Of What",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    product_id = fields.Many2one(related="series_id.product_id", store=True)
    categ_id = fields.Many2one(
        related="series_id.categ_id", store=True, string="Product Category"
    )
    # All together would be counted twice beside its parts.
    scope = fields.Selection(related="series_id.kind", store=True, string="Scope")
    currency_id = fields.Many2one(related="run_id.company_id.currency_id")
    date = fields.Date("Period", required=True, readonly=True)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    quantity = fields.Float(readonly=True)
    low = fields.Float(readonly=True)
    high = fields.Float(readonly=True)
    amount = fields.Monetary("Income", readonly=True)
    amount_low = fields.Monetary("Lowest Income", readonly=True)
    amount_high = fields.Monetary("Highest Income", readonly=True)
