from odoo import api, fields, models


class HelpdeskTicket(models.Model):
    """Returns and parts of a ticket."""

    _inherit = "helpdesk.ticket"

    picking_ids = fields.One2many(
        "stock.picking", "ticket_id", groups="stock.group_stock_user"
    )
    picking_count = fields.Integer(
        compute="_compute_picking_count", groups="stock.group_stock_user"
    )

    @api.depends("picking_ids", "sale_order_ids.picking_ids")
    def _compute_picking_count(self):
        for ticket in self:
            ticket.picking_count = len(ticket._transfers())

    def _transfers(self):
        """Give the transfers of the ticket, and of its orders."""
        self.ensure_one()
        # Who works in the warehouse need not see orders.
        return self.picking_ids | self.sudo().sale_order_ids.picking_ids

    def action_return(self) -> dict:
        """Open Odoo's own return, for the delivery of the item or one to choose."""
        self.ensure_one()
        self.env["stock.picking"].check_access("create")
        # sudo: whoever returns goods need not see items; an id alone is taken.
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Return"),
            "res_model": "stock.return.picking",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_ticket_id": self.id,
                "default_picking_id": self.owned_item_id.sudo().picking_id.id,
            },
        }

    def action_view_transfers(self) -> dict:
        return self._action_documents(
            "stock.picking", self.env._("Transfers"), self._transfers()
        )

    @api.model
    def _cost_depends(self):
        return [*super()._cost_depends(), "picking_ids.state"]

    def _ticket_costs(self):
        moves = self._transfers().move_ids.filtered(
            lambda move: move.state == "done" and move._brings_to_customer()
        )
        cost = sum(move._service_cost() for move in moves)
        parts = {self.env._("Parts delivered"): cost} if cost else {}
        return super()._ticket_costs() | parts
