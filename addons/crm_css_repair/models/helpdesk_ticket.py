from odoo import api, fields, models


class HelpdeskTicket(models.Model):
    """Repairs of a ticket."""

    _inherit = "helpdesk.ticket"

    repair_ids = fields.One2many(
        "repair.order", "ticket_id", groups="stock.group_stock_user"
    )
    repair_count = fields.Integer(
        compute="_compute_repair_count", groups="stock.group_stock_user"
    )

    @api.depends("repair_ids")
    def _compute_repair_count(self):
        for ticket in self:
            ticket.repair_count = len(ticket.repair_ids)

    def action_new_repair(self) -> dict:
        """Make a repair of the product, and open it."""
        self.ensure_one()
        repair = self.env["repair.order"].create(self._prepare_repair_vals())
        return self._action_documents("repair.order", self.env._("Repair"), repair)

    def _prepare_repair_vals(self) -> dict:
        self.ensure_one()
        item = self.owned_item_id
        covers = item._coverage().get(item.id, [])
        return {
            "ticket_id": self.id,
            "owned_item_id": item.id,
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            # Only goods are repaired.
            "product_id": self.product_id.filtered(lambda one: one.type == "consu").id,
            "lot_id": self._lot_to_repair().id,
            # A contract may cover work, and says itself what of it is free.
            "under_warranty": any(cover.kind != "contract" for cover in covers),
        }

    def _lot_to_repair(self):
        """Give the lot that has the number of the item."""
        item = self.owned_item_id
        return self.env["stock.lot"].search(
            [("product_id", "=", item.product_id.id), ("name", "=", item.lot_name)],
            limit=1,
        )

    def action_view_repairs(self) -> dict:
        return self._action_documents(
            "repair.order", self.env._("Repairs"), self.repair_ids
        )

    @api.model
    def _cost_depends(self):
        return [*super()._cost_depends(), "repair_ids.state"]

    def _ticket_costs(self):
        parts = self.repair_ids.move_ids.filtered(
            lambda move: move.state == "done" and move.repair_line_type == "add"
        )
        cost = sum(self._part_cost(move) for move in parts)
        repairs = {self.env._("Parts of repairs"): cost} if cost else {}
        return super()._ticket_costs() | repairs

    def _part_cost(self, move) -> float:
        """Give what a part cost us: its value, or the product's cost."""
        quantity = sum(move.move_line_ids.mapped("quantity_product_uom"))
        product = move.product_id.with_company(move.company_id)
        return abs(move.value) or quantity * product.standard_price
