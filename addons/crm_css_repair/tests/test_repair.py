from datetime import date

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, HttpCase, new_test_user, tagged

from odoo.addons.crm_css.tests.common import ServiceCase


class RepairCase(ServiceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mechanic = new_test_user(
            cls.env,
            "css_mechanic",
            groups="stock.group_stock_user,helpdesk_mgmt.group_helpdesk_user",
        )
        cls.grinder, cls.burr = cls.env["product.product"].create(
            [
                {"name": "Grinder", "is_storable": True, "tracking": "serial"},
                {"name": "Burr", "is_storable": True, "standard_price": 15},
            ]
        )
        cls.env["crm.warranty"].create(
            {
                "name": "Two years",
                "months": 24,
                "product_tmpl_ids": [Command.set(cls.grinder.product_tmpl_id.ids)],
            }
        )
        cls.number = cls.env["stock.lot"].create(
            {"name": "NK-2024-0017", "product_id": cls.grinder.id}
        )
        cls.item = cls.env["crm.owned.item"].create(
            {
                "partner_id": cls.nordlicht.id,
                "product_id": cls.grinder.id,
                "lot_name": "NK-2024-0017",
                "date_bought": date.today(),
            }
        )
        cls.ticket = cls._create_ticket(cls.anna, owned_item_id=cls.item.id)

    def _repair(self, user=None):
        ticket = self.ticket.with_user(user or self.mechanic)
        action = ticket.action_new_repair()
        return self.env["repair.order"].browse(action["res_id"])


@tagged("post_install", "-at_install")
class TestRepair(RepairCase):
    def test_repair_has_customer_product_number_and_warranty(self):
        self.assertRecordValues(
            self._repair(),
            [
                {
                    "ticket_id": self.ticket.id,
                    "partner_id": self.anna.id,
                    "product_id": self.grinder.id,
                    "lot_id": self.number.id,
                    "owned_item_id": self.item.id,
                    "under_warranty": True,
                    "state": "draft",
                }
            ],
        )
        self.assertEqual(self.ticket.repair_count, 1)

    def test_out_of_warranty_is_not_under_warranty(self):
        self.item.date_bought = date(2019, 1, 1)
        self.assertFalse(self._repair().under_warranty)

    def test_ticket_without_a_product_makes_a_bare_repair(self):
        self.ticket.owned_item_id = self.ticket.product_id = False
        repair = self._repair()
        self.assertEqual((repair.partner_id, repair.product_id.id), (self.anna, False))

    def test_service_is_not_repaired(self):
        self.ticket.owned_item_id = False
        self.ticket.product_id = self.env["product.product"].create(
            {"name": "Visit", "type": "service"}
        )
        self.assertFalse(self._repair().product_id)

    def test_item_stands_in_repair_meanwhile(self):
        repair = self._repair()
        repair._action_repair_confirm()
        self.assertEqual(self.item.state, "repair")
        repair.action_repair_cancel()
        self.assertEqual(self.item.state, "in_use")

    def test_retired_item_stays_retired(self):
        self.item.state = "retired"
        repair = self._repair()
        repair._action_repair_confirm()
        repair.action_repair_cancel()
        self.assertEqual(self.item.state, "retired")

    def test_mechanic_who_is_no_agent_repairs_without_error(self):
        mechanic = new_test_user(self.env, "css_m", groups="stock.group_stock_user")
        repair = self._repair().with_user(mechanic)
        repair._action_repair_confirm()
        repair.action_repair_cancel()
        self.assertEqual(self.item.state, "in_use")

    def test_parts_cost(self):
        stock = self.env["stock.warehouse"].search([], limit=1).lot_stock_id
        self.env["stock.quant"]._update_available_quantity(self.burr, stock, 5)
        self.env["stock.quant"]._update_available_quantity(
            self.grinder, stock, 1, lot_id=self.number
        )
        repair = self._repair()
        repair.move_ids = [
            Command.create(
                {
                    "repair_line_type": "add",
                    "product_id": self.burr.id,
                    "product_uom_qty": 2,
                }
            )
        ]
        repair._action_repair_confirm()
        repair.action_repair_start()
        repair.move_ids.quantity = 2
        repair.move_ids.picked = True
        repair.action_repair_end()
        self.assertEqual(repair.state, "done")
        self.assertEqual(self.ticket._ticket_costs(), {"Parts of repairs": 30})
        self.assertEqual(self.ticket.cost_total, 30)
        self.assertEqual(self.item.state, "in_use")

    def test_agent_without_the_right_sees_no_button_and_gets_no_error(self):
        ticket = self.ticket.with_user(self.agent)
        self.assertNotIn("action_new_repair", ticket.get_view(view_type="form")["arch"])
        with Form(ticket) as form:
            form.name = "Again"
        with self.assertRaises(AccessError):
            ticket.action_new_repair()


@tagged("post_install", "-at_install")
class TestRepairTour(HttpCase, RepairCase):
    def test_agent_types_the_number_sees_the_coverage_and_makes_a_repair(self):
        self.mechanic.password = "css_mechanic"
        ticket = self._create_ticket(self.anna)
        self.start_tour(
            f"/odoo/helpdesk.ticket/{ticket.id}",
            "crm_css_repair",
            login="css_mechanic",
        )
        self.assertEqual(ticket.repair_ids.lot_id, self.number)
