from odoo import api, fields, models
from odoo.fields import Domain


class CrmOwnedItem(models.Model):
    """Where stock is kept: one item for each serial number, or for each delivery."""

    _inherit = "crm.owned.item"

    origin = fields.Selection(
        selection_add=[("delivery", "Delivery")], ondelete={"delivery": "set default"}
    )
    stock_move_id = fields.Many2one(
        "stock.move",
        "Delivery Move",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        copy=False,
    )
    picking_id = fields.Many2one(related="stock_move_id.picking_id", string="Delivery")
    lot_id = fields.Many2one(
        "stock.lot",
        "Serial or Lot",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
        copy=False,
    )

    _once_per_move = models.UniqueIndex(
        "(stock_move_id, COALESCE(lot_id, 0)) WHERE stock_move_id IS NOT NULL",
        "This delivery is on record already.",
    )

    @api.model
    def _past_models(self):
        return [*super()._past_models(), "stock.move"]

    def _has_number(self, lot) -> bool:
        self.ensure_one()
        return self.lot_id == lot or (not self.lot_id and self.lot_name == lot.name)

    def _is_older_than(self, move) -> bool:
        """Tell whether a move came after the delivery that is on record."""
        self.ensure_one()
        delivery = self.stock_move_id
        return not delivery or (delivery.date, delivery.id) < (move.date, move.id)

    def _take_delivery(self, move, lot):
        """Tie items that are on record already to the newest delivery of their
        number."""
        for item in self.filtered(lambda item: item._is_older_than(move)):
            vals = {"stock_move_id": move.id, "lot_id": lot.id, "origin": "delivery"}
            if not item.order_line_id:
                vals["order_line_id"] = move.sale_line_id.id
            if item.is_given_back:
                vals |= {"is_given_back": False, "state": "in_use"}
            item.write(vals)

    @api.model
    def _known_of_lots(self, lots, customers):
        """Give the items of these numbers with these customers, whatever their state.

        Those that were entered by hand count by the number as it is written.
        """
        names = Domain("lot_name", "in", lots.mapped("name"))
        by_hand = names & Domain("lot_id", "=", False)
        return self.with_context(active_test=False).search(
            (Domain("lot_id", "in", lots.ids) | by_hand)
            & Domain("product_id", "in", lots.product_id.ids)
            & Domain("commercial_partner_id", "in", customers.ids),
            order="id",
        )
