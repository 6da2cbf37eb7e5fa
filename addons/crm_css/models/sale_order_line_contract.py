from odoo import api, fields, models


class SaleOrderLine(models.Model):
    """A position that renews one of a contract, or sells what went beyond it."""

    _inherit = "sale.order.line"

    entitlement_use_id = fields.Many2one(
        "crm.entitlement.use",
        "Use Beyond the Contract",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    service_contract_line_id = fields.Many2one(
        "contract.line",
        "Line of the Contract",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The position that is renewed. It is invoiced by the contract.",
    )
    contract_times = fields.Float(
        "Invoices", readonly=True, copy=False, default=1.0, aggregator=None
    )
    contract_old_price = fields.Float(
        "Price Until Now", readonly=True, copy=False, aggregator=None
    )
    contract_price_change = fields.Float(
        "Price Change (%)", compute="_compute_contract_price_change"
    )

    _use_once = models.UniqueIndex(
        "(entitlement_use_id) WHERE entitlement_use_id IS NOT NULL",
        "This use is on a quotation already.",
    )

    @api.depends("price_unit", "contract_old_price")
    def _compute_contract_price_change(self):
        for line in self:
            old = line.contract_old_price
            line.contract_price_change = old and 100 * (line.price_unit - old) / old

    @api.depends("service_contract_line_id")
    def _compute_qty_to_invoice(self):
        """The contract invoices what it renews, not the order."""
        result = super()._compute_qty_to_invoice()
        self.filtered("service_contract_line_id").qty_to_invoice = 0.0
        return result

    @api.depends("service_contract_line_id")
    def _compute_invoice_status(self):
        result = super()._compute_invoice_status()
        self.filtered("service_contract_line_id").invoice_status = "no"
        return result
