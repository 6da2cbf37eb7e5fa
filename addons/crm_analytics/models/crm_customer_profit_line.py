from odoo import api, fields, models

SIDES = [("income", "Net Income"), ("cost", "Costs")]


class CrmCustomerProfitLine(models.Model):
    """What one source added to a customer's profit, or took from it."""

    _name = "crm.customer.profit.line"
    _description = "Part of a Customer's Profit"
    _order = "profit_id, side desc, source"
    # Written by the hundred thousand, never by hand.
    _log_access = False

    profit_id = fields.Many2one(
        "crm.customer.profit", required=True, index=True, ondelete="cascade"
    )
    run_id = fields.Many2one(
        "crm.profit.run", "Computation", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, ondelete="cascade"
    )
    source = fields.Selection(
        [
            ("income", "Orders at list price"),
            ("invoices", "Invoices without an order"),
            ("discounts", "Discounts"),
            ("refunds", "Refunds"),
            ("goods", "Cost of goods"),
            ("goods_back", "Cost of refunded goods"),
            ("tickets", "Service"),
            ("visits", "Visits"),
            ("meetings", "Meetings"),
            ("campaigns", "Campaigns"),
            ("late", "Late payment"),
            ("other", "Source that was removed"),
        ],
        required=True,
    )
    side = fields.Selection(SIDES, required=True)
    amount = fields.Monetary(help="What it adds to the profit; negative: it takes.")

    @api.depends("partner_id", "source")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = self._labels()
        for line in self:
            label = labels.get(line.source, "")
            line.display_name = f"{line.partner_id.display_name} · {label}"

    @api.model
    def _labels(self) -> dict[str, str]:
        """Name the sources, in the reader's language."""
        return dict(self._fields["source"]._description_selection(self.env))

    @api.readonly
    def action_open_documents(self) -> dict:
        """Open what it sums up."""
        self.ensure_one()
        return self.profit_id.action_open_documents(self.source)
