from datetime import date

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time, new_test_user, tagged

from odoo.addons.base.tests.common import BaseCommon

BEFORE, DURING, AFTER = "2026-03-01 12:00", "2026-03-04 12:00", "2026-03-07 12:00"


@tagged("post_install", "-at_install")
class TestStandInForSales(BaseCommon):
    """Two salespersons who see their own documents only; one goes away."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        group = "sales_team.group_sale_salesman"
        cls.absent = new_test_user(cls.env, "sfa_absent", groups=group, tz="UTC")
        cls.other = new_test_user(cls.env, "sfa_other", groups=group, tz="UTC")
        cls.customer, cls.stranger = cls.env["res.partner"].create(
            [
                {"name": "Nordlicht", "user_id": cls.absent.id},
                {"name": "Olivar", "user_id": cls.absent.id},
            ]
        )
        product = cls.env["product.product"].create({"name": "Machine"})
        line = Command.create({"product_id": product.id, "product_uom_qty": 2})
        cls.order, cls.foreign_order = cls.env["sale.order"].create(
            [
                {
                    "partner_id": partner.id,
                    "user_id": cls.absent.id,
                    "order_line": [line],
                }
                for partner in (cls.customer, cls.stranger)
            ]
        )
        cls.deal, cls.foreign_deal = cls.env["crm.lead"].create(
            [
                {
                    "name": f"Machines for {partner.name}",
                    "type": "opportunity",
                    "partner_id": partner.id,
                    "user_id": cls.absent.id,
                }
                for partner in (cls.customer, cls.stranger)
            ]
        )

    def _stand_in(self, **vals):
        vals = {
            "stand_in_id": self.other.id,
            "date_from": date(2026, 3, 2),
            "date_to": date(2026, 3, 6),
        } | vals
        record = self.env["crm.stand.in"].with_user(self.absent).create(vals)
        record.action_confirm()
        return record

    def _chosen(self):
        partner_ids = [Command.set(self.customer.ids)]
        return self._stand_in(scope="chosen", partner_ids=partner_ids)

    def _assert_may(self, document):
        self.env.invalidate_all()
        document = document.with_user(self.other)
        self.assertIn(document, document.search([("id", "=", document.id)]))
        document.write({"priority": "1"} if "priority" in document else {"note": "x"})

    def _assert_may_not(self, document):
        self.env.invalidate_all()
        document = document.with_user(self.other)
        self.assertNotIn(document, document.search([("id", "=", document.id)]))
        with self.assertRaises(AccessError):
            document.read(["name"])
        with self.assertRaises(AccessError):
            document.write({"name": "Not mine"})

    def test_orders_and_deals_open_for_the_time_only(self):
        with freeze_time(BEFORE):
            self._stand_in()
        for document in (self.order, self.deal):
            with freeze_time(BEFORE):
                self._assert_may_not(document)
            with freeze_time(DURING):
                self._assert_may(document)
            with freeze_time(AFTER):
                self._assert_may_not(document)

    def test_only_the_chosen_customers_open(self):
        with freeze_time(DURING):
            self._chosen()
            for document in (self.order, self.deal):
                self._assert_may(document)
            for document in (self.foreign_order, self.foreign_deal):
                self._assert_may_not(document)

    def test_stand_in_carries_an_order_on(self):
        with freeze_time(DURING):
            self._stand_in()
            order = self.order.with_user(self.other)
            with Form(order) as form, form.order_line.edit(0) as line:
                line.product_uom_qty = 5
            order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertEqual(self.order.user_id, self.absent, "it stays the absent's")

    def test_lines_of_an_order_stay_shut_with_it(self):
        line = self.foreign_order.order_line.with_user(self.other)
        with freeze_time(DURING):
            self._chosen()
            self.env.invalidate_all()
            with self.assertRaises(AccessError):
                line.read(["product_uom_qty"])
            with self.assertRaises(AccessError):
                line.write({"product_uom_qty": 100})

    def test_stand_in_deletes_nothing(self):
        with freeze_time(DURING):
            self._stand_in()
            for document in (self.order, self.deal):
                with self.assertRaises(AccessError):
                    document.with_user(self.other).unlink()

    def test_brief_tells_deals_and_quotations(self):
        with freeze_time(DURING):
            brief = self._chosen().brief
        self.assertIn("Machines for Nordlicht", brief)
        self.assertIn(self.order.name, brief)
        self.assertNotIn("Machines for Olivar", brief)
        self.assertNotIn(self.foreign_order.name, brief)

    def test_stand_in_without_rights_to_sales_gets_a_brief_without(self):
        agent = new_test_user(
            self.env, "sfa_agent", groups="crm_base.crm_base_group_user"
        )
        with freeze_time(DURING):
            brief = self._stand_in(stand_in_id=agent.id).brief
        self.assertNotIn("Machines for Nordlicht", brief)

    def test_hand_back_tells_of_orders(self):
        with freeze_time(DURING):
            record = self._stand_in()
            message = self.order.with_user(self.other).message_post(body="Sent")
            message.date = "2026-03-03 12:00:00"
        with freeze_time("2026-03-05 12:00"):
            record.action_back()
        self.assertIn(self.order.name, record.hand_back)
        self.assertNotIn(self.foreign_order.name, record.hand_back)
