from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

from ..tools import demand

DIRECTIONS = [
    ("rising", "Rising"),
    ("steady", "Steady"),
    ("falling", "Falling"),
    ("unknown", "Not to be told"),
]
METHODS = [
    ("trend", "Trend and season"),
    ("mean", "Mean: the history is short"),
    ("none", "Nothing to go by yet"),
]


class CrmDemandSeries(models.Model):
    """What to expect of one product or category, or of all together, in a forecast:
    the sum of its periods, and how well the past would have been forecast."""

    _name = "crm.demand.series"
    _description = "Demand Forecast of a Product"
    _order = "run_id desc, kind, amount desc, id"

    run_id = fields.Many2one(
        "crm.demand.run",
        "Forecast",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    currency_id = fields.Many2one(related="run_id.company_id.currency_id")
    kind = fields.Selection(
        [("all", "All together"), ("one", "One")], required=True, readonly=True
    )
    product_id = fields.Many2one(
        "product.product", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    categ_id = fields.Many2one(
        "product.category",
        "Product Category",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    method = fields.Selection(METHODS, "Made by", required=True, readonly=True)
    before = fields.Float(
        "Quantity Before",
        readonly=True,
        help="In as many periods as are forecast, just before.",
    )
    quantity = fields.Float("Expected Quantity", readonly=True)
    low = fields.Float(readonly=True)
    high = fields.Float(readonly=True, help="It lies between in four cases of five.")
    amount_before = fields.Monetary("Income Before", readonly=True)
    amount = fields.Monetary("Expected Income", readonly=True)
    amount_low = fields.Monetary("Lowest Income", readonly=True)
    amount_high = fields.Monetary("Highest Income", readonly=True)
    change = fields.Float("Change %", readonly=True, aggregator=None, digits=(8, 1))
    direction = fields.Selection(DIRECTIONS, required=True, readonly=True)
    is_tested = fields.Boolean("Tested on the Past", readonly=True)
    error = fields.Float(
        "Mean Error",
        readonly=True,
        aggregator=None,
        help="Of the quantity of one period, where the past was forecast.",
    )
    naive_error = fields.Float(
        "Mean Error of the Naive Forecast",
        readonly=True,
        aggregator=None,
        help="Had each period been forecast as the last one known. The forecast is"
        " worth something where its own error is smaller.",
    )
    line_ids = fields.One2many("crm.demand.line", "series_id", "Periods")
    picture = fields.Json(compute="_compute_picture")

    @api.depends("kind", "product_id", "categ_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for series in self:
            named = series.product_id or series.categ_id
            if series.kind == "all":
                series.display_name = self.env._("All together")
            else:
                none = self.env._("Without product or category")
                series.display_name = named.display_name or none

    @api.depends("line_ids.quantity", "line_ids.kind")
    @api.depends_context("lang")
    def _compute_picture(self):
        for series in self:
            lines = series.line_ids.sorted("date")
            series.picture = lines and {
                "size": series.run_id.size,
                "lines": [
                    {
                        "date": fields.Date.to_string(line.date),
                        "kind": line.kind,
                        "quantity": line.quantity,
                        "low": line.low,
                        "high": line.high,
                        "amount": line.amount,
                        "amount_low": line.amount_low,
                        "amount_high": line.amount_high,
                    }
                    for line in lines
                ],
                "season": series._season(lines),
            }

    def _season(self, lines) -> list[float | None]:
        """Give the index of each month of the year; nothing where it cannot be told."""
        known = lines.filtered(lambda line: line.kind == "history")
        if self.run_id.size != "month" or not known:
            return []
        index = demand.season_index(known.mapped("quantity"), known[0].date.month)
        return index if any(one is not None for one in index) else []

    @api.readonly
    def action_open_orders(self) -> dict:
        """Open the order lines that the forecast was made from."""
        self.ensure_one()
        values, run = self.env["crm.value.source"], self.run_id
        days = demand.days(run.date_from, run.date_to, run.size)
        after = days[-1] + relativedelta(**{f"{run.size}s": 1})
        starts, ends = (values._moment(run.company_id, day) for day in (days[0], after))
        domain = [
            ("company_id", "=", run.company_id.id),
            ("state", "=", "sale"),
            ("display_type", "=", False),
            ("is_downpayment", "=", False),
            ("order_id.date_order", ">=", str(starts)),
            ("order_id.date_order", "<", str(ends)),
        ]
        if self.kind == "one" and run.by == "product":
            domain.append(("product_id", "=", self.product_id.id))
        elif self.kind == "one":
            domain.append(("product_id.categ_id", "=", self.categ_id.id))
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": "sale.order.line",
            "views": [(False, "list"), (False, "form")],
            "domain": domain,
            "context": {"create": False},
        }
