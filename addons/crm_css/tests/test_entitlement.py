from datetime import date
from unittest.mock import patch

from psycopg2 import IntegrityError
from psycopg2.errors import SerializationFailure

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .contract_common import ContractCase

TODAY = "2026-03-10 10:00"


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestEntitlement(ContractCase):
    def assertMeter(self, contract, used, left, percent):
        contract.invalidate_recordset()
        found = (contract.hours_used, contract.hours_left, contract.hours_percent)
        self.assertEqual(found, (used, left, percent))

    # The meter

    def test_meter_tells_used_left_and_percent(self):
        contract = self._contract()
        self._book(contract, 3.5)
        self.assertMeter(contract, 3.5, 6.5, 35)

    def test_what_is_not_limited_is_only_counted(self):
        contract = self._contract(included_hours=0)
        use = self._book(contract, 50)
        self.assertMeter(contract, 50, 0, 0)
        self.assertFalse(use.overuse_quantity)

    def test_another_period_begins_at_zero(self):
        contract = self._contract(service_start=date(2025, 3, 10), term_interval=2)
        self._book(contract, 4, date=date(2025, 5, 1))
        self.assertMeter(contract, 4, 6, 40)
        contract.included_per = "year"
        self.assertMeter(contract, 0, 10, 0)
        contract.included_per = "month"
        self.assertEqual(contract.window_start, date(2026, 3, 10))
        self.assertEqual(contract.window_end, date(2026, 4, 9))

    def test_a_use_of_last_month_is_measured_against_last_month(self):
        contract = self._contract(included_per="month")
        self._book(contract, 8, date=date(2026, 2, 3))
        with self.assertRaisesRegex(UserError, "has 2 left"):
            self._book(contract, 3, date=date(2026, 2, 20))
        self._book(contract, 3)

    def test_meters_of_many_contracts_cost_one_query(self):
        contracts = self._contract() | self._contract() | self._contract()
        contracts.mapped("name")
        contracts.invalidate_recordset(["hours_used"])
        self.env.flush_all()
        with self.assertQueryCount(1):
            contracts.mapped("hours_used")

    # Booking

    def test_the_last_hour_goes_to_the_first(self):
        contract = self._contract(included_hours=1)
        self._book(contract, 1)
        with self.assertRaisesRegex(UserError, "0 left"):
            self._book(contract, 1, user=self.manager)

    def test_several_entries_at_once_are_booked_one_after_the_other(self):
        contract = self._contract(included_hours=3)
        vals = {"contract_id": contract.id, "quantity": 2, "reason": "Urgent"}
        uses = self.env["crm.entitlement.use"].create([vals, vals])
        self.assertEqual(uses.mapped("overuse_quantity"), [0, 1])

    def test_rounding_does_not_make_overuse(self):
        contract = self._contract(included_hours=0.3)
        for _number in range(3):
            self._book(contract, 0.1)
        self.assertFalse(contract.use_ids.filtered("overuse_quantity"))

    def test_how_much_went_beyond_is_not_taken_from_the_caller(self):
        use = self._book(self._contract(), 1, overuse_quantity=0.5)
        self.assertFalse(use.overuse_quantity)

    def test_zero_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "How much"):
            self._book(self._contract(), 0)

    def test_a_negative_amount_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "How much"):
            self._book(self._contract(), -3)

    def test_an_absurd_amount_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "How much"):
            self._book(self._contract(included_hours=0), 10**15)

    def test_a_draft_is_not_booked_on(self):
        with self.assertRaisesRegex(ValidationError, "not a signed"):
            self._book(self._contract(signed=False), 1)

    def test_nothing_is_booked_before_the_start(self):
        with self.assertRaisesRegex(ValidationError, "began on"):
            self._book(self._contract(), 1, date=date(2025, 12, 31))

    def test_ticket_of_another_customer_is_refused(self):
        ticket = self._create_ticket(self.petr)
        with self.assertRaisesRegex(ValidationError, "is not one of"):
            self._book(self._contract(), 1, ticket_id=ticket.id)

    def test_what_is_included_is_not_negative(self):
        with self.assertRaisesRegex(ValidationError, "what is included"):
            self._contract(included_hours=-1)

    def test_agent_books_from_the_ticket(self):
        contract = self._contract()
        ticket = self._create_ticket(self.anna).with_user(self.agent)
        action = ticket.action_book_on_contract()
        books = self.env["crm.entitlement.book"].with_user(self.agent)
        with Form(books.with_context(**action["context"])) as form:
            self.assertEqual(form.left_text, "10")
            form.quantity = 2.5
            form.note = "Cleaned"
        form.record.action_confirm()
        self.assertRecordValues(
            contract.use_ids,
            [
                {
                    "ticket_id": ticket.id,
                    "quantity": 2.5,
                    "user_id": self.agent.id,
                    "note": "Cleaned",
                }
            ],
        )

    def test_window_asks_for_a_reason_where_it_goes_beyond(self):
        contract = self._contract()
        action = contract.action_book()
        books = self.env["crm.entitlement.book"].with_user(self.agent)
        with Form(books.with_context(**action["context"])) as form:
            form.quantity = 12
            self.assertTrue(form.is_over)
            with self.assertRaises(AssertionError):
                form.save()
            form.reason = "Standstill"
        form.record.action_confirm()
        self.assertEqual(contract.use_ids.overuse_quantity, 2)

    def test_ticket_without_contract_books_nothing(self):
        ticket = self._create_ticket(self.petr)
        with self.assertRaisesRegex(UserError, "No contract"):
            ticket.action_book_on_contract()

    def test_two_at_one_moment_cannot_both_take_the_last_hour(self):
        """Two connections: the second waits, and must start anew with what it sees
        then. The contract is committed for it, and taken away again."""
        with self.registry.cursor() as cr:
            env = self.env(cr=cr)
            customer = env["res.partner"].create({"name": "Race"})
            contract = env["contract.contract"].create(
                {
                    "name": "Race",
                    "partner_id": customer.id,
                    "is_service": True,
                    "included_hours": 1,
                }
            )
            contract.service_step = "signed"
            contract_id, customer_id = contract.id, customer.id
        self.addCleanup(self._remove_race, contract_id, customer_id)
        vals = {"contract_id": contract_id, "quantity": 1}
        with self.registry.cursor() as first, self.registry.cursor() as second:
            # Both look before one of them writes.
            for cr in (first, second):
                env = self.env(cr=cr)
                self.assertEqual(env["contract.contract"].browse(contract_id)
                                 .hours_left, 1)  # fmt: skip
            self.env(cr=first)["crm.entitlement.use"].create(vals)
            first.commit()
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(SerializationFailure),
            ):
                self.env(cr=second)["crm.entitlement.use"].create(vals)
            # The server starts the request anew, and the second agent is told.
            second.rollback()
            env = self.env(cr=second)
            env.invalidate_all()
            with self.assertRaisesRegex(UserError, "0 left"):
                env["crm.entitlement.use"].create(vals)

    def _remove_race(self, contract_id, customer_id):
        with self.registry.cursor() as cr:
            for table, column, value in (
                ("crm_entitlement_use", "contract_id", contract_id),
                ("contract_modification", "contract_id", contract_id),
                ("contract_contract", "id", contract_id),
                ("res_partner", "id", customer_id),
            ):
                cr.execute(f"DELETE FROM {table} WHERE {column} = %s", (value,))

    # The ledger

    def test_entries_are_neither_changed_nor_deleted(self):
        use = self._book(self._contract(), 1).with_user(self.manager)
        with self.assertRaisesRegex(AccessError, "ledger"):
            use.quantity = 5
        with self.assertRaisesRegex(AccessError, "ledger"):
            use.unlink()

    def _take_back(self, use, user):
        action = use.with_user(user).action_reverse()
        books = self.env["crm.entitlement.book"].with_user(user)
        with Form(books.with_context(**action["context"])) as form:
            form.note = "Wrong customer"
        form.record.action_confirm()
        return use.reversed_by_ids

    def test_a_wrong_entry_is_taken_back_by_a_counter_entry(self):
        contract = self._contract()
        use = self._book(contract, 4)
        counter = self._take_back(use, self.agent)
        self.assertEqual((counter.quantity, counter.note), (-4, "Wrong customer"))
        self.assertMeter(contract, 0, 10, 0)

    def test_an_entry_is_taken_back_once(self):
        use = self._book(self._contract(), 4)
        self._take_back(use, self.agent)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._take_back(use, self.agent)

    def test_a_counter_entry_is_not_taken_back(self):
        counter = self._take_back(self._book(self._contract(), 4), self.agent)
        with self.assertRaisesRegex(UserError, "not taken back"):
            counter.action_reverse()

    def test_a_counter_entry_takes_back_what_was_booked_whatever_is_asked(self):
        use = self._book(self._contract(), 4)
        counter = self._book(use.contract_id, -1000, reverses_id=use.id)
        self.assertEqual(counter.quantity, -4)

    def test_entries_of_colleagues_are_taken_back_by_managers_only(self):
        use = self._book(self._contract(), 4, user=self.manager)
        with self.assertRaisesRegex(AccessError, "Ask this"):
            use.with_user(self.agent).action_reverse()
        with self.assertRaisesRegex(AccessError, "Ask this"):
            self._book(use.contract_id, -4, reverses_id=use.id)
        self._take_back(self._book(use.contract_id, 1), self.manager)

    # Beyond

    def _order_of(self, contract):
        return contract.order_ids.filtered(
            lambda order: order.contract_purpose == "overuse"
        )

    def test_overuse_makes_a_quotation_at_the_customers_prices(self):
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Friends",
                "item_ids": [
                    Command.create(
                        {
                            "compute_price": "fixed",
                            "fixed_price": 70,
                            "applied_on": "0_product_variant",
                            "product_id": self.hour.id,
                        }
                    )
                ],
            }
        )
        self.nordlicht.property_product_pricelist = pricelist
        contract = self._contract()
        use = self._book(contract, 12, reason="Standstill", note="Night shift")
        order = self._order_of(contract)
        self.assertRecordValues(
            order.order_line,
            [
                {
                    "product_id": self.hour.id,
                    "product_uom_qty": 2,
                    "price_unit": 70,
                    "entitlement_use_id": use.id,
                }
            ],
        )
        self.assertEqual((order.state, order.partner_id), ("draft", self.nordlicht))
        self.assertIn("Night shift", order.order_line.name)
        self.assertTrue(use.with_user(self.agent).is_quoted)

    def test_more_overuse_joins_the_quotation_that_is_not_sent_yet(self):
        contract = self._contract()
        self._book(contract, 12, reason="Standstill")
        self._book(contract, 1, reason="Again")
        self.assertEqual(len(self._order_of(contract).order_line), 2)
        self._order_of(contract).action_quotation_sent()
        self._book(contract, 1, reason="And again")
        self.assertEqual(len(self._order_of(contract)), 2)

    def test_the_same_use_is_never_offered_twice(self):
        use = self._book(self._contract(), 12, reason="Standstill")
        use._quote()
        use.with_user(self.manager).action_quote()
        lines = self.env["sale.order.line"].search(
            [("entitlement_use_id", "=", use.id)]
        )
        self.assertEqual(len(lines), 1)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            lines.copy({"entitlement_use_id": use.id, "order_id": lines.order_id.id})

    def test_a_copied_quotation_does_not_carry_the_use(self):
        contract = self._contract()
        self._book(contract, 12, reason="Standstill")
        copy = self._order_of(contract).copy()
        self.assertFalse(copy.order_line.entitlement_use_id)
        self.assertFalse(copy.service_contract_id)

    def test_without_a_product_the_work_is_booked_and_offered_later(self):
        contract = self._contract()
        contract.hours_product_id = False
        use = self._book(contract, 12, reason="Standstill")
        self.assertFalse(self._order_of(contract))
        waiting = use.search(
            [("contract_id", "=", contract.id), ("is_quoted", "=", False)]
        )
        self.assertEqual(waiting, use)
        contract.hours_product_id = self.hour
        use.with_user(self.manager).action_quote()
        self.assertTrue(use.is_quoted)

    def test_agents_do_not_press_for_quotations(self):
        contract = self._contract()
        contract.hours_product_id = False
        use = self._book(contract, 12, reason="Standstill")
        with self.assertRaises(AccessError):
            use.with_user(self.agent).action_quote()

    def test_overuse_that_is_taken_back_leaves_the_draft(self):
        contract = self._contract()
        use = self._book(contract, 12, reason="Standstill")
        self._take_back(use, self.agent)
        self.assertFalse(self._order_of(contract).order_line)

    def test_overuse_that_is_sold_already_is_told_to_sales(self):
        contract = self._contract()
        use = self._book(contract, 12, reason="Standstill")
        order = self._order_of(contract)
        order.action_confirm()
        self._take_back(use, self.agent)
        self.assertTrue(order.order_line)
        self.assertIn("was taken back", order.message_ids[0].body)

    # Tickets

    def test_each_ticket_uses_up_one_of_the_included(self):
        contract = self._contract(included_tickets=2)
        for _number in range(3):
            self._create_ticket(self.anna)
        self.assertEqual((contract.tickets_used, contract.tickets_left), (3, 0))
        beyond = contract.use_ids.filtered("overuse_quantity")
        self.assertEqual(len(beyond), 1)
        self.assertTrue(beyond.is_quoted)

    def test_ticket_that_leaves_the_contract_is_given_back(self):
        contract = self._contract(included_tickets=2)
        ticket = self._create_ticket(self.anna)
        ticket.contract_id = False
        self.assertEqual(contract.tickets_used, 0)
        ticket.contract_id = contract
        self.assertEqual(contract.tickets_used, 1)

    def test_tickets_are_not_counted_where_they_are_not_limited(self):
        contract = self._contract()
        self._create_ticket(self.anna)
        self.assertFalse(contract.use_ids)

    def test_a_ticket_that_was_booked_is_not_deleted(self):
        contract = self._contract()
        ticket = self._create_ticket(self.anna)
        self._book(contract, 1, ticket_id=ticket.id)
        with self.assertRaisesRegex(UserError, "Archive it"):
            ticket.unlink()

    def test_visits_have_a_meter_of_their_own(self):
        contract = self._contract(included_visits=2)
        self._book(contract, 1, kind="visits")
        self.assertEqual(contract.visits_left, 1)
        self.assertMeter(contract, 0, 10, 0)
        self.assertEqual(contract._meter_text(), "10 of 10 h left, 1 of 2 visits left")

    def test_booking_takes_its_turn_before_it_looks(self):
        contract = self._contract()
        order = []
        model = type(contract)
        take, look = model._take_turn, model._left_on
        with (
            patch.object(model, "_take_turn", lambda s: order.append(1) or take(s)),
            patch.object(
                model, "_left_on", lambda s, *a: order.append(2) or look(s, *a)
            ),
        ):
            self._book(contract, 1)
        self.assertEqual(order, [1, 2])
