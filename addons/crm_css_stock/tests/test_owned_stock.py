from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common import StockCase


@tagged("post_install", "-at_install")
class TestOwnedNumbers(StockCase):
    """Serial numbers: one item each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.one, cls.two = (
            cls._create_lot(cls.serial, name) for name in ("NK-1", "NK-2")
        )
        for lot in cls.one | cls.two:
            cls._put(cls.serial, 1, lot)

    def _sell(self, *lots, partner=None):
        order = self._order(self.serial, len(lots), partner)
        return self._deliver(order.picking_ids, *((lot, 1) for lot in lots))

    def test_order_that_is_not_delivered_brings_nothing(self):
        self._order(self.serial)
        self.assertFalse(self._items(self.serial))

    def test_each_number_is_an_item(self):
        picking = self._sell(self.one, self.two)
        order = picking.sale_id
        common = {
            "partner_id": self.nordlicht.id,
            "order_name": order.name,
            "picking_id": picking.id,
            "quantity": 1,
            "state": "in_use",
            "origin": "delivery",
            "date_delivered": picking.date_done.date(),
        }
        self.assertRecordValues(
            self._items(self.serial),
            [
                common | {"lot_name": "NK-1", "lot_id": self.one.id},
                common | {"lot_name": "NK-2", "lot_id": self.two.id},
            ],
        )

    def test_partial_delivery_brings_its_part_and_the_rest_later(self):
        order = self._order(self.serial, 2)
        self._deliver(order.picking_ids, (self.one, 1))
        self.assertEqual(self._items(self.serial).mapped("lot_name"), ["NK-1"])
        rest = order.picking_ids.filtered(lambda picking: picking.state != "done")
        self._deliver(rest, (self.two, 1))
        self.assertEqual(self._items(self.serial).mapped("lot_name"), ["NK-1", "NK-2"])

    def test_invoice_adds_no_second_item_but_its_number(self):
        picking = self._sell(self.one)
        invoice = picking.sale_id._create_invoices()
        invoice.action_post()
        self.assertEqual(self._items(self.serial).invoice_id, invoice)

    def test_cancelled_order_brings_nothing(self):
        order = self._order(self.serial)
        order._action_cancel()
        self.assertFalse(self._items(self.serial))

    def test_return_retires_that_number_only(self):
        picking = self._sell(self.one, self.two)
        self._return(picking, (self.one, 1))
        self.assertEqual(
            self._items(self.serial).mapped("state"), ["retired", "in_use"]
        )

    def test_receipt_entered_by_hand_retires_too(self):
        picking = self._sell(self.one)
        customers = picking.location_dest_id
        receipt = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.in_type_id.id,
                "location_id": customers.id,
                "location_dest_id": self.stock.id,
                "move_ids": [
                    (
                        0,
                        0,
                        {
                            "product_id": self.serial.id,
                            "product_uom_qty": 1,
                            "location_id": customers.id,
                            "location_dest_id": self.stock.id,
                        },
                    )
                ],
            }
        )
        receipt.action_confirm()
        self._deliver(receipt, (self.one, 1))
        self.assertEqual(self._items(self.serial).state, "retired")

    def test_number_that_goes_back_to_the_customer_is_in_use_again(self):
        picking = self._sell(self.one)
        back = self._return(picking, (self.one, 1))
        self._return(back, (self.one, 1))
        item = self._items(self.serial)
        self.assertEqual((len(item), item.state), (1, "in_use"))

    def test_number_that_goes_to_another_customer_is_another_item(self):
        self._return(self._sell(self.one), (self.one, 1))
        self._sell(self.one, partner=self.talisman)
        items = self._items(self.serial)
        self.assertEqual(items.partner_id, self.nordlicht | self.talisman)
        self.assertEqual(items.mapped("state"), ["retired", "in_use"])

    def test_looking_again_changes_nothing(self):
        picking = self._sell(self.one, self.two)
        back = self._return(picking, (self.one, 1))
        again = self._return(back, (self.one, 1))
        before = self._items(self.serial).read(["state", "stock_move_id", "quantity"])
        (picking | back | again).move_ids._sync_owned(past=True)
        self.env.invalidate_all()
        after = self._items(self.serial).read(["state", "stock_move_id", "quantity"])
        self.assertEqual(after, before)

    def test_what_was_entered_by_hand_before_is_taken_up(self):
        item = self.env["crm.owned.item"].create(
            {
                "partner_id": self.anna.id,
                "product_id": self.serial.id,
                "lot_name": "NK-1",
            }
        )
        self._sell(self.one)
        self.assertEqual(self._items(self.serial), item)
        self.assertEqual((item.lot_id, item.origin), (self.one, "delivery"))

    def test_database_refuses_a_move_twice(self):
        self._sell(self.one)
        item = self._items(self.serial)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            item.copy({"stock_move_id": item.stock_move_id.id, "lot_id": self.one.id})

    def _send_without_order(self, partner, lot):
        customers = self.env.ref("stock.stock_location_customers")
        places = {"location_id": self.stock.id, "location_dest_id": customers.id}
        move = {"product_id": self.serial.id, "product_uom_qty": 1} | places
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": self.warehouse.out_type_id.id,
                "partner_id": partner.id,
                "move_ids": [Command.create(move)],
            }
            | places
        )
        picking.action_confirm()
        return self._deliver(picking, (lot, 1))

    def test_delivery_without_an_order_is_the_receivers(self):
        self._send_without_order(self.anna, self.one)
        self.assertEqual(self._items(self.serial).partner_id, self.anna)

    def test_goods_for_ourselves_and_for_nobody_are_not_owned(self):
        self._send_without_order(self.env.company.partner_id, self.one)
        self._send_without_order(self.env["res.partner"], self.two)
        self.assertFalse(self._items(self.serial))

    def test_delivery_to_another_address_notes_the_site(self):
        site = self.env["res.partner"].create(
            {"name": "Bar", "type": "delivery", "parent_id": self.nordlicht.id}
        )
        order = self._order(self.serial)
        order.picking_ids.partner_id = site
        self._deliver(order.picking_ids, (self.one, 1))
        self.assertEqual(self._items(self.serial).site_id, site)

    def test_warehouse_worker_who_is_no_agent_ships_without_error(self):
        worker = new_test_user(self.env, "css_worker", groups="stock.group_stock_user")
        order = self._order(self.serial)
        self._deliver(order.picking_ids.with_user(worker), (self.one, 1))
        self.assertEqual(len(self._items(self.serial)), 1)


@tagged("post_install", "-at_install")
class TestOwnedQuantities(StockCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.batch = cls._create_lot(cls.lot, "B-7")
        cls._put(cls.lot, 100, cls.batch)
        cls._put(cls.plain, 100)

    def test_delivery_of_quantities_is_one_item(self):
        order = self._order(self.plain, 5)
        self._deliver(order.picking_ids, (None, 5))
        self.assertEqual(self._items(self.plain).mapped("quantity"), [5])

    def test_each_partial_delivery_is_an_item_with_its_own_day(self):
        order = self._order(self.plain, 5)
        first = order.picking_ids
        self._deliver(first, (None, 2))
        self._deliver(order.picking_ids - first, (None, 3))
        self.assertEqual(self._items(self.plain).mapped("quantity"), [2, 3])

    def test_lot_is_one_item_with_its_quantity(self):
        order = self._order(self.lot, 4)
        self._deliver(order.picking_ids, (self.batch, 4))
        item = self._items(self.lot)
        self.assertEqual((item.lot_name, item.quantity), ("B-7", 4))

    def test_return_of_a_part_lowers_the_quantity_and_of_all_retires(self):
        order = self._order(self.lot, 4)
        picking = self._deliver(order.picking_ids, (self.batch, 4))
        self._return(picking, (self.batch, 1))
        item = self._items(self.lot)
        self.assertEqual((item.quantity, item.state), (3, "in_use"))
        self._return(picking, (self.batch, 3))
        self.assertEqual((item.state, item.is_given_back), ("retired", True))

    def test_what_is_used_up_is_not_owned(self):
        beans = self._create_product("Beans", is_storable=False)
        self.assertFalse(beans.track_owned)
        order = self._order(beans, 5)
        self._deliver(order.picking_ids, (None, 5))
        self.assertFalse(self._items(beans))

    def test_goods_on_stock_are_owned_by_default(self):
        self.assertTrue(self.plain.track_owned)

    def test_past_deliveries_come_in_once_only(self):
        orders = [self._order(self.plain, count) for count in (1, 2)]
        for order, count in zip(orders, (1, 2), strict=True):
            self._deliver(order.picking_ids, (None, count))
        self._items(self.plain).unlink()
        cron = self.env.ref("crm_css.ir_cron_owned_past")
        for _time in range(2):
            self.env["crm.owned.item"].action_bring_in_past()
            with self.enter_registry_test_mode():
                cron.method_direct_trigger()
            self.assertEqual(self._items(self.plain).mapped("quantity"), [1, 2])

    def test_batch_of_the_past_takes_few_queries(self):
        moves = self.env["stock.move"]
        for _number in range(20):
            picking = self._order(self.plain).picking_ids
            moves |= self._deliver(picking, (None, 1)).move_ids
        self.env.invalidate_all()
        with self.assertQueryCount(30):
            moves._sync_owned(past=True)


@tagged("post_install", "-at_install")
class TestReturnFromTicket(StockCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._put(cls.plain, 100)
        cls.worker = new_test_user(
            cls.env,
            "css_worker",
            groups="stock.group_stock_user,helpdesk_mgmt.group_helpdesk_user",
        )

    def test_return_is_tied_to_the_ticket(self):
        picking = self._deliver(self._order(self.plain).picking_ids, (None, 1))
        ticket = self._create_ticket(self.anna)
        back = self._return(picking, (None, 1), ticket=ticket)
        self.assertEqual((back.ticket_id, ticket.picking_count), (ticket, 1))
        self.assertEqual(ticket.action_view_transfers()["res_id"], back.id)

    def test_return_proposes_the_delivery_of_the_item(self):
        picking = self._deliver(self._order(self.plain).picking_ids, (None, 1))
        item = self._items(self.plain)
        ticket = self._create_ticket(self.anna, owned_item_id=item.id)
        context = ticket.with_user(self.worker).action_return()["context"]
        wizards = self.env["stock.return.picking"].with_user(self.worker)
        with Form(wizards.with_context(**context)) as form:
            self.assertEqual(form.picking_id, picking)

    def test_ordinary_return_has_no_ticket(self):
        picking = self._deliver(self._order(self.plain).picking_ids, (None, 1))
        self.assertFalse(self._return(picking, (None, 1)).ticket_id)

    def test_parts_of_an_order_from_the_ticket_cost(self):
        ticket = self._create_ticket(self.anna)
        order = self._order(self.plain, 2)
        order.ticket_ids = ticket
        self._deliver(order.picking_ids, (None, 2))
        self.assertEqual(ticket._ticket_costs(), {"Parts delivered": 120})
        self.assertEqual(ticket.cost_total, 120)

    def test_agent_without_the_right_sees_no_button_and_gets_no_error(self):
        ticket = self._create_ticket(self.anna).with_user(self.agent)
        self.assertNotIn("action_return", ticket.get_view(view_type="form")["arch"])
        with Form(ticket) as form:
            form.name = "Again"
        with self.assertRaises(AccessError):
            ticket.action_return()

    def test_who_works_in_the_warehouse_sees_the_button(self):
        ticket = self._create_ticket(self.anna).with_user(self.worker)
        self.assertIn("action_return", ticket.get_view(view_type="form")["arch"])
        self.assertEqual(ticket.picking_count, 0)
