from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .contract_common import ContractCase

TODAY = "2026-11-10 10:00"


@tagged("post_install", "-at_install")
@freeze_time(TODAY)
class TestRenewal(ContractCase):
    """The next period: by an order, at the prices of the day."""

    def _renewal(self, contract, user=None):
        contract.with_user(user or self.manager).action_renew()
        return contract.order_ids.filtered(lambda one: one.state in ("draft", "sent"))

    def _with_line(self, **vals):
        return self._contract(contract_line_ids=[self._line(**vals)])

    # The quotation

    def test_quotation_takes_the_price_list_in_force(self):
        contract = self._with_line()
        order = self._renewal(contract)
        line = order.order_line.filtered("product_id")
        self.assertRecordValues(
            line,
            [
                {
                    "product_id": self.service.id,
                    "product_uom_qty": 12,
                    "price_unit": 120,
                    "contract_old_price": 100,
                    "contract_price_change": 20,
                }
            ],
        )
        self.assertEqual(order.partner_id, self.nordlicht)
        note = order.order_line.filtered("display_type").name
        self.assertIn("from 01/01/2027 to 12/31/2027", note)

    def test_price_list_of_that_day_counts(self):
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "From November",
                "item_ids": [
                    Command.create(
                        {
                            "compute_price": "fixed",
                            "fixed_price": price,
                            "applied_on": "0_product_variant",
                            "product_id": self.service.id,
                            "date_start": start,
                            "date_end": end,
                        }
                    )
                    for price, start, end in (
                        (111, "2026-01-01", "2026-10-31"),
                        (133, "2026-11-01", "2027-12-31"),
                    )
                ],
            }
        )
        self.nordlicht.property_product_pricelist = pricelist
        order = self._renewal(self._with_line())
        self.assertEqual(order.order_line.filtered("product_id").price_unit, 133)

    def test_differences_stand_on_contract_and_quotation(self):
        contract = self._with_line()
        order = self._renewal(contract)
        for document in (contract, order):
            bodies = " ".join(document.message_ids.mapped("body"))
            self.assertIn("+20.0", bodies)

    def test_pressed_twice_there_is_one_quotation(self):
        contract = self._with_line()
        order = self._renewal(contract)
        self.assertEqual(self._renewal(contract), order)

    def test_a_cancelled_quotation_makes_room_for_another(self):
        contract = self._with_line()
        order = self._renewal(contract)
        order.action_cancel()
        self.assertNotEqual(self._renewal(contract), order)

    def test_manager_without_sales_is_told_where_it_is(self):
        action = self._with_line().with_user(self.manager).action_renew()
        self.assertEqual(action["tag"], "display_notification")

    def test_seller_sees_the_quotation(self):
        contract = self._with_line()
        contract.user_id = self.seller
        action = contract.with_user(self.seller).action_renew()
        self.assertEqual(action.get("res_model", "sale.order"), "sale.order")

    def test_agents_do_not_renew(self):
        with self.assertRaises(AccessError):
            self._renewal(self._with_line(), self.agent)

    def test_position_without_a_product_is_told(self):
        contract = self._with_line(product_id=False)
        with self.assertRaisesRegex(UserError, "has no product"):
            self._renewal(contract)

    def test_drafts_and_ended_contracts_are_not_renewed(self):
        ended = self._with_line()
        ended.write({"is_terminated": True, "terminate_date": date(2026, 12, 31)})
        for contract in (ended, self._contract(signed=False)):
            with self.assertRaisesRegex(UserError, "Only a running"):
                self._renewal(contract)

    def test_an_open_contract_is_not_renewed(self):
        with self.assertRaisesRegex(UserError, "has no end"):
            self._renewal(self._contract(term_interval=0))

    def test_invoices_of_the_period_are_counted(self):
        for rule, interval, times in (
            ("monthly", 1, 12),
            ("monthly", 2, 6),
            ("quarterly", 1, 4),
            ("semesterly", 1, 2),
            ("yearly", 1, 1),
            ("weekly", 1, 53),
            ("monthlylastday", 1, 12),
        ):
            contract = self._with_line(
                recurring_rule_type=rule, recurring_interval=interval, quantity=2
            )
            line = self._renewal(contract).order_line.filtered("product_id")
            with self.subTest(rule=rule, interval=interval):
                self.assertEqual(line.product_uom_qty, 2 * times)

    # Its confirmation

    def test_confirmed_order_renews_the_contract(self):
        contract = self._with_line()
        self._renewal(contract).action_confirm()
        self.assertRecordValues(
            contract,
            [
                {
                    "renewal_count": 1,
                    "period_start": date(2027, 1, 1),
                    "service_end": date(2027, 12, 31),
                    "service_state": "renewed",
                }
            ],
        )
        bodies = " ".join(contract.message_ids.mapped("body"))
        self.assertIn("Renewed until 12/31/2027", bodies)

    def test_old_price_stays_until_the_old_end_and_the_new_one_follows(self):
        contract = self._with_line(date_end=date(2026, 12, 31))
        old = contract.contract_line_ids
        self._renewal(contract).action_confirm()
        new = old.successor_contract_line_id
        self.assertRecordValues(
            old | new,
            [
                {
                    "price_unit": 100,
                    "quantity": 1,
                    "date_start": date(2026, 1, 1),
                    "date_end": date(2026, 12, 31),
                },
                {
                    "price_unit": 120,
                    "quantity": 1,
                    "date_start": date(2027, 1, 1),
                    "date_end": date(2027, 12, 31),
                },
            ],
        )
        self.assertEqual(new.recurring_next_date, date(2027, 1, 1))

    def test_open_position_is_stopped_and_followed(self):
        contract = self._with_line()
        old = contract.contract_line_ids
        self._renewal(contract).action_confirm()
        self.assertEqual(old.date_end, date(2026, 12, 31))
        self.assertFalse(old.successor_contract_line_id.date_end)
        self.assertEqual(old.successor_contract_line_id.price_unit, 120)

    def test_same_price_prolongs_the_position(self):
        contract = self._with_line(date_end=date(2026, 12, 31), price_unit=120)
        self._renewal(contract).action_confirm()
        line = contract.contract_line_ids
        self.assertEqual(len(line), 1)
        self.assertEqual(line.date_end, date(2027, 12, 31))

    def test_what_was_agreed_on_the_order_counts(self):
        contract = self._with_line(date_end=date(2026, 12, 31))
        order = self._renewal(contract)
        line = order.order_line.filtered("product_id")
        line.write({"price_unit": 110, "product_uom_qty": 24, "discount": 5})
        order.action_confirm()
        new = contract.contract_line_ids.successor_contract_line_id
        self.assertEqual((new.price_unit, new.quantity, new.discount), (110, 2, 5))

    def test_position_left_out_is_not_renewed(self):
        contract = self._contract(
            contract_line_ids=[self._line(), self._line(name="Spare machine")]
        )
        order = self._renewal(contract)
        spare = contract.contract_line_ids[1]
        order.order_line.filtered(
            lambda line: line.service_contract_line_id == spare
        ).unlink()
        order.action_confirm()
        self.assertEqual(spare.date_end, date(2026, 12, 31))
        self.assertFalse(spare.successor_contract_line_id)

    def test_what_was_invoiced_ahead_keeps_its_price(self):
        contract = self._with_line(
            date_start=date(2026, 3, 1),
            recurring_next_date=date(2026, 3, 1),
            recurring_rule_type="yearly",
        )
        line = contract.contract_line_ids
        line.last_date_invoiced = date(2027, 2, 28)
        self._renewal(contract).action_confirm()
        self.assertEqual(line.date_end, date(2027, 2, 28))
        self.assertEqual(line.successor_contract_line_id.date_start, date(2027, 3, 1))

    def test_expired_contract_is_renewed_without_a_gap(self):
        contract = self._with_line(date_end=date(2026, 12, 31))
        with freeze_time("2027-01-20"):
            self.assertEqual(contract.service_state, "expired")
            self._renewal(contract).action_confirm()
            self.assertEqual(contract.service_state, "running")
        self.assertEqual(contract.period_start, date(2027, 1, 1))
        self.assertEqual(contract.contract_line_ids[-1].date_end, date(2027, 12, 31))

    def test_the_order_is_not_invoiced_beside_the_contract(self):
        order = self._renewal(self._with_line())
        order.action_confirm()
        self.assertEqual(order.invoice_status, "no")
        self.assertEqual(set(order.order_line.mapped("qty_to_invoice")), {0})

    def test_one_period_is_renewed_once(self):
        contract = self._with_line()
        order = self._renewal(contract)
        contract._renew_by_order(order)
        with self.assertRaisesRegex(UserError, "renewed already"):
            order.action_confirm()
        self.assertEqual(contract.renewal_count, 1)

    def test_notice_comes_before_the_order(self):
        contract = self._with_line()
        order = self._renewal(contract)
        contract.write({"is_terminated": True, "terminate_date": date(2026, 12, 31)})
        with self.assertRaisesRegex(UserError, "Notice was given"):
            order.action_confirm()

    def test_an_order_that_renewed_is_not_cancelled(self):
        contract = self._with_line()
        order = self._renewal(contract)
        order.action_confirm()
        with self.assertRaisesRegex(UserError, "Terminate the"):
            order.action_cancel()

    def test_copied_quotation_renews_nothing(self):
        contract = self._with_line()
        self._renewal(contract).copy().action_confirm()
        self.assertEqual(contract.renewal_count, 0)

    def test_meter_of_the_new_period_begins_at_zero(self):
        contract = self._with_line()
        self._book(contract, 6)
        self._renewal(contract).action_confirm()
        self.assertEqual(contract.hours_used, 6)
        with freeze_time("2027-01-01"):
            contract.invalidate_recordset()
            self.assertEqual(contract.hours_used, 0)

    # Tacitly

    def _tacit(self, **vals):
        lines = [self._line(date_end=date(2026, 12, 31))]
        return self._contract(
            renewal_kind="tacit",
            notice_interval=1,
            contract_line_ids=lines,
            **vals,
        )

    def _keep(self, day):
        with freeze_time(day):
            self._run_cron("contract_contract_cron_keep")

    def test_on_the_last_day_for_notice_nothing_happens_yet(self):
        contract = self._tacit()
        self._keep("2026-11-30")
        self.assertEqual(contract.renewal_count, 0)

    def test_the_day_after_the_contract_goes_on(self):
        contract = self._tacit()
        self._keep("2026-12-01")
        self.assertEqual(contract.service_end, date(2027, 12, 31))
        self.assertEqual(contract.contract_line_ids.date_end, date(2027, 12, 31))
        bodies = " ".join(contract.message_ids.mapped("body"))
        self.assertIn("Renewed tacitly until 12/31/2027", bodies)

    def test_run_twice_it_is_renewed_once(self):
        contract = self._tacit()
        self._keep("2026-12-01")
        self._keep("2026-12-01")
        told = contract.message_ids.filtered(lambda one: "tacitly" in (one.body or ""))
        self.assertEqual((contract.renewal_count, len(told)), (1, 1))

    def test_years_late_no_period_is_lost(self):
        contract = self._tacit()
        self._keep("2028-12-05")
        self.assertEqual(contract.renewal_count, 3)
        self.assertEqual(contract.service_end, date(2029, 12, 31))

    def test_late_job_leaves_no_customer_uncovered(self):
        contract = self._tacit()
        with freeze_time("2027-02-01"):
            self.assertEqual(contract.service_state, "running")
            self.assertEqual(self._create_ticket(self.anna).contract_id, contract)

    def test_notice_in_time_ends_it(self):
        contract = self._tacit()
        contract.write({"is_terminated": True, "terminate_date": date(2026, 12, 31)})
        self._keep("2026-12-20")
        self.assertEqual(contract.renewal_count, 0)

    def test_notice_for_the_next_end_lets_one_more_period_run(self):
        contract = self._tacit()
        contract.write({"is_terminated": True, "terminate_date": date(2027, 12, 31)})
        self._keep("2028-06-01")
        self.assertEqual(contract.renewal_count, 1)

    def test_month_ends_do_not_drift_over_many_renewals(self):
        contract = self._contract(
            service_start=date(2026, 1, 31),
            term_unit="month",
            renewal_kind="tacit",
            renewal_unit="month",
        )
        self._keep("2027-03-29")
        self.assertEqual(contract.service_end, date(2027, 3, 30))
        self._keep("2027-04-05")
        self.assertEqual(contract.service_end, date(2027, 4, 30))

    def test_explicit_contracts_are_not_renewed_by_themselves(self):
        contract = self._contract()
        self._keep("2027-02-01")
        self.assertEqual(contract.renewal_count, 0)

    def test_a_contract_that_another_process_holds_is_left_for_later(self):
        """Two jobs at once: what one has locked the other passes over."""
        contract = self._tacit()
        nobody = contract.browse()
        self.patch(type(contract), "try_lock_for_update", lambda *_a, **_k: nobody)
        self._keep("2026-12-01")
        self.assertEqual(contract.renewal_count, 0)

    def test_one_that_fails_does_not_stop_the_others(self):
        broken, sound = self._tacit(), self._tacit()
        renew = type(broken)._renew_tacitly

        def fail(contract):
            if contract == broken:
                raise ValueError("broken")
            return renew(contract)

        self.patch(type(broken), "_renew_tacitly", fail)
        with self.assertLogs("odoo.addons.crm_css", "ERROR"):
            self._keep("2026-12-01")
        self.assertEqual((broken.renewal_count, sound.renewal_count), (0, 1))

    def test_cron_of_the_lines_leaves_service_contracts_alone(self):
        contract = self._tacit()
        contract.contract_line_ids.is_auto_renew = True
        domain = self.env["contract.line"]._contract_line_to_renew_domain()
        with freeze_time("2026-12-20"):
            found = self.env["contract.line"].search(domain)
        self.assertNotIn(contract.contract_line_ids, found)
