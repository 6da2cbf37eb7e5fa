from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.serial import serial_key

# More are not read by anybody: the question is to be put more narrowly.
MOST = 20


class CrmCoverageCheck(models.TransientModel):
    """The question whether something is covered: a number, and the answer."""

    _name = "crm.coverage.check"
    _description = "Is It Covered?"

    query = fields.Char(
        "Number", help="A serial number, or the number of an order or an invoice."
    )
    ticket_id = fields.Many2one("helpdesk.ticket", readonly=True)
    item_ids = fields.Many2many(
        "crm.owned.item", string="Found", compute="_compute_item_ids"
    )
    item_id = fields.Many2one(
        "crm.owned.item",
        "Product",
        compute="_compute_item_id",
        # Stored values are computed with all rights otherwise.
        compute_sudo=False,
        store=True,
        readonly=False,
        domain="[('id', 'in', item_ids)]",
    )
    answer = fields.Char(compute="_compute_answer")
    is_covered = fields.Boolean(compute="_compute_answer")

    @api.depends("query", "ticket_id")
    def _compute_item_ids(self):
        for check in self:
            check.item_ids = check._find() if check.query else False

    @api.depends("item_ids")
    def _compute_item_id(self):
        for check in self:
            found = check.item_ids._origin
            check.item_id = found if len(found) == 1 else False

    @api.depends("query", "item_id")
    def _compute_answer(self):
        for check in self:
            item = check.item_id._origin
            check.is_covered = bool(item and item._coverage()[item.id])
            if item:
                check.answer = item._coverage_sentence()
            elif check.query and not check.item_ids:
                check.answer = self.env._("Nothing with this number is on record.")
            else:
                check.answer = False

    def _find(self):
        """Find items by the number; from a ticket, those of its customer only.

        Numbers of orders and invoices are compared whole, and past the reader's rights:
        who has the number on paper may know what it was for.
        """
        self.ensure_one()
        items = self.env["crm.owned.item"]
        # PostgreSQL knows no NUL.
        number = self.query.replace("\x00", "").strip()
        if not number:
            return items
        numbers = [number, number.upper()]
        lines = self._lines_of(numbers)
        named = (
            Domain("order_name", "in", numbers)
            | Domain("invoice_name", "in", numbers)
            | Domain("order_line_id", "in", lines.ids)
        )
        if key := serial_key(number):
            named |= Domain("serial_key", "=", key)
        if self.ticket_id:
            customer = self.ticket_id.commercial_partner_id
            named &= Domain("commercial_partner_id", "=", customer.id)
        return items.search(named, limit=MOST)

    @api.model
    def _lines_of(self, numbers: list[str]):
        """Give the order lines that an invoice charged, be it the first or not."""
        # Agents may not read the books; the lines lead to the items alone.
        invoices_sudo = self.env["account.move"].sudo()
        invoices_sudo = invoices_sudo.search(
            [("name", "in", numbers), ("move_type", "=", "out_invoice")]
        )
        return invoices_sudo.invoice_line_ids.sale_line_ids

    def action_choose(self) -> dict:
        """Put the item on the ticket."""
        self.ensure_one()
        self.ticket_id.owned_item_id = self.item_id
        return {"type": "ir.actions.act_window_close"}

    def action_open(self) -> dict:
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.owned.item",
            "res_id": self.item_id.id,
            "views": [(False, "form")],
        }
