from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged

from .common import JULY, CommissionCase


@tagged("post_install", "-at_install")
@freeze_time(JULY)
class TestCommissionEarned(CommissionCase):
    """Hand-worked cases of what a period earns."""

    def test_narrowest_rate_holds_for_the_goods(self):
        below = self.food.create({"name": "Coffee", "parent_id": self.food.id})
        self.beans.categ_id = below
        tea = self.env["product.product"].create(
            {"name": "Tea", "categ_id": self.food.id, "taxes_id": False}
        )
        plan = self._create_plan(
            rate_ids=[
                self._rate(5),
                self._rate(2, categ_id=self.food.id),
                self._rate(3, categ_id=below.id),
                self._rate(0, product_tmpl_id=tea.product_tmpl_id.id),
            ]
        )
        self._invoice("2026-06-01", 100)
        self._invoice("2026-06-02", 100, self.beans)
        self._invoice("2026-06-03", 100, tea)
        statement = self._settle(plan, "2026-06-01")
        self.assertEqual(self._amounts(statement), [5, 3, 0])
        self.assertEqual(statement.total, 8)

    def test_tier_reached_holds_for_the_whole(self):
        tiers = self._tiers("whole", (0, 1000, 2), (1000, 0, 4))
        plan = self._create_plan(rate_ids=[tiers])
        self._invoice("2026-06-01", 600)
        self._invoice("2026-06-02", 500)
        self.assertLines(
            self._settle(plan, "2026-06-01"),
            ("sale", 600, 4, 24),
            ("sale", 500, 4, 20),
        )

    def test_marginal_tiers_cut_a_document_at_the_bound(self):
        tiers = self._tiers("marginal", (0, 1000, 2), (1000, 0, 4))
        plan = self._create_plan(rate_ids=[tiers])
        self._invoice("2026-06-01", 600)
        self._invoice("2026-06-02", 500)
        statement = self._settle(plan, "2026-06-01")
        self.assertLines(
            statement,
            ("sale", 600, 2, 12),
            ("sale", 400, 2, 8),
            ("sale", 100, 4, 4),
        )
        self.assertIn("1,000.00", statement.line_ids[-1].rule)

    def test_amounts_that_make_the_bound_to_the_cent_reach_the_tier(self):
        tiers = self._tiers("whole", (0, 100000, 3), (100000, 0, 5))
        plan = self._create_plan(rate_ids=[tiers])
        amounts = (8815.89, 4861.99, 23361.93, 35966.06, 24064.96, 2929.17)
        self.assertLess(sum(amounts), 100000)
        for day, amount in enumerate(amounts, 1):
            self._invoice(f"2026-06-0{day}", amount)
        self.assertEqual(self._settle(plan, "2026-06-01").total, 5000)

    def test_quota_accelerates_what_is_earned(self):
        quota = self.env["crm.quota"].create(
            {
                "user_id": self.seller.id,
                "metric": "invoiced",
                "date_from": "2026-01-01",
                "date_to": "2026-12-31",
                "amount": 3650,
            }
        )
        quota.action_confirm()
        steps = [
            Command.create({"attainment": at, "multiplier": times})
            for at, times in ((100, 1.5), (150, 2))
        ]
        plan = self._create_plan(accelerator_ids=steps)
        # June has 30 days of 365: 300 are planned, 120 % are reached.
        self._invoice("2026-06-01", 360)
        line = self._settle(plan, "2026-06-01").line_ids
        self.assertEqual((line.attainment, line.multiplier), (120, 1.5))
        self.assertEqual(line.amount, 27)
        self.assertIn("× 1.5 at 120", line.rule)

    def test_quota_reached_to_the_cent_accelerates(self):
        amount = 46148.41
        self.assertLess(100 * amount / amount, 100)
        quota = self.env["crm.quota"].create(
            {
                "user_id": self.seller.id,
                "metric": "invoiced",
                "date_from": "2026-06-01",
                "date_to": "2026-06-30",
                "amount": amount,
            }
        )
        quota.action_confirm()
        step = Command.create({"attainment": 100, "multiplier": 2})
        plan = self._create_plan(accelerator_ids=[step])
        self._invoice("2026-06-01", amount)
        self.assertEqual(self._settle(plan, "2026-06-01").total, 4614.84)

    def test_without_a_quota_nothing_is_accelerated_and_the_line_says_so(self):
        step = Command.create({"attainment": 0, "multiplier": 2})
        plan = self._create_plan(accelerator_ids=[step])
        self._invoice("2026-06-01", 100)
        line = self._settle(plan, "2026-06-01").line_ids
        self.assertEqual(line.amount, 5)
        self.assertIn("no quota", line.rule)

    def test_order_is_split_between_sellers_and_its_invoice_follows(self):
        plan = self._create_plan(users=self.seller | self.colleague)
        order = self._sell("2026-06-01", 1000)
        self._share(order, (self.seller, 70), (self.colleague, 30))
        invoice = order._create_invoices()
        invoice.invoice_date = "2026-06-02"
        invoice.action_post()
        self.assertLines(self._settle(plan, "2026-06-01"), ("sale", 700, 5, 35))
        line = self._statement("2026-06-01", self.colleague).line_ids
        self.assertEqual((line.base, line.share, line.amount), (300, 30, 15))
        self.assertEqual((line.order_id, line.move_id), (order, invoice))

    def test_shares_that_do_not_make_the_whole_are_refused(self):
        order = self._create_order()
        with self.assertRaisesRegex(
            UserError, rf"{order.name} make 90 %.*Sam Seller 60"
        ):
            self._share(order, (self.seller, 60), (self.colleague, 30))
        with self.assertRaisesRegex(UserError, "two shares"):
            self._share(order, (self.seller, 50), (self.seller, 50))
        self.assertFalse(order.commission_split_ids)

    def test_leader_earns_on_what_others_sell_for_the_team(self):
        plan = self._create_plan(users=self.leader | self.seller, override_rate=1)
        self._invoice("2026-06-01", 1000)
        self._invoice("2026-06-02", 400, invoice_user_id=self.leader.id)
        other = self.env["crm.team"].create({"name": "Tea"})
        self._invoice("2026-06-03", 500, team_id=other.id)
        statement = self._settle(plan, "2026-06-01", self.leader)
        self.assertLines(statement, ("override", 1000, 1, 10), ("sale", 400, 5, 20))

    def test_leader_earns_on_what_others_share_of_an_own_order(self):
        plan = self._create_plan(
            users=self.leader, override_rate=1, measure="order", rate_ids=[]
        )
        order = self._sell("2026-06-01", 1000, user=self.leader)
        self._share(order, (self.leader, 60), (self.seller, 40))
        self.assertLines(
            self._settle(plan, "2026-06-01", self.leader), ("override", 400, 1, 4)
        )

    def test_orders_and_their_margin_count(self):
        orders = self._create_plan(measure="order")
        margins = self._create_plan(
            name="Margin", measure="margin", rate_ids=[self._rate(10)]
        )
        self._sell("2026-06-01", 100)
        self._create_order()
        self._settle(orders, "2026-06-01")
        statement = self._settle(margins, "2026-06-01")
        self.assertLines(statement, ("sale", 100, 5, 5), ("sale", 40, 10, 4))

    def test_paid_invoice_counts_in_the_month_of_the_last_payment(self):
        plan = self._create_plan(measure="paid")
        invoice = self._invoice("2026-04-10", 300)
        self._pay(invoice, "2026-05-10", amount=100)
        self.assertFalse(self._settle(plan, "2026-05-01"))
        self._pay(invoice, "2026-06-10")
        self.assertFalse(self._settle(plan, "2026-05-01"))
        self.assertLines(self._settle(plan, "2026-06-01"), ("sale", 300, 5, 15))

    def test_currency_counts_at_the_rate_of_the_day(self):
        orders = self._create_plan(measure="order")
        prices = self._prices("XQT", {"2026-01-01": 4, "2026-06-01": 2})
        self._sell("2026-05-31", 100, pricelist_id=prices.id)
        self._sell("2026-06-01", 100, pricelist_id=prices.id)
        self.assertLines(self._settle(orders, "2026-05-01"), ("sale", 25, 5, 1.25))
        self.assertLines(self._settle(orders, "2026-06-01"), ("sale", 50, 5, 2.5))

    def test_currency_without_a_rate_is_left_out_and_said_until_there_is_one(self):
        plan = self._create_plan(measure="order")
        prices = self._prices("XQU", {"2026-07-01": 3})
        self._sell("2026-06-01", 100, pricelist_id=prices.id)
        statement = self._settle(plan, "2026-06-01")
        self.assertLines(statement, ("skipped", 0, 0, 0))
        self.assertIn("XQU", statement.line_ids.rule)
        self.assertEqual(statement.skipped_count, 1)
        rate = {"name": "2026-06-01", "rate": 4, "currency_id": prices.currency_id.id}
        self.env["res.currency.rate"].create(rate)
        self.assertLines(self._settle(plan, "2026-06-01"), ("sale", 25, 5, 1.25))

    def test_period_that_runs_keeps_its_version(self):
        plan = self._create_plan(period="quarter")
        version = plan.browse(plan.action_new_version()["res_id"])
        version.date_from = "2026-10-01"
        version.rate_ids.rate = 8
        version.action_confirm()
        self._invoice("2026-09-30", 100)
        self._invoice("2026-10-01", 100)
        self.assertLines(self._settle(plan, "2026-07-01"), ("sale", 100, 5, 5))
        self.assertLines(self._settle(plan, "2026-10-01"), ("sale", 100, 8, 8))

    def test_month_after_a_change_is_paid_by_the_new_version(self):
        plan = self._create_plan()
        version = plan.browse(plan.action_new_version()["res_id"])
        version.date_from = "2026-06-01"
        version.rate_ids.rate = 8
        version.action_confirm()
        self._invoice("2026-05-31", 100)
        self._invoice("2026-06-01", 100)
        self.assertEqual(self._settle(plan, "2026-05-01").total, 5)
        self.assertEqual(self._settle(plan, "2026-06-01").total, 8)

    def test_only_the_days_of_membership_count(self):
        member = {"user_id": self.seller.id, "date_from": "2026-06-10"}
        plan = self._create_plan(member_ids=[Command.create(member)])
        self._invoice("2026-06-09", 100)
        self._invoice("2026-06-10", 200)
        self.assertEqual(self._settle(plan, "2026-06-01").total, 10)

    def _prices(self, name, rates):
        currency = self.env["res.currency"].create(
            {
                "name": name,
                "symbol": name,
                "rate_ids": [
                    Command.create({"name": day, "rate": rate})
                    for day, rate in rates.items()
                ],
            }
        )
        return self.env["product.pricelist"].create(
            {"name": name, "currency_id": currency.id}
        )


@tagged("post_install", "-at_install")
@freeze_time(JULY)
class TestCommissionCorrections(CommissionCase):
    """What changes after a statement is confirmed comes with the next one."""

    def test_credit_note_of_the_same_month_is_netted(self):
        tiers = self._tiers("whole", (0, 1000, 2), (1000, 0, 4))
        plan = self._create_plan(rate_ids=[tiers])
        invoice = self._invoice("2026-06-01", 1200)
        self._refund(invoice, "2026-06-05", 300)
        statement = self._settle(plan, "2026-06-01")
        self.assertLines(statement, ("sale", 1200, 2, 24), ("sale", -300, 2, -6))

    def test_credit_note_takes_back_what_the_invoice_earned(self):
        tiers = self._tiers("whole", (0, 1000, 2), (1000, 0, 4))
        plan = self._create_plan(rate_ids=[tiers])
        invoice = self._invoice("2026-05-10", 1200)
        may = self._settle(plan, "2026-05-01", confirm=True)
        refund = self._refund(invoice, "2026-06-05", 600)
        self._invoice("2026-06-20", 700)
        june = self._settle(plan, "2026-06-01")
        # At the 4 % of May, and without pulling June into a lower tier.
        self.assertLines(june, ("clawback", -600, 4, -24), ("sale", 700, 2, 14))
        line = june.line_ids[0]
        self.assertEqual((line.move_id, line.origin_id), (refund, may.line_ids))
        self.assertIn("May 2026", line.rule)
        self.assertEqual(may.total, 48)

    def test_credit_notes_never_take_back_more_than_was_earned(self):
        plan = self._create_plan()
        invoice = self._invoice("2026-05-10", 100)
        self._settle(plan, "2026-05-01", confirm=True)
        self._refund(invoice, "2026-06-05", 80)
        self._settle(plan, "2026-06-01", confirm=True)
        self._refund(invoice, "2026-07-05", 80)
        self.assertEqual(self._settle(plan, "2026-07-01").total, -1)

    def test_credit_note_of_what_never_earned_costs_nothing(self):
        plan = self._create_plan()
        invoice = self._invoice("2025-12-10", 100)
        self._refund(invoice, "2026-06-05")
        self.assertFalse(self._settle(plan, "2026-06-01"))

    def test_order_changed_later_is_corrected_once(self):
        plan = self._create_plan(measure="order")
        order = self._sell("2026-04-10", 300)
        april = self._settle(plan, "2026-04-01", confirm=True)
        order.order_line.price_unit = 500
        self.assertLines(
            self._settle(plan, "2026-05-01", confirm=True), ("correction", 200, 5, 10)
        )
        self.assertFalse(self._settle(plan, "2026-06-01"))
        self.assertEqual(april.total, 15)

    def test_order_cancelled_later_is_taken_back_to_the_cent(self):
        plan = self._create_plan(measure="order", rate_ids=[self._rate(3.33)])
        order = self._sell("2026-05-10", 99.99)
        may = self._settle(plan, "2026-05-01", confirm=True)
        order._action_cancel()
        june = self._settle(plan, "2026-06-01")
        self.assertEqual(june.total, -may.total)

    def test_late_document_and_late_share_come_with_the_next_statement(self):
        plan = self._create_plan(users=self.seller | self.colleague, measure="order")
        order = self._sell("2026-05-10", 1000)
        self._sell("2026-05-11", 100, user=self.colleague)
        plan._compute_period(*self._may())
        for user in (self.seller, self.colleague):
            self._statement("2026-05-01", user).action_confirm()
        self._sell("2026-05-12", 200)
        self._share(order, (self.seller, 50), (self.colleague, 50))
        june = self._settle(plan, "2026-06-01")
        self.assertLines(june, ("correction", -500, 5, -25), ("sale", 200, 5, 10))
        shared = self._statement("2026-06-01", self.colleague)
        self.assertLines(shared, ("sale", 500, 5, 25))

    def test_older_draft_is_confirmed_first(self):
        plan = self._create_plan()
        self._invoice("2026-05-10")
        self._invoice("2026-06-10")
        may = self._settle(plan, "2026-05-01")
        june = self._settle(plan, "2026-06-01")
        with self.assertRaisesRegex(UserError, "older statement of Sam Seller"):
            june.action_confirm()
        (may | june).action_confirm()
        self.assertEqual(june.state, "confirmed")

    def test_confirming_makes_later_drafts_anew(self):
        plan = self._create_plan()
        invoice = self._invoice("2026-05-10", 100)
        may = self._settle(plan, "2026-05-01")
        self._invoice("2026-06-01", 200)
        self._refund(invoice, "2026-06-10")
        june = self._settle(plan, "2026-06-01")
        may.action_confirm()
        self.assertLines(june, ("sale", 200, 5, 10), ("clawback", -100, 5, -5))

    def test_confirmed_never_changes(self):
        plan = self._create_plan()
        self._invoice("2026-05-10", 100)
        may = self._settle(plan, "2026-05-01", confirm=True)
        self._invoice("2026-05-20", 900)
        self._settle(plan, "2026-05-01")
        may.action_compute()
        self.assertEqual(may.total, 5)
        for change in ({"date_to": "2026-06-30"}, {"state": "draft"}, {"total": 1}):
            with self.assertRaises(UserError):
                may.write(change)
        with self.assertRaises(UserError):
            may.unlink()
        may.action_pay()
        self.assertEqual(may.state, "paid")

    def test_period_that_runs_is_not_confirmed(self):
        plan = self._create_plan()
        self._invoice("2026-07-10", 100)
        with self.assertRaisesRegex(UserError, "not over"):
            self._settle(plan, "2026-07-01", confirm=True)

    def test_plan_pays_nothing_of_the_time_before_it(self):
        member = {"user_id": self.seller.id, "date_to": "2026-05-31"}
        plan = self._create_plan(member_ids=[Command.create(member)])
        self._invoice("2026-05-10", 100)
        self._settle(plan, "2026-05-01", confirm=True)
        other = self._create_plan(name="Other", date_from="2026-06-01")
        self._invoice("2026-06-10", 200)
        self.assertLines(self._settle(other, "2026-06-01"), ("sale", 200, 5, 10))

    def test_late_document_is_paid_by_the_version_of_its_day(self):
        machines = self._rate(5, categ_id=self.machines.id)
        plan = self._create_plan(rate_ids=[machines])
        self._invoice("2026-05-10", 100)
        self._invoice("2026-05-11", 1000, self.beans)
        self._settle(plan, "2026-05-01", confirm=True)
        self._next_version(plan, rate_ids=[Command.clear(), self._rate(8)])
        self._invoice("2026-05-20", 200)
        self._invoice("2026-06-10", 100, self.beans)
        self.assertLines(
            self._settle(plan, "2026-06-01"), ("sale", 200, 5, 10), ("sale", 100, 8, 8)
        )

    def test_narrower_version_takes_back_no_more_than_a_credit_note_says(self):
        plan = self._create_plan()
        invoice = self._invoice("2026-05-10", 100, self.beans)
        self._settle(plan, "2026-05-01", confirm=True)
        machines = self._rate(8, categ_id=self.machines.id)
        self._next_version(plan, rate_ids=[Command.clear(), machines])
        self.assertFalse(self._settle(plan, "2026-06-01"))
        self._refund(invoice, "2026-06-05", 40)
        june = self._settle(plan, "2026-06-01", confirm=True)
        self.assertLines(june, ("clawback", -40, 5, -2))
        self.assertFalse(self._settle(plan, "2026-07-01").line_ids)

    def test_leader_is_paid_for_no_month_before_the_rate_was_agreed(self):
        self._check_leaders_rate(0, 2, may=5)

    def test_leader_keeps_what_the_rate_of_its_month_paid(self):
        self._check_leaders_rate(2, 0, may=25)

    def _check_leaders_rate(self, before, after, may):
        plan = self._create_plan(users=self.leader, override_rate=before)
        self._invoice("2026-05-10", 1000)
        self._invoice("2026-05-11", 100, invoice_user_id=self.leader.id)
        statement = self._settle(plan, "2026-05-01", self.leader, confirm=True)
        self.assertEqual(statement.total, may)
        self._next_version(plan, override_rate=after)
        self.assertFalse(self._settle(plan, "2026-06-01", self.leader))

    def test_deleted_order_is_taken_back_and_later_sales_earn(self):
        plan = self._create_plan(measure="order")
        order = self._sell("2026-05-10", 300)
        self._settle(plan, "2026-05-01", confirm=True)
        order._action_cancel()
        order.unlink()
        self._sell("2026-06-10", 200)
        june = self._settle(plan, "2026-06-01", confirm=True)
        self.assertLines(june, ("correction", -300, 5, -15), ("sale", 200, 5, 10))
        self._sell("2026-07-10", 100)
        self.assertLines(self._settle(plan, "2026-07-01"), ("sale", 100, 5, 5))

    def test_order_that_counted_nothing_is_new_once_it_has_a_price(self):
        plan = self._create_plan(measure="order")
        self._sell("2026-05-10", 100)
        order = self._sell("2026-05-11", 0)
        may = self._settle(plan, "2026-05-01", confirm=True)
        self.assertLines(may, ("sale", 100, 5, 5))
        order.order_line.price_unit = 1000
        self.assertLines(self._settle(plan, "2026-06-01"), ("sale", 1000, 5, 50))

    def test_computing_again_gives_the_same(self):
        tiers = self._tiers("marginal", (0, 500, 2), (500, 0, 4))
        plan = self._create_plan(rate_ids=[tiers])
        for day in (3, 1, 2):
            self._invoice(f"2026-06-0{day}", 300)
        names = ["date", "move_id", "tier_id", "base", "amount", "rule"]
        first = self._settle(plan, "2026-06-01").line_ids.read(names, load="")
        again = self._settle(plan, "2026-06-01").line_ids.read(names, load="")
        for line in first + again:
            line.pop("id")
        self.assertEqual(first, again)
        self.assertEqual([line["date"].day for line in first], [1, 2, 2, 3])

    def test_job_makes_all_drafts_once_a_day(self):
        plan = self._create_plan()
        self._invoice("2026-05-10", 100)
        self._invoice("2026-07-10", 300)
        cron = self.env.ref("crm_sfa_commission.crm_commission_cron")
        for _run in range(2):
            plan.computed_on = False
            with self.enter_registry_test_mode():
                cron.method_direct_trigger()
        found = self.env["crm.commission.statement"].search(
            [("user_id", "=", self.seller.id)], order="date_from"
        )
        self.assertEqual(found.mapped("total"), [5, 15])
        self.assertEqual(str(plan.computed_on), "2026-07-15")

    def test_period_of_many_documents_takes_as_many_queries_as_one_of_few(self):
        plan = self._create_plan(users=self.seller | self.colleague)
        self._invoice("2026-05-10", 100)
        for day in range(1, 9):
            self._invoice(f"2026-06-0{day}", 100)
            self._invoice(f"2026-06-0{day}", 100, invoice_user_id=self.colleague.id)
        self.env.flush_all()
        counts = []
        for day in ("2026-05-01", "2026-06-01"):
            self._settle(plan, day)
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self._settle(plan, day)
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 3)

    def _next_version(self, plan, **vals):
        version = plan.browse(plan.action_new_version()["res_id"])
        version.write({"date_from": "2026-06-01"} | vals)
        version.action_confirm()
        return version

    def _may(self):
        statement = self.env["crm.commission.statement"]
        return [
            statement._fields["date_from"].to_date(day)
            for day in ("2026-05-01", "2026-05-31")
        ]
