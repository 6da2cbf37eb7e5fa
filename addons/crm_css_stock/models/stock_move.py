from collections import defaultdict

from odoo import api, fields, models


class StockMove(models.Model):
    """What leaves for a customer is the customer's; what comes back no longer is."""

    _inherit = "stock.move"

    def _action_done(self, cancel_backorder=False):
        moves = super()._action_done(cancel_backorder=cancel_backorder)
        moves._sync_owned()
        return moves

    @api.model
    def _owned_past_domain(self) -> list:
        return [
            ("state", "=", "done"),
            "|",
            ("location_dest_id.usage", "=", "customer"),
            ("location_id.usage", "=", "customer"),
        ]

    def _sync_owned(self, past=False):
        """Have the items that these moves brought to customers, and take back others.

        A serial number is one item for each customer, however often it goes to and fro.
        All else is one item for each delivery and lot, less what came back of it.
        """
        # Who ships need not be an agent.
        done = self.sudo().filtered(
            lambda move: move.state == "done" and move.product_id.track_owned
        )
        singles = done.filtered(
            lambda move: move.product_id.tracking == "serial" and move.lot_ids
        )
        (done - singles)._sync_owned_quantities()
        # In the order in which it happened: a number may leave, come back, and leave.
        for move in singles.sorted(lambda move: (move.date, move.id)):
            if move._brings_to_customer():
                move._sync_owned_numbers()
            elif move._takes_from_customer():
                move._take_back_numbers()

    def _brings_to_customer(self) -> bool:
        self.ensure_one()
        came, went = self.location_id.usage, self.location_dest_id.usage
        return came != "customer" and went == "customer"

    def _takes_from_customer(self) -> bool:
        self.ensure_one()
        came, went = self.location_id.usage, self.location_dest_id.usage
        return came == "customer" and went != "customer"

    def _owner(self):
        """Give the customer of the move; nobody, where it is ourselves or unknown."""
        self.ensure_one()
        order = self.sale_line_id.order_id
        partner = order.partner_id or self.picking_id.partner_id or self.partner_id
        ourselves = partner.commercial_partner_id == self.company_id.partner_id
        return partner.browse() if ourselves else partner

    def _prepare_owned_vals(self, owner, lot, quantity: float) -> dict:
        self.ensure_one()
        day = fields.Datetime.context_timestamp(self, self.date).date()
        line, address = self.sale_line_id, self.picking_id.partner_id
        same = address.commercial_partner_id == owner.commercial_partner_id
        invoice = line._owned_invoice()
        ordered = line.order_id.date_order
        return {
            "origin": "delivery",
            "partner_id": owner.id,
            "site_id": address.id if same else False,
            "product_id": self.product_id.id,
            "lot_id": lot.id,
            "lot_name": lot.name,
            "quantity": quantity,
            "stock_move_id": self.id,
            "order_line_id": line.id,
            "company_id": self.company_id.id,
            "date_bought": ordered.date() if ordered else day,
            "date_delivered": day,
            "invoice_id": invoice.id,
            "date_invoiced": invoice.invoice_date,
        }

    # By quantity

    def _sync_owned_quantities(self):
        moves = self.filtered(lambda move: move._brings_to_customer())
        returns = self.filtered(lambda move: move._takes_from_customer())
        moves |= returns.origin_returned_move_id.filtered(
            lambda move: move.state == "done" and move._brings_to_customer()
        )
        items = self.env["crm.owned.item"].with_context(active_test=False)
        known = items.search([("stock_move_id", "in", moves.ids)]).grouped(
            lambda item: (item.stock_move_id, item.lot_id)
        )
        vals_list = []
        for move in moves:
            owner = move._owner()
            for lot, quantity in move._quantities_left().items():
                if item := known.get((move, lot)):
                    item._set_owned_quantity(quantity)
                elif owner and quantity > 0:
                    vals_list.append(move._prepare_owned_vals(owner, lot, quantity))
        items.create(vals_list)

    def _quantities_left(self) -> dict:
        """Give for each lot what was delivered, less what came back of it."""
        self.ensure_one()
        left = defaultdict(float)
        for line in self.move_line_ids:
            left[line.lot_id] += line.quantity_product_uom
        for move in self.returned_move_ids:
            if move.state == "done" and move._takes_from_customer():
                for line in move.move_line_ids:
                    left[line.lot_id] -= line.quantity_product_uom
        return left

    # By serial number

    def _sync_owned_numbers(self):
        if not (owner := self._owner()):
            return
        items, vals_list = self.env["crm.owned.item"], []
        known = items._known_of_lots(self.lot_ids, owner.commercial_partner_id)
        for lot in self.lot_ids:
            item = known.filtered(lambda item, lot=lot: item._has_number(lot))[:1]
            if item:
                item._take_delivery(self, lot)
            else:
                vals_list.append(self._prepare_owned_vals(owner, lot, 1))
        items.create(vals_list)

    def _take_back_numbers(self):
        """Retire what came back, unless it has left again since."""
        found = self.env["crm.owned.item"].search([("lot_id", "in", self.lot_ids.ids)])
        found.filtered(lambda item: item._is_older_than(self))._give_back()

    # For tickets

    def _service_cost(self) -> float:
        """Give what the moved goods cost us: their value, or the product's cost."""
        self.ensure_one()
        quantity = sum(self.move_line_ids.mapped("quantity_product_uom"))
        product = self.product_id.with_company(self.company_id)
        return abs(self.value) or quantity * product.standard_price
