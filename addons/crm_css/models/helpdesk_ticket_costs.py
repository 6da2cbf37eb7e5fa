from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.tools import format_amount

from .crm_owned_item import COST_GROUPS


class HelpdeskTicket(models.Model):
    """The ERP's documents that a ticket led to, and what it has cost us."""

    _inherit = "helpdesk.ticket"

    credit_note_ids = fields.One2many(
        "account.move", "ticket_id", groups="account.group_account_invoice"
    )
    credit_note_count = fields.Integer(
        compute="_compute_credit_note_count", groups="account.group_account_invoice"
    )
    cost_total = fields.Monetary(
        "Costs",
        compute="_compute_costs",
        compute_sudo=True,
        currency_field="company_currency_id",
        groups=COST_GROUPS,
        help="What this ticket has cost us so far.",
    )
    cost_details = fields.Html(
        compute="_compute_costs", compute_sudo=True, groups=COST_GROUPS
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )

    @api.depends("credit_note_ids")
    def _compute_credit_note_count(self):
        for ticket in self:
            ticket.credit_note_count = len(ticket.credit_note_ids)

    @api.depends(lambda self: self._cost_depends())
    def _compute_costs(self):
        for ticket in self:
            costs = ticket._ticket_costs() if ticket._origin else {}
            ticket.cost_total = sum(costs.values())
            ticket.cost_details = ticket._cost_table(costs)

    @api.model
    def _cost_depends(self) -> list[str]:
        """Name what the costs follow from; addons add theirs."""
        return ["credit_note_ids.state", "credit_note_ids.amount_untaxed_signed"]

    def _ticket_costs(self) -> dict[str, float]:
        """Give what this ticket has cost, by label; addons add theirs.

        Called without access rights; in the currency of the ticket's company.
        """
        self.ensure_one()
        posted = self.credit_note_ids.filtered(lambda move: move.state == "posted")
        credited = -sum(posted.mapped("amount_untaxed_signed"))
        return {self.env._("Credit notes"): credited} if credited else {}

    def _cost_table(self, costs: dict[str, float]) -> Markup:
        """Show the costs line by line."""
        row = Markup("<tr><td>{}</td><td class='text-end'>{}</td></tr>")
        currency = self.company_currency_id
        rows = (
            row.format(label, format_amount(self.env, amount, currency))
            for label, amount in costs.items()
        )
        table = Markup("<table class='table table-sm w-auto'><tbody>{}</tbody></table>")
        return table.format(Markup().join(rows)) if costs else Markup()

    def action_new_quotation(self) -> dict:
        """Open a new quotation for the customer, tied to this ticket."""
        self.ensure_one()
        self.env["sale.order"].check_access("create")
        return self._action_new(
            "sale.order",
            self.env._("New Quotation"),
            default_ticket_ids=[Command.link(self.id)],
        )

    def action_credit_note(self) -> dict:
        """Open Odoo's own reversal, for an invoice of the customer."""
        self.ensure_one()
        self.env["account.move"].check_access("create")
        invoice = self.owned_item_id.invoice_id.filtered(
            lambda move: move.state == "posted"
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Credit Note"),
            "res_model": "account.move.reversal",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "active_model": "account.move",
                "active_ids": invoice.ids,
                "default_ticket_id": self.id,
            },
        }

    def action_view_credit_notes(self) -> dict:
        return self._action_documents(
            "account.move", self.env._("Credit Notes"), self.credit_note_ids
        )

    def _action_new(self, model: str, name: str, **defaults) -> dict:
        """Open the form of a new document of the customer."""
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [(False, "form")],
            "context": {
                "default_partner_id": self.partner_id.id,
                "default_company_id": self.company_id.id,
                **defaults,
            },
        }

    def _action_documents(self, model: str, name: str, documents) -> dict:
        """Open the only document, or the list of them."""
        action = {"type": "ir.actions.act_window", "name": name, "res_model": model}
        if len(documents) == 1:
            return action | {"res_id": documents.id, "views": [(False, "form")]}
        return action | {
            "domain": [("id", "in", documents.ids)],
            "views": [(False, "list"), (False, "form")],
        }
