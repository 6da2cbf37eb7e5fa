from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.profit import Source


class CrmCustomerProfit(models.Model):
    """What a customer, with all its people, brought and cost in a period.

    Other addons add what they know by two hooks: ``_profit_sources`` declares a source,
    and ``_profit_queries`` sums it up; ``crm.customer.profit.line`` names it.
    """

    _name = "crm.customer.profit"
    _description = "Profit of a Customer"
    _order = "run_id desc, profit, id"
    # Written by the hundred thousand, never by hand.
    _log_access = False

    run_id = fields.Many2one(
        "crm.profit.run", "Computation", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, ondelete="cascade"
    )
    user_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")
    date_from = fields.Date(related="run_id.date_from", string="From")
    date_to = fields.Date(related="run_id.date_to", string="Until")
    income = fields.Monetary(
        "Net Income", help="Orders at list price less discounts and refunds, no taxes."
    )
    cost = fields.Monetary("Costs", help="Goods, service, visits, campaigns and so on.")
    profit = fields.Monetary(help="Net income less costs.")
    margin_percent = fields.Float(
        "Margin %",
        digits=(16, 1),
        aggregator=None,
        help="Profit in percent of the net income; empty without income.",
    )
    compare_id = fields.Many2one(
        "crm.customer.profit", "Before", compute="_compute_compare_id"
    )
    change = fields.Monetary(
        compute="_compute_compare_id",
        help="How the profit changed against the computation that it is compared with.",
    )
    line_ids = fields.One2many("crm.customer.profit.line", "profit_id", "Parts")

    @api.depends("run_id.compare_id")
    def _compute_compare_id(self):
        known = self.search(
            [
                ("run_id", "in", self.run_id.compare_id.ids),
                ("partner_id", "in", self.partner_id.ids),
            ]
        )
        before = {(row.run_id, row.partner_id): row for row in known}
        for row in self:
            found = before.get((row.run_id.compare_id, row.partner_id), self.browse())
            row.compare_id = found
            row.change = row.profit - found.profit if row.run_id.compare_id else 0

    @api.depends("partner_id", "run_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for row in self:
            names = (row.partner_id.display_name, row.run_id.display_name)
            row.display_name = " · ".join(name or "" for name in names)

    @api.model
    def action_compute(self) -> dict:
        """Open the form that begins a computation."""
        self.env["crm.profit.run"].check_access("create")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Compute Profit"),
            "res_model": "crm.profit.run",
            "views": [(False, "form")],
        }

    @api.readonly
    def action_open_history(self) -> dict:
        """Open what was computed of this customer at other times."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("History of the Profit"),
            "res_model": self._name,
            "views": [(False, "list"), (False, "graph"), (False, "form")],
            "domain": [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
            ],
        }

    @api.readonly
    def action_open_documents(self, source: str) -> dict:
        """Open the documents of one source; the reader's own rights filter them."""
        self.ensure_one()
        self.check_access("read")
        declared = self._profit_sources().get(source)
        if not declared:
            raise UserError(self.env._("There are no documents of this to open."))
        self.env[declared.model].check_access("read")
        labels = self.env["crm.customer.profit.line"]._labels()
        return {
            "type": "ir.actions.act_window",
            "name": f"{labels[source]} · {self.partner_id.display_name}",
            "res_model": declared.model,
            "views": [(False, "list"), (False, "form")],
            "domain": [*declared.domain(self)],
            "context": {"create": False, "active_test": False},
        }

    # Hooks

    @api.model
    def _profit_sources(self) -> dict[str, Source]:
        """Declare by code what makes the profit; other addons add theirs.

        Its label is the one of the same code in ``crm.customer.profit.line``.
        """
        return {}

    @api.model
    def _profit_queries(self, run) -> list[tuple[str, SQL]]:
        """Give the queries that sum up the sources between the two days of a run;
        other addons add theirs.

        :return: what to tell people that is being read, and a query of ``partner_id``
            (any person of the customer), ``source`` (its code) and ``amount`` (in the
            company's currency; what a source of sign -1 takes is positive)
        """
        return []
