from odoo import api, fields, models
from odoo.tools import float_compare

from ..models.contract_contract_entitlement import KINDS


class CrmEntitlementBook(models.TransientModel):
    """The window in which an agent books what was used of a contract."""

    _name = "crm.entitlement.book"
    _description = "Book on a Service Contract"

    contract_id = fields.Many2one("contract.contract", required=True, readonly=True)
    ticket_id = fields.Many2one(
        "helpdesk.ticket", domain="[('contract_id', '=', contract_id)]"
    )
    reverses_id = fields.Many2one("crm.entitlement.use", "Takes Back", readonly=True)
    kind = fields.Selection(KINDS, required=True, default="hours")
    quantity = fields.Float(default=1.0)
    date = fields.Date(required=True, default=fields.Date.context_today)
    note = fields.Char("What Was Done")
    reason = fields.Char("Reason for More")
    left_text = fields.Char("Left", compute="_compute_left")
    is_over = fields.Boolean(compute="_compute_left")

    @api.depends("contract_id", "kind", "quantity", "date")
    def _compute_left(self):
        for book in self:
            left = book.contract_id._left_on(
                book.kind, book.date or fields.Date.context_today(self)
            )
            limited = left is not None
            book.left_text = f"{left:g}" if limited else self.env._("not limited")
            book.is_over = limited and float_compare(book.quantity, left, 4) > 0

    def action_confirm(self):
        self.ensure_one()
        self.env["crm.entitlement.use"].create(self._prepare_use())

    def _prepare_use(self) -> dict:
        return {
            "contract_id": self.contract_id.id,
            "ticket_id": self.ticket_id.id,
            "reverses_id": self.reverses_id.id,
            "kind": self.kind,
            "quantity": self.quantity,
            "date": self.date,
            "note": self.note,
            "reason": self.reason,
        }
