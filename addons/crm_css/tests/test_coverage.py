from datetime import date

from odoo.exceptions import ValidationError
from odoo.tests import Form, freeze_time, tagged

from .owned_common import OwnedCase


@tagged("post_install", "-at_install")
@freeze_time("2025-03-01 12:00:00")
class TestCoverage(OwnedCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.item = cls._create_item()
        cls.gold = cls.env["crm.service.level"].create({"name": "Gold", "rank": 3})

    def _create_contract(self, **vals):
        vals = {
            "name": "C-17",
            "partner_id": self.nordlicht.id,
            "service_level_id": self.gold.id,
            "is_service": True,
            "service_start": date(2025, 1, 1),
        } | vals
        contract = self.env["contract.contract"].create(vals)
        contract.filtered("is_service").action_sign()
        return contract

    def _kinds(self, day=None, item=None):
        item = item or self.item
        return [cover.kind for cover in item._coverage(day)[item.id]]

    def test_warranty_covers_to_its_last_day(self):
        self.assertEqual(self._kinds(date(2024, 5, 3)), ["maker"])
        self.assertEqual(self._kinds(date(2026, 5, 3)), ["maker"])
        self.assertEqual(self._kinds(date(2026, 5, 4)), [])
        self.assertEqual(self._kinds(date(2024, 5, 2)), [])

    def test_extension_that_carries_on_is_told_before_it_begins(self):
        extended = self._create_terms("One year more", kind="extended", months=12)
        self.env["crm.owned.warranty"].create(
            {"item_id": self.item.id, "warranty_id": extended.id}
        )
        self.assertEqual(self._kinds(), ["extended", "maker"])
        self.assertEqual(self._kinds(date(2026, 5, 4)), ["extended"])
        self.assertIn("One year more until 05/03/2027", self.item._coverage_sentence())

    def test_extension_after_a_gap_does_not_cover_before(self):
        extended = self._create_terms("One year more", kind="extended", months=12)
        self.env["crm.owned.warranty"].create(
            {
                "item_id": self.item.id,
                "warranty_id": extended.id,
                "date_sold": date(2026, 8, 1),
            }
        )
        self.assertEqual(self._kinds(), ["maker"])
        self.assertEqual(self._kinds(date(2026, 7, 31)), [])
        self.assertEqual(self._kinds(date(2026, 8, 1)), ["extended"])

    def test_running_contract_covers(self):
        self._create_contract()
        self.assertEqual(self._kinds(), ["maker", "contract"])
        self.assertEqual(self._kinds(date(2026, 1, 1)), ["maker"])

    def test_contract_for_other_things_or_people_does_not(self):
        self._create_contract(is_service=False)
        self._create_contract(partner_id=self.talisman.id)
        self._create_contract(service_start=date(2025, 6, 1))
        self._create_contract(covered_product_ids=self.beans.ids)
        self._create_contract().write(
            {"is_terminated": True, "terminate_date": date(2025, 2, 1)}
        )
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self._create_contract(company_id=company.id)
        self.assertEqual(self._kinds(), ["maker"])

    def test_contract_without_an_end_covers(self):
        self._create_contract(term_interval=0)
        sentence = self.item._coverage_sentence(date(2030, 1, 1))
        self.assertEqual(sentence, "Covered: C-17 (Gold), without an end.")

    def test_what_is_no_longer_used_is_not_covered(self):
        self._create_contract()
        self.item.state = "retired"
        self.assertEqual(self._kinds(), [])
        self.assertIn("no longer uses", self.item._coverage_sentence())

    def test_answer_in_one_sentence(self):
        self.assertEqual(
            self.item._coverage_sentence(), "Covered: Two years until 05/03/2026."
        )
        self.assertEqual(
            self.item._coverage_sentence(date(2026, 6, 1)),
            "Not covered: the warranty ended on 05/03/2026, and no service contract"
            " runs.",
        )
        bare = self._create_item(product_id=self.beans.id)
        self.assertEqual(
            bare._coverage_sentence(),
            "Not covered: no warranty, and no service contract.",
        )

    def test_customer_may_ask_for_own_items(self):
        self._create_contract()
        item = self.item.with_user(self.portal)
        self.assertEqual(self._kinds(item=item), ["maker", "contract"])
        self.assertIn("Gold", item._coverage_sentence())

    def test_many_items_are_asked_at_once(self):
        items = self.item
        for number in range(10):
            items += self._create_item(lot_name=f"M-{number}")
        items = items.with_user(self.agent)
        items._coverage()  # warms the caches of rights
        self.env.invalidate_all()
        with self.assertQueryCount(8):
            items._coverage()

    # The search

    def _check(self, query, ticket=None, user=None):
        model = self.env["crm.coverage.check"].with_user(user or self.agent)
        return model.create({"query": query, "ticket_id": ticket and ticket.id})

    def test_found_by_serial_order_and_invoice_number(self):
        order = self._create_order(self.grinder)
        first = self._invoice(order)
        item = self._items(order)
        item.lot_name = "ZZ-9"
        for query in ("zz9", order.name, order.name.lower(), first.name):
            with self.subTest(query=query):
                check = self._check(query)
                self.assertEqual(check.item_id, item)
                self.assertTrue(check.is_covered)
                self.assertIn("Two years", check.answer)

    def test_found_by_the_second_invoice_too(self):
        order = self._create_order(self.grinder, quantity=2)
        self._invoice(order)
        second = (
            self._invoice(order, post=False)
            if order.invoice_status == ("to invoice")
            else self.env["account.move"].create(
                {
                    "move_type": "out_invoice",
                    "partner_id": self.nordlicht.id,
                    "invoice_line_ids": [
                        (
                            0,
                            0,
                            {
                                "product_id": self.grinder.id,
                                "sale_line_ids": [(6, 0, order.order_line.ids)],
                            },
                        )
                    ],
                }
            )
        )
        second.action_post()
        self.assertEqual(self._check(second.name).item_id, self._items(order))

    def test_several_are_listed_and_none_is_chosen(self):
        order = self._create_order(self.grinder, self._create_product("Mill"))
        self._invoice(order)
        check = self._check(order.name)
        self.assertEqual(len(check.item_ids), 2)
        self.assertFalse(check.item_id)

    def test_unknown_numbers_and_nonsense_find_nothing(self):
        for query in ("nothing", "%", "_", "'; DROP TABLE", "  ", "-", "\x00"):
            with self.subTest(query=query):
                check = self.env["crm.coverage.check"].new({"query": query})
                self.assertFalse(check.item_ids)
                self.assertFalse(check.item_id)

    def test_on_a_ticket_only_items_of_its_customer_are_found(self):
        ticket = self._create_ticket(self.petr)
        self.assertFalse(self._check("NK-2024-0017", ticket).item_ids)

    def test_choosing_puts_it_on_the_ticket(self):
        ticket = self._create_ticket(self.anna)
        self._check("NK-2024-0017", ticket).action_choose()
        self.assertEqual(ticket.owned_item_id, self.item)

    def test_form_answers_while_typing(self):
        model = self.env["crm.coverage.check"].with_user(self.agent)
        with Form(model) as form:
            form.query = "NK-2024-0017"
            self.assertEqual(form.item_id, self.item)
            self.assertIn("Covered", form.answer)
            form.query = "unknown"
            self.assertIn("Nothing", form.answer)

    # On the ticket

    def test_ticket_takes_the_product_and_tells_the_coverage(self):
        ticket = self._create_ticket(self.anna, owned_item_id=self.item.id)
        self.assertEqual(ticket.product_id, self.grinder)
        self.assertEqual(ticket.entitlement_hint, "Two years until 05/03/2026")
        self.assertEqual(ticket.entitlement_mood, "success")
        self._create_contract()
        ticket.invalidate_recordset()
        self.assertEqual(
            ticket.entitlement_hint,
            "Gold until 12/31/2025 · Two years until 05/03/2026",
        )

    def test_product_without_an_item_stays_as_chosen(self):
        ticket = self._create_ticket(self.anna, product_id=self.beans.id)
        self.assertEqual(ticket.product_id, self.beans)

    def test_item_of_another_customer_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "belongs to Nordlicht"):
            self._create_ticket(self.petr, owned_item_id=self.item.id)

    def test_other_customer_lets_go_of_the_item(self):
        ticket = self._create_ticket(self.anna, owned_item_id=self.item.id)
        ticket.partner_id = self.petr
        self.assertFalse(ticket.owned_item_id)

    def test_number_in_the_title_is_recognised(self):
        ticket = self._create_ticket(self.anna, name="Stops: nk 2024-0017? NK20240017.")
        self.assertEqual(ticket.owned_item_id, self.item)

    def test_number_in_the_text_is_recognised(self):
        text = "<p>It is the one with <b>NK-2024-0017</b></p>"
        ticket = self._create_ticket(self.anna, description=text)
        self.assertEqual(ticket.owned_item_id, self.item)

    def test_number_of_another_customer_is_not(self):
        ticket = self._create_ticket(self.petr, name="NK-2024-0017")
        self.assertFalse(ticket.owned_item_id)

    def test_part_of_a_number_is_not(self):
        ticket = self._create_ticket(self.anna, name="NK-2024-001 and NK-2024-00171")
        self.assertFalse(ticket.owned_item_id)

    def test_two_numbers_leave_the_choice_to_the_agent(self):
        self._create_item(lot_name="NK-2024-0018")
        ticket = self._create_ticket(self.anna, name="NK-2024-0017, NK-2024-0018")
        self.assertFalse(ticket.owned_item_id)

    def test_number_of_what_is_retired_is_not(self):
        self.item.state = "retired"
        self.assertFalse(
            self._create_ticket(self.anna, name="NK-2024-0017").owned_item_id
        )

    def test_number_in_a_later_mail_of_the_customer_is_recognised(self):
        ticket = self._create_ticket(self.anna)
        ticket.message_post(
            author_id=self.anna.id, message_type="email", body="It is NK-2024-0017",
            subtype_xmlid="mail.mt_comment",
        )  # fmt: skip
        self.assertEqual(ticket.owned_item_id, self.item)

    def test_unknown_sender_gets_the_item_when_the_contact_is_known(self):
        ticket = self._create_ticket(
            self.env["res.partner"], name="NK-2024-0017 is hot"
        )
        self.assertFalse(ticket.owned_item_id)
        ticket.partner_id = self.anna
        self.assertEqual(ticket.owned_item_id, self.item)

    def test_agent_who_took_the_item_away_is_not_overruled(self):
        ticket = self._create_ticket(self.anna, name="NK-2024-0017")
        ticket.owned_item_id = False
        ticket.name = "NK-2024-0017 is fine, it is the other one"
        self.assertFalse(ticket.owned_item_id)
