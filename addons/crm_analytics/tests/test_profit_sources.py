from datetime import date, datetime

from odoo import Command
from odoo.tests import tagged

from .profit_common import YEAR, ProfitCase


@tagged("post_install", "-at_install")
class TestProfitOfSales(ProfitCase):
    def test_orders_count_at_list_price_and_their_discounts_apart(self):
        self._sell(self.olivar, product_uom_qty=2, discount=10)
        self.assertEqual(
            self._parts(self.olivar),
            {"income": 200, "discounts": -20, "goods": -120},
        )

    def test_what_is_given_away_is_a_discount_of_its_whole_price(self):
        self._sell(self.olivar, discount=100)
        self.assertEqual(
            self._parts(self.olivar),
            {"income": 100, "discounts": -100, "goods": -60},
        )

    def test_a_discount_on_the_whole_order_is_a_discount(self):
        off = self.env["product.product"].create({"name": "Off", "type": "service"})
        self.company.sale_discount_product_id = off
        order = self._sell(self.olivar)
        line = {"product_id": off.id, "price_unit": -15, "tax_ids": [Command.clear()]}
        order.order_line = [Command.create(line)]
        profit = self._profit(self.olivar)
        amounts = {line.source: line.amount for line in profit.line_ids}
        self.assertEqual(amounts, {"income": 100, "discounts": -15, "goods": -60})
        self.assertEqual(profit.income, order.amount_untaxed)

    def test_taxes_in_the_price_are_neither_income_nor_discount(self):
        group = self.env["account.tax.group"].create(
            {"name": "VAT", "company_id": self.company.id}
        )
        self.company.account_fiscal_country_id = self.env.ref("base.de")
        tax = self.env["account.tax"].create(
            {
                "name": "20 % in the price",
                "amount": 20,
                "price_include_override": "tax_included",
                "company_id": self.company.id,
                "country_id": self.env.ref("base.de").id,
                "tax_group_id": group.id,
            }
        )
        order = self._sell(
            self.olivar, price_unit=120, discount=50, tax_ids=[Command.set(tax.ids)]
        )
        self.assertEqual(order.amount_untaxed, 50)
        parts = self._parts(self.olivar)
        self.assertEqual((parts["income"], parts["discounts"]), (100, -50))

    def test_a_refund_gives_back_its_share_of_the_goods_cost(self):
        order = self._sell(self.olivar)
        self._refund(order, 50)
        parts = self._parts(self.olivar)
        self.assertEqual((parts["refunds"], parts["goods_back"]), (-50, 30))

    def test_net_income_less_goods_is_the_margin_of_the_value_source(self):
        order = self._sell(self.olivar, product_uom_qty=3, discount=20)
        self._refund(order, 70)
        self._bill(self.olivar, 10, move_type="out_refund")
        profit = self._profit(self.olivar)
        facts = self._facts("2025-01-01", "2025-12-31")
        self.assertAlmostEqual(profit.income, sum(float(f["amount"]) for f in facts))
        self.assertAlmostEqual(
            profit.profit, sum(float(f["margin"]) for f in facts), places=2
        )

    def test_more_refunds_than_orders_are_a_negative_income(self):
        order = self._sell(self.olivar)
        self._refund(order, 250)
        profit = self._profit(self.olivar)
        self.assertEqual((profit.income, profit.cost, profit.profit), (-150, -90, -60))
        self.assertFalse(profit.margin_percent)
        why = profit.read_waterfall()["why"]
        self.assertEqual(why[0], "More was refunded than was bought.")

    def test_drafts_cancelled_ones_other_years_and_other_companies_are_out(self):
        for state in ("draft", "sent", "cancel"):
            self._sell(self.olivar, state=state)
        self._sell(self.olivar, day="2024-12-31")
        self._sell(self.olivar, day="2026-01-01")
        draft = self._bill(self.olivar, 10, move_type="out_refund")
        draft.button_draft()
        other = self.env["res.company"].create({"name": "Other"})
        self._sell(self.talisman)
        self.assertFalse(self._profit(self.olivar))
        run = self._run(company_id=other.id, compare_id=False)
        self.assertFalse(run.profit_ids)

    def test_foreign_money_counts_at_the_rate_of_the_orders_day(self):
        order = self._sell(self.olivar, discount=10)
        order.currency_rate = 2
        amounts = {"income": 50, "discounts": -5, "goods": -30}
        self.assertEqual(self._parts(self.olivar), amounts)
        # Without a rate the ERP counts one to one, and so does this.
        order.currency_rate = 0
        self.assertEqual(self._parts(self.olivar)["income"], 100)

    def test_the_people_of_a_customer_count_as_the_customer(self):
        self._sell(self.anna)
        self._sell(self.nordlicht, price_unit=300)
        self.assertEqual(self._parts(self.nordlicht)["income"], 400)
        self.assertFalse(self._profit(self.anna))

    def test_invoices_of_contracts_count_unless_an_order_sold_them(self):
        contract = self.env["contract.contract"].create(
            {
                "name": "C-1",
                "partner_id": self.olivar.id,
                "company_id": self.company.id,
                "contract_line_ids": [
                    Command.create(
                        {
                            "name": "Service",
                            "product_id": self.grinder.id,
                            "quantity": 1,
                            "price_unit": 80,
                            "date_start": "2025-01-01",
                            "recurring_next_date": "2025-01-01",
                        }
                    )
                ],
            }
        )
        line = contract.contract_line_ids
        bill = self._bill(self.olivar, 80, line={"contract_line_id": line.id})
        profit = self._profit(self.olivar)
        self.assertEqual((profit.income, profit.profit), (80, 80))
        self.assertEqual(self._opened(profit, "invoices"), bill.invoice_line_ids)
        order = self._sell(self.olivar)
        order.order_line.service_contract_line_id = line
        profit = self._profit(self.olivar)
        self.assertEqual(profit.income, 100)
        self.assertFalse(self._opened(profit, "invoices"))

    def _opened(self, profit, source):
        action = profit.action_open_documents(source)
        return self.env[action["res_model"]].search(action["domain"])

    def test_documents_that_open_sum_up_to_the_number(self):
        self._sell(self.anna, product_uom_qty=2, discount=10)
        self._sell(self.talisman)
        self._sell(self.nordlicht, day="2024-06-01")
        refunded = self._sell(self.nordlicht, price_unit=300)
        self._refund(refunded, 40)
        profit = self._profit(self.nordlicht)
        amounts = profit._amounts()
        lines = self._opened(profit, "income")
        listed = sum(line.price_unit * line.product_uom_qty for line in lines)
        self.assertEqual(listed, amounts["income"])
        reduced = self._opened(profit, "discounts")
        self.assertEqual(reduced.mapped("discount"), [10])
        costs = self._opened(profit, "goods")
        spent = sum(line.purchase_price * line.product_uom_qty for line in costs)
        self.assertEqual(-spent, amounts["goods"])
        credit = self._opened(profit, "refunds")
        self.assertEqual(-sum(credit.mapped("balance")), amounts["refunds"])
        self.assertEqual(self._opened(profit, "goods_back"), credit)


@tagged("post_install", "-at_install")
class TestProfitOfEffort(ProfitCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "profit_ticket_cost": 15,
                "profit_visit_cost": 40,
                "profit_hour_cost": 30,
                "profit_interest": 36.5,
            }
        )

    def _opened(self, profit, source):
        action = profit.action_open_documents(source)
        return self.env[action["res_model"]].search(action["domain"])

    def _ticket(self, partner, day="2025-05-05", **vals):
        ticket = self.env["helpdesk.ticket"].create(
            {
                "name": "It stops",
                "description": "<p>It stops.</p>",
                "partner_id": partner.id,
                "company_id": self.company.id,
            }
            | vals
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET create_date = %s WHERE id = %s",
            [datetime.fromisoformat(f"{day} 12:00"), ticket.id],
        )
        ticket.invalidate_recordset()
        return ticket

    def test_a_ticket_costs_the_companys_rate(self):
        tickets = self._ticket(self.anna) | self._ticket(self.nordlicht)
        self._ticket(self.anna, active=False)
        self._ticket(self.anna, day="2024-05-05")
        profit = self._profit(self.nordlicht)
        self.assertEqual((profit.profit, profit.cost), (-30, 30))
        self.assertEqual(self._opened(profit, "tickets"), tickets)

    def test_a_customer_who_only_cost_says_so(self):
        self._ticket(self.olivar)
        profit = self._profit(self.olivar)
        self.assertEqual((profit.income, profit.profit), (0, -15))
        why = profit.read_waterfall()["why"]
        self.assertEqual(why[0], "Nothing was bought in this period.")
        self.assertIn("Service", why[1])

    def test_a_rate_of_zero_is_not_counted_and_the_page_tells_it(self):
        self.company.write({"profit_ticket_cost": 0, "profit_interest": 0})
        self._ticket(self.olivar)
        self._sell(self.olivar)
        run = self._run()
        profit = self._profit(self.olivar, run)
        self.assertNotIn("tickets", profit._amounts())
        told = profit.read_waterfall()["not_counted"]
        self.assertIn("no cost of a ticket", told)
        self.assertIn("no interest", told)
        # The rates of a computation stay what they were.
        self.company.profit_ticket_cost = 15
        self.assertEqual(run.ticket_cost, 0)

    def _meeting(self, partners, **vals):
        return self.env["calendar.event"].create(
            {
                "name": "Tasting",
                "start": "2025-06-02 09:00:00",
                "stop": "2025-06-02 11:00:00",
                "user_id": self.reader.id,
                "partner_ids": [Command.set((partners | self.reader.partner_id).ids)],
            }
            | vals
        )

    def test_a_visit_costs_the_way_and_the_time_there(self):
        meeting = self._meeting(self.anna)
        visit = self.env["crm.visit"].create(
            {
                "event_id": meeting.id,
                "partner_id": self.anna.id,
                "user_id": self.reader.id,
                "company_id": self.company.id,
            }
        )
        # Planned only: nobody went there, and nobody met.
        self.assertFalse(self._profit(self.nordlicht))
        visit.write(
            {"date_in": "2025-06-02 09:00:00", "date_out": "2025-06-02 10:30:00"}
        )
        profit = self._profit(self.nordlicht)
        self.assertEqual(profit._amounts(), {"visits": -85})
        self.assertEqual(self._opened(profit, "visits"), visit)

    def test_a_meeting_is_shared_by_the_customers_who_came(self):
        people = self.anna | self.nordlicht | self.olivar | self.talisman
        meeting = self._meeting(people)
        refuses = meeting.attendee_ids.filtered(
            lambda guest: guest.partner_id == self.talisman
        )
        refuses.state = "declined"
        self._meeting(self.olivar, active=False)
        run = self._run()
        self.assertEqual(self._parts(self.nordlicht, run), {"meetings": -50})
        self.assertEqual(self._parts(self.olivar, run), {"meetings": -50})
        self.assertFalse(self._profit(self.talisman, run))
        opened = self._opened(self._profit(self.olivar, run), "meetings")
        self.assertEqual(opened, meeting)

    def test_a_campaign_is_shared_by_all_whom_it_reached(self):
        campaign = self.env["utm.campaign"].create(
            {"name": "Fair", "company_id": self.company.id, "crm_cost": 100}
        )
        lead = self.env["crm.lead"].create(
            {
                "name": "Asks",
                "partner_id": self.anna.id,
                "campaign_id": campaign.id,
                "company_id": self.company.id,
            }
        )
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "News",
                "campaign_id": campaign.id,
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
            }
        )
        sent = {"mass_mailing_id": mailing.id, "sent_datetime": "2025-02-01 08:00:00"}
        self.env["mailing.trace"].create(
            [
                sent | {"model": model, "res_id": record.id}
                for model, record in (
                    ("res.partner", self.nordlicht),
                    ("res.partner", self.olivar),
                    ("crm.lead", lead),
                )
            ]
        )
        # The lead came this year, which is another period.
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = '2024-02-01' WHERE id = %s", [lead.id]
        )
        run = self._run()
        self.assertEqual(self._parts(self.nordlicht, run), {"campaigns": -50})
        self.assertEqual(self._parts(self.olivar, run), {"campaigns": -25})
        opened = self._opened(self._profit(self.olivar, run), "campaigns")
        self.assertEqual(opened, campaign)

    def test_late_payment_costs_interest_for_each_day_and_part(self):
        invoice = self._bill(self.anna, 1000, "2025-01-10")
        self._pay(invoice, 400, "2025-01-20")
        on_time = self._bill(self.olivar, 500, "2025-01-10")
        self._pay(on_time, 500, "2025-01-10")
        run = self._run()
        # 0.1 % a day: 400 for 10 days, 600 for the 355 days until the end of the year.
        self.assertEqual(self._parts(self.nordlicht, run)["late"], -217)
        self.assertEqual(self._parts(self.olivar, run), {"invoices": 500})
        opened = self._opened(self._profit(self.nordlicht, run), "late")
        self.assertEqual(opened, invoice)
        self._pay(invoice, 600, "2025-02-09")
        first = self._run(YEAR[0], date(2025, 1, 31))
        second = self._run(date(2025, 2, 1), YEAR[1])
        self.assertEqual(self._parts(self.nordlicht, first)["late"], -16.6)
        self.assertEqual(self._parts(self.nordlicht, second)["late"], -5.4)
