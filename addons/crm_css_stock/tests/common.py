from odoo import Command

from odoo.addons.crm_css.tests.common import ServiceCase


class StockCase(ServiceCase):
    """Goods on stock: by serial number, by lot, and by quantity."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.env.company.id)], limit=1
        )
        cls.stock = cls.warehouse.lot_stock_id
        cls.serial = cls._create_product("Grinder", tracking="serial")
        cls.lot = cls._create_product("Filter", tracking="lot")
        cls.plain = cls._create_product("Jug")

    @classmethod
    def _create_product(cls, name, **vals):
        vals = {
            "name": name,
            "is_storable": True,
            "standard_price": 60,
            "list_price": 100,
            "taxes_id": [Command.clear()],
        } | vals
        return cls.env["product.product"].create(vals)

    @classmethod
    def _create_lot(cls, product, name):
        vals = {"product_id": product.id, "name": name}
        return cls.env["stock.lot"].create(vals)

    @classmethod
    def _put(cls, product, quantity, lot=None):
        """Have something on stock."""
        cls.env["stock.quant"]._update_available_quantity(
            product, cls.stock, quantity, lot_id=lot
        )

    def _order(self, product, quantity=1, partner=None):
        order = self.env["sale.order"].create(
            {
                "partner_id": (partner or self.nordlicht).id,
                "order_line": [
                    Command.create(
                        {"product_id": product.id, "product_uom_qty": quantity}
                    )
                ],
            }
        )
        order.action_confirm()
        return order

    def _deliver(self, picking, *pieces):
        """Deliver so much of each lot: pairs of lot and quantity; the rest waits."""
        picking.move_ids.move_line_ids.unlink()
        move = picking.move_ids
        for lot, quantity in pieces:
            self.env["stock.move.line"].create(
                {
                    "move_id": move.id,
                    "picking_id": picking.id,
                    "product_id": move.product_id.id,
                    "lot_id": lot and lot.id,
                    "quantity": quantity,
                    "location_id": move.location_id.id,
                    "location_dest_id": move.location_dest_id.id,
                }
            )
        move.picked = True
        picking._action_done()
        return picking

    def _return(self, picking, *pieces, ticket=None):
        """Take back so much of each lot."""
        wizard = self.env["stock.return.picking"].create(
            {"picking_id": picking.id, "ticket_id": ticket and ticket.id}
        )
        wizard.product_return_moves.quantity = sum(count for _lot, count in pieces)
        back = self.env["stock.picking"].browse(
            wizard.action_create_returns()["res_id"]
        )
        return self._deliver(back, *pieces)

    def _items(self, product):
        items = self.env["crm.owned.item"].with_context(active_test=False)
        return items.search([("product_id", "=", product.id)], order="id")
