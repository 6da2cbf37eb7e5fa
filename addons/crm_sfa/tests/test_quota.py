from datetime import date, datetime

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, new_test_user, tagged

from .common import SalesCase

JULY = "2026-07-15 12:00:00"


class QuotaCase(SalesCase):
    """A quota of the year 2026 for the seller's orders, unless told otherwise."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.grinder.taxes_id = cls.beans.taxes_id = False
        (cls.grinder | cls.beans).invoice_policy = "order"
        cls.machines, cls.food = cls.env["product.category"].create(
            [{"name": "Machines"}, {"name": "Food"}]
        )
        cls.grinder.categ_id = cls.machines
        cls.beans.categ_id = cls.food

    @classmethod
    def _create_quota(cls, confirm=True, **vals):
        vals = {
            "user_id": cls.seller.id,
            "date_from": "2026-01-01",
            "date_to": "2026-12-31",
            "amount": 1200,
        } | vals
        quota = cls.env["crm.quota"].create(vals)
        if confirm:
            quota.action_confirm()
        return quota

    @classmethod
    def _create_team_quota(cls, confirm=True, **vals):
        """A quota of the team with equal parts of seller and colleague."""
        whole = cls._create_quota(
            confirm=False, user_id=False, team_id=cls.team.id, **vals
        )
        half = whole.amount / 2
        cls.env["crm.quota"].create(
            [
                {"parent_id": whole.id, "user_id": user.id, "amount": half}
                for user in cls.seller | cls.colleague
            ]
        )
        if confirm:
            whole.action_confirm()
        return whole

    @classmethod
    def _sell(cls, day, amount=100, product=None, **vals):
        """A confirmed order of that day."""
        line = {"product_id": (product or cls.grinder).id, "price_unit": amount}
        order = cls._create_order(order_line=[Command.create(line)], **vals)
        order.action_confirm()
        order.date_order = f"{day} 12:00:00"
        return order

    @classmethod
    def _invoice(cls, day, amount=100, move_type="out_invoice", post=True, **vals):
        line = {"product_id": cls.grinder.id, "price_unit": amount, "tax_ids": False}
        move = cls.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": cls.nordlicht.id,
                "invoice_user_id": cls.seller.id,
                "team_id": cls.team.id,
                "invoice_date": day,
                "invoice_line_ids": [Command.create(line)],
            }
            | vals
        )
        if post:
            move.action_post()
        return move

    def _attained(self, quota):
        quota.invalidate_recordset()
        return quota.attained


@tagged("post_install", "-at_install")
class TestQuotaTree(QuotaCase):
    """Parts make the whole."""

    def test_part_takes_from_the_whole_what_it_does_not_say(self):
        part = self._create_team_quota().child_ids[0]
        self.assertEqual(part.team_id, self.team)
        self.assertEqual(part.date_to, date(2026, 12, 31))

    def test_parts_that_do_not_add_up_name_the_difference_and_the_whole(self):
        whole = self._create_team_quota(confirm=False)
        whole.child_ids[0].amount = 500
        with self.assertRaisesRegex(ValidationError, r"(?s)Coffee.*2026.*100\.00"):
            whole.action_confirm()

    def test_deeper_parts_are_looked_at_too(self):
        whole = self._create_team_quota(confirm=False)
        part = whole.child_ids[0]
        part.create({"parent_id": part.id, "date_to": "2026-06-30", "amount": 599})
        with self.assertRaisesRegex(ValidationError, "Seller"):
            whole.action_confirm()

    def test_part_in_force_cannot_change_alone(self):
        whole = self._create_team_quota()
        with self.assertRaises(ValidationError):
            whole.child_ids[0].amount = 700

    def test_cents_add_up(self):
        whole = self._create_quota(confirm=False, amount=0.3)
        whole.child_ids.create(
            [
                {"parent_id": whole.id, "amount": 0.1, "date_to": "2026-04-30"},
                {
                    "parent_id": whole.id,
                    "amount": 0.2,
                    "date_from": "2026-05-01",
                },
            ]
        )
        whole.action_confirm()
        self.assertEqual(whole.state, "running")

    def test_draft_tells_what_is_not_distributed(self):
        whole = self._create_team_quota(confirm=False)
        whole.child_ids[0].amount = 450
        self.assertEqual(whole.rest, 150)

    def test_part_lies_within_its_whole(self):
        whole = self._create_quota(confirm=False)
        other = {"parent_id": whole.id, "amount": 1}
        with self.assertRaisesRegex(ValidationError, "Person"):
            whole.create(other | {"user_id": self.colleague.id})
        with self.assertRaisesRegex(ValidationError, "From"):
            whole.create(other | {"date_to": "2027-01-31"})

    def test_part_of_a_territory_lies_below_it(self):
        territories = self.env["crm.territory"]
        north = territories.create({"name": "North"})
        hamburg = territories.create({"name": "Hamburg", "parent_id": north.id})
        south = territories.create({"name": "South"})
        whole = self._create_quota(confirm=False, territory_id=north.id)
        whole.create({"parent_id": whole.id, "territory_id": hamburg.id, "amount": 1})
        with self.assertRaisesRegex(ValidationError, "Territory"):
            whole.create({"parent_id": whole.id, "territory_id": south.id, "amount": 1})

    def test_quota_cannot_be_part_of_itself(self):
        whole = self._create_team_quota(confirm=False)
        with self.assertRaisesRegex(UserError, "Recursion"):
            whole.parent_id = whole.child_ids[0]

    def test_period_is_made_of_whole_months(self):
        with self.assertRaisesRegex(ValidationError, "whole months"):
            self._create_quota(date_to="2026-12-30")

    def test_contacts_have_no_goods(self):
        with self.assertRaisesRegex(ValidationError, "no goods"):
            self._create_quota(metric="activity", categ_id=self.food.id)

    def test_overlap_names_both(self):
        self._create_quota()
        with self.assertRaisesRegex(
            ValidationError, r"Sam Seller · Q3 2026.*Sam Seller · 2026"
        ):
            self._create_quota(date_from="2026-07-01", date_to="2026-09-30")

    def test_overlap_with_and_without_a_team_is_one(self):
        self._create_quota()
        with self.assertRaises(ValidationError):
            self._create_quota(team_id=self.team.id)

    def test_other_goods_metric_or_period_are_no_overlap(self):
        self._create_quota()
        self._create_quota(categ_id=self.food.id)
        self._create_quota(metric="margin")
        later = {"date_from": "2027-01-01", "date_to": "2027-12-31"}
        self.assertEqual(self._create_quota(**later).state, "running")

    def test_months_are_no_overlap_with_their_year(self):
        year = self._create_quota(confirm=False)
        year.child_ids.create(
            [
                {"parent_id": year.id, "date_to": "2026-06-30", "amount": 500},
                {"parent_id": year.id, "date_from": "2026-07-01", "amount": 700},
            ]
        )
        year.action_confirm()
        self.assertEqual(set(year.child_ids.mapped("state")), {"running"})

    def test_quota_of_somebody_who_left_does_not_come_into_force(self):
        quota = self._create_quota(confirm=False)
        self.seller.active = False
        with self.assertRaisesRegex(UserError, "Sam Seller"):
            quota.action_confirm()

    def test_who_left_is_found(self):
        quota, other = self._create_team_quota().child_ids
        self.seller.active = False
        found = self.env["crm.quota"].search([("is_left", "=", True)])
        self.assertIn(quota, found)
        self.assertNotIn(other, found)

    def test_what_was_in_force_is_not_deleted(self):
        quota = self._create_quota()
        with self.assertRaises(UserError):
            quota.unlink()
        quota.action_draft()
        quota.unlink()
        self.assertFalse(quota.exists())

    def test_below_zero_is_no_quota(self):
        with self.assertRaises(Exception) as caught, self.cr.savepoint():
            self._create_quota(amount=-1)
        self.assertIn("amount_positive", str(caught.exception))

    def test_counts_have_no_currency(self):
        self.assertFalse(self._create_quota(metric="count").currency_id)
        self.assertEqual(self._create_quota().currency_id, self.env.company.currency_id)


@tagged("post_install", "-at_install")
@freeze_time(JULY)
class TestQuotaAttainment(QuotaCase):
    """What is reached is read from the documents."""

    def test_confirmed_orders_of_the_period_count(self):
        quota = self._create_quota()
        self._sell("2026-03-05", 300)
        self._sell("2025-12-31", 50)
        self._create_order()
        self._sell("2026-03-06")._action_cancel()
        self.assertEqual(self._attained(quota), 300)

    def test_tax_is_left_out(self):
        tax = self.env["account.tax"].create({"name": "20 %", "amount": 20})
        self.grinder.taxes_id = tax
        quota = self._create_quota()
        order = self._sell("2026-03-05", 100)
        self.assertEqual(order.amount_total, 120)
        self.assertEqual(self._attained(quota), 100)

    def test_order_of_another_seller_counts_for_the_team_only(self):
        whole = self._create_team_quota()
        self._sell("2026-03-05", 300)
        self._sell("2026-03-05", 200, user=self.colleague)
        own = whole.child_ids.filtered(lambda part: part.user_id == self.seller)
        self.assertEqual(self._attained(whole), 500)
        self.assertEqual(self._attained(own), 300)

    def test_order_of_another_team_does_not_count_for_the_team(self):
        whole = self._create_team_quota()
        other = self.env["crm.team"].create({"name": "Tea"})
        self._sell("2026-03-05", team_id=other.id)
        self.assertEqual(self._attained(whole), 0)

    def test_month_is_that_of_the_company(self):
        self.env.company.partner_id.tz = "Europe/Moscow"
        quota = self._create_quota(date_from="2026-02-01", date_to="2026-02-28")
        order = self._sell("2026-03-05", 300)
        order.date_order = datetime(2026, 2, 28, 20, 59)
        self.assertEqual(self._attained(quota), 300)
        order.date_order = datetime(2026, 2, 28, 21, 0)
        self.assertEqual(self._attained(quota), 0)

    def test_other_currency_counts_at_the_rate_of_the_order(self):
        currency = self.env["res.currency"].create(
            {
                "name": "XQT",
                "symbol": "x",
                "rate_ids": [
                    Command.create({"name": "2026-01-01", "rate": 4}),
                    Command.create({"name": "2026-06-01", "rate": 2}),
                ],
            }
        )
        prices = self.env["product.pricelist"].create(
            {"name": "X", "currency_id": currency.id}
        )
        quota = self._create_quota()
        order = self._create_order(
            pricelist_id=prices.id,
            date_order="2026-03-05 12:00:00",
            order_line=[
                Command.create({"product_id": self.grinder.id, "price_unit": 100})
            ],
        )
        order.action_confirm()
        order.date_order = "2026-03-05 12:00:00"
        self.assertEqual(order.currency_rate, 4)
        self.assertEqual(self._attained(quota), 25)
        self.assertFalse(quota.rate_warning)

    def test_currency_without_a_rate_counts_one_to_one_and_is_named(self):
        currency = self.env["res.currency"].create({"name": "XQU", "symbol": "u"})
        prices = self.env["product.pricelist"].create(
            {"name": "U", "currency_id": currency.id}
        )
        quota = self._create_quota()
        self._sell("2026-03-05", 300, pricelist_id=prices.id)
        self.assertEqual(self._attained(quota), 300)
        self.assertIn("XQU", quota.rate_warning)
        self.assertIn("one to one", quota.rate_warning)

    def test_refunds_are_subtracted_from_what_is_invoiced(self):
        quota = self._create_quota(metric="invoiced")
        self._invoice("2026-03-05", 300)
        self._invoice("2026-04-05", 100, "out_refund")
        self._invoice("2026-04-05", 70, post=False)
        self._invoice("2026-04-05", 30, invoice_user_id=self.colleague.id)
        self.assertEqual(self._attained(quota), 200)

    def test_bill_of_a_supplier_is_nobodys_sale(self):
        quota = self._create_quota(metric="invoiced", user_id=False)
        before = self._attained(quota)
        self._invoice("2026-03-05", 300, "in_invoice")
        self.assertEqual(self._attained(quota), before)

    def test_margin_is_that_of_the_order_lines(self):
        quota = self._create_quota(metric="margin")
        self._sell("2026-03-05", 100)
        self.assertEqual(self._attained(quota), 40)

    def test_orders_are_counted_once_with_several_lines(self):
        quota = self._create_quota(metric="count")
        lines = [
            Command.create({"product_id": product.id})
            for product in (self.grinder, self.beans, self.beans)
        ]
        order = self._create_order(confirm=True, order_line=lines)
        order.date_order = "2026-03-05 12:00:00"
        self.assertEqual(self._attained(quota), 1)

    def test_category_counts_its_lines_and_those_below(self):
        below = self.env["product.category"].create(
            {"name": "Grinders", "parent_id": self.machines.id}
        )
        self.grinder.categ_id = below
        machines = self._create_quota(categ_id=self.machines.id)
        food = self._create_quota(categ_id=self.food.id)
        everything = self._create_quota()
        orders = self._create_quota(metric="count", categ_id=self.machines.id)
        self._sell("2026-03-05", 300)
        self._sell("2026-03-05", 20, product=self.beans)
        quotas = machines | food | everything | orders
        quotas.invalidate_recordset()
        self.assertEqual(quotas.mapped("attained"), [300, 20, 320, 1])

    def test_territory_counts_the_customers_of_its_parts(self):
        territories = self.env["crm.territory"]
        north = territories.create({"name": "North"})
        hamburg = territories.create({"name": "Hamburg", "parent_id": north.id})
        self.nordlicht.write({"territory_manual": True, "territory_id": hamburg.id})
        quota = self._create_quota(territory_id=north.id)
        self._sell("2026-03-05", 300, partner=self.anna)
        self._sell("2026-03-05", 50, partner=self.talisman)
        self.assertEqual(self._attained(quota), 300)

    def test_contacts_made_count_for_person_and_team(self):
        own = self._create_quota(metric="activity")
        team = self._create_quota(
            metric="activity", user_id=False, team_id=self.team.id
        )
        for day, user in (
            ("2026-03-05", self.seller),
            ("2026-03-06", self.seller),
            ("2026-03-06", self.outsider),
        ):
            self.env["crm.interaction"].create(
                {
                    "partner_id": self.anna.id,
                    "name": "Call",
                    "user_id": user.id,
                    "date": f"{day} 10:00:00",
                }
            )
        self.assertEqual(self._attained(own), 2)
        self.assertEqual(self._attained(team), 2)

    def test_open_quota_is_on_track_or_behind(self):
        quota = self._create_quota()
        self._sell("2026-03-05", 500)
        self._attained(quota)
        self.assertEqual(quota.progress, "behind")
        self._sell("2026-03-05", 200)
        self._attained(quota)
        self.assertEqual(quota.progress, "on_track")
        self.assertEqual(quota.gap, 500)

    def test_closed_quota_is_reached_or_missed(self):
        early = {"date_from": "2026-01-01", "date_to": "2026-03-31"}
        quota = self._create_quota(amount=400, **early)
        self._sell("2026-03-05", 399)
        self._attained(quota)
        self.assertEqual(quota.progress, "missed")
        self._sell("2026-03-31", 1)
        self._attained(quota)
        self.assertEqual(quota.progress, "reached")

    def test_quota_to_come_has_not_begun(self):
        late = {"date_from": "2026-08-01", "date_to": "2026-12-31"}
        self.assertEqual(self._create_quota(**late).progress, "ahead")

    def test_progress_can_be_searched(self):
        behind = self._create_quota()
        ahead = self._create_quota(date_from="2027-01-01", date_to="2027-01-31")
        found = self.env["crm.quota"].search([("progress", "=", "behind")])
        self.assertIn(behind, found)
        self.assertNotIn(ahead, found)

    def test_expected_end_without_a_season_follows_the_days(self):
        quota = self._create_quota()
        self._sell("2026-03-05", 196)
        self._attained(quota)
        self.assertEqual(quota.season_basis, "linear")
        # 196 of 365 days are over.
        self.assertAlmostEqual(quota.expected_linear, 365)
        self.assertAlmostEqual(quota.expected, 365)
        self.assertAlmostEqual(quota.run_rate, 7)

    def test_expected_end_follows_the_season_of_last_year(self):
        quota = self._create_quota()
        self._sell("2025-02-05", 100)
        self._sell("2025-11-05", 300)
        self._sell("2026-03-05", 196)
        self._attained(quota)
        self.assertEqual(quota.season_basis, "last_year")
        self.assertAlmostEqual(quota.expected, 784)
        self.assertAlmostEqual(quota.planned, 300)

    def test_expected_end_follows_the_months_of_the_quota(self):
        quota = self._create_quota(confirm=False, amount=1000)
        quota.create(
            [
                {"parent_id": quota.id, "date_to": "2026-06-30", "amount": 400},
                {"parent_id": quota.id, "date_from": "2026-07-01", "amount": 0},
            ]
        )
        quota.child_ids[-1].amount = 600
        quota.child_ids.filtered(lambda part: not part.amount).amount = 600
        quota.action_confirm()
        self._sell("2026-03-05", 200)
        self._attained(quota)
        self.assertEqual(quota.season_basis, "parts")
        # Half of July is over: 15 of 31 days, of the 184 days of the second half.
        self.assertAlmostEqual(quota.planned, 400 + 600 * 15 / 184, 2)

    def test_year_before_below_zero_is_no_season(self):
        quota = self._create_quota(metric="invoiced")
        self._invoice("2025-03-05", 300, "out_refund")
        self.assertEqual(quota.season_basis, "linear")

    def test_quota_of_nothing_is_reached(self):
        quota = self._create_quota(amount=0)
        self.assertEqual(quota.progress, "reached")
        self.assertEqual(quota.attained_rate, 0)

    def test_number_opens_the_documents_behind_it(self):
        self.nordlicht.territory_manual = True
        territory = self.env["crm.territory"].create({"name": "North"})
        self.nordlicht.territory_id = territory
        quota = self._create_quota(
            team_id=self.team.id, territory_id=territory.id, categ_id=self.machines.id
        )
        order = self._sell("2026-03-05", 300)
        self._sell("2026-03-05", 300, partner=self.talisman)
        self._sell("2026-03-05", 300, product=self.beans)
        action = quota.action_open_documents()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found, order)

    def test_number_opens_invoices_and_contacts(self):
        invoiced = self._create_quota(metric="invoiced")
        invoice = self._invoice("2026-03-05")
        action = invoiced.action_open_documents()
        self.assertEqual(self.env["account.move"].search(action["domain"]), invoice)
        contacts = self._create_quota(metric="activity")
        self.env["crm.interaction"].create(
            {
                "partner_id": self.anna.id,
                "name": "Call",
                "user_id": self.seller.id,
                "date": "2026-03-05 10:00:00",
            }
        )
        action = contacts.action_open_documents()
        rows = self.env["crm.timeline"].search(action["domain"])
        self.assertEqual(len(rows), self._attained(contacts))

    def test_board_takes_as_many_queries_for_many_quotas(self):
        whole = self._create_team_quota()
        self._sell("2026-03-05", 300)
        more = [
            self._create_quota(categ_id=self.food.id, date_from=first, date_to=last)
            for first, last in (
                ("2026-01-01", "2026-03-31"),
                ("2026-04-01", "2026-06-30"),
                ("2026-07-01", "2026-12-31"),
            )
        ]
        few = whole | more[0]
        self._attained(few[0])
        counts = []
        for quotas in (few, few.concat(few, whole.child_ids, *more)):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            quotas.mapped("attained")
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])

    def test_report_has_the_months_of_the_smallest_parts(self):
        whole = self._create_team_quota()
        self._sell("2026-03-05", 300)
        rows = self.env["crm.quota.report"].search([("quota_id", "child_of", whole.id)])
        self.assertEqual(rows.quota_id, whole.child_ids)
        self.assertAlmostEqual(sum(rows.mapped("amount")), 1200)
        march = rows.filtered(lambda row: row.attained)
        self.assertEqual(march.mapped("month"), [date(2026, 3, 1)])
        self.assertEqual(march.attained, 300)

    def test_report_of_no_quota_is_empty(self):
        self.env["crm.quota"].search([]).action_draft()
        self.assertFalse(self.env["crm.quota.report"].search([]))

    def test_chart_has_a_bar_for_each_month(self):
        quota = self._create_quota()
        self._sell("2026-03-05", 300)
        self._attained(quota)
        self.assertEqual(quota.chart.count("label"), 12)
        self.assertIn('"value": 300.0', quota.chart)


@tagged("post_install", "-at_install")
@freeze_time(JULY)
class TestQuotaDistribution(QuotaCase):
    """A quota goes to people and months."""

    def _distribute(self, quota, **vals):
        wizard = self.env["crm.quota.distribute"].with_user(self.manager)
        return wizard.create({"quota_id": quota.id} | vals)

    def test_members_of_the_team_are_proposed(self):
        quota = self._create_quota(False, user_id=False, team_id=self.team.id)
        wizard = self._distribute(quota)
        self.assertEqual(wizard.line_ids.user_id, self.seller | self.colleague)
        self.assertEqual(wizard.rest, 1200)

    def test_who_left_is_not_proposed(self):
        quota = self._create_quota(False, user_id=False, team_id=self.team.id)
        self.colleague.active = False
        self.assertEqual(self._distribute(quota).line_ids.user_id, self.seller)

    def test_rest_is_shared_evenly(self):
        quota = self._create_quota(False, user_id=False, team_id=self.team.id)
        wizard = self._distribute(quota)
        wizard.line_ids[0].amount = 200
        wizard.action_distribute_rest()
        self.assertEqual(wizard.line_ids.mapped("amount"), [700, 500])
        self.assertEqual(wizard.rest, 0)

    def test_rest_is_shared_as_the_year_before(self):
        quota = self._create_quota(False, user_id=False, team_id=self.team.id)
        self._sell("2025-03-05", 100)
        self._sell("2025-04-05", 300, user=self.colleague)
        wizard = self._distribute(quota, method="last_year")
        wizard.action_distribute_rest()
        shares = {line.user_id: line.amount for line in wizard.line_ids}
        self.assertEqual(shares, {self.seller: 300, self.colleague: 900})

    def test_months_are_shared_by_a_profile(self):
        profile = self.env["crm.quota.profile"].create({"name": "P", "december": 13})
        wizard = self._distribute(
            self._create_quota(False), by="month", method="profile",
            profile_id=profile.id,
        )  # fmt: skip
        wizard.action_distribute_rest()
        self.assertEqual(wizard.line_ids.mapped("amount"), [50] * 11 + [650])

    def test_profile_of_nothing_is_refused(self):
        weights = dict.fromkeys(
            ("january", "february", "march", "april", "may", "june", "july", "august",
             "september", "october", "november", "december"), 0
        )  # fmt: skip
        with self.assertRaises(Exception) as caught, self.cr.savepoint():
            self.env["crm.quota.profile"].create({"name": "P"} | weights)
        self.assertIn("some_weight", str(caught.exception))

    def test_parts_over_the_whole_are_taken_back(self):
        wizard = self._distribute(self._create_quota(False), by="quarter")
        wizard.line_ids.amount = 400
        self.assertEqual(wizard.rest, -400)
        wizard.action_distribute_rest()
        self.assertEqual(wizard.line_ids.mapped("amount"), [300] * 4)

    def test_people_and_months_at_once(self):
        quota = self._create_quota(False, user_id=False, team_id=self.team.id)
        wizard = self._distribute(quota, then_into="month")
        wizard.action_distribute_rest()
        wizard.action_apply()
        quota.action_confirm()
        self.assertEqual(len(quota.child_ids), 2)
        self.assertEqual(len(quota.child_ids.child_ids), 24)
        self.assertEqual(sum(quota.child_ids.child_ids.mapped("amount")), 1200)

    def test_rest_that_is_left_is_named(self):
        wizard = self._distribute(self._create_quota(False), by="quarter")
        wizard.line_ids.amount = 299.99
        with self.assertRaisesRegex(UserError, r"0\.04"):
            wizard.action_apply()

    def test_draft_distributed_again_has_the_new_parts_only(self):
        quota = self._create_quota(False)
        for by, count in (("month", 12), ("quarter", 4)):
            wizard = self._distribute(quota, by=by)
            wizard.action_distribute_rest()
            wizard.action_apply()
            self.assertEqual(len(quota.child_ids), count)

    def test_parts_of_a_quota_in_force_are_in_force_at_once(self):
        quota = self._create_quota()
        wizard = self._distribute(quota, by="quarter")
        wizard.action_distribute_rest()
        wizard.action_apply()
        self.assertEqual(set(quota.child_ids.mapped("state")), {"running"})

    def test_parts_in_force_are_cut_anew_instead(self):
        quota = self._create_team_quota()
        wizard = self._distribute(quota)
        wizard.action_distribute_rest()
        with self.assertRaisesRegex(UserError, "Cut it anew"):
            wizard.action_apply()

    def test_seller_distributes_nothing(self):
        quota = self._create_quota()
        wizards = self.env["crm.quota.distribute"].with_user(self.seller)
        with self.assertRaises(AccessError):
            wizards.create({"quota_id": quota.id})

    def test_window_distributes_as_a_person_uses_it(self):
        quota = self._create_quota(False, user_id=False, team_id=self.team.id)
        model = self.env["crm.quota.distribute"].with_user(self.manager)
        with Form(model.with_context(default_quota_id=quota.id)) as form:
            form.by = "quarter"
            self.assertEqual(len(form.line_ids), 4)
        wizard = form.record
        wizard.action_distribute_rest()
        wizard.action_apply()
        self.assertEqual(quota.child_ids.mapped("amount"), [300] * 4)


@tagged("post_install", "-at_install")
@freeze_time(JULY)
class TestQuotaRecut(QuotaCase):
    """A quota is cut anew within its period."""

    def _recut(self, quota, **vals):
        vals = {"quota_id": quota.id, "date": "2026-08-01", "reason": "New"} | vals
        return self.env["crm.quota.recut"].with_user(self.manager).create(vals)

    def test_old_parts_keep_what_is_over_and_new_ones_get_the_rest(self):
        whole = self._create_team_quota(amount=3650)
        old = whole.child_ids
        wizard = self._recut(whole)
        # 212 of 365 days are over by August.
        self.assertEqual(wizard.kept, 2120)
        self.assertEqual(wizard.line_ids.mapped("amount"), [765, 765])
        wizard.line_ids[0].amount, wizard.line_ids[1].amount = 530, 1000
        wizard.action_apply()
        self.assertEqual(set(old.mapped("state")), {"superseded"})
        self.assertEqual(set(old.mapped("amount")), {1825})
        amounts = whole._parts().sorted("id").mapped("amount")
        self.assertEqual(amounts, [1060, 1060, 530, 1000])

    def test_old_part_stays_readable_for_its_seller(self):
        whole = self._create_team_quota()
        old = whole.child_ids.filtered(lambda part: part.user_id == self.seller)
        self._recut(whole).action_apply()
        self.assertEqual(old.with_user(self.seller).amount, 600)
        self.assertEqual(old.recut_date, date(2026, 8, 1))

    def test_months_that_are_over_stay(self):
        whole = self._create_team_quota(confirm=False)
        for part in whole.child_ids:
            part.create(
                [
                    {"parent_id": part.id, "date_to": "2026-07-31", "amount": 100},
                    {"parent_id": part.id, "date_from": "2026-08-01", "amount": 500},
                ]
            )
        whole.action_confirm()
        wizard = self._recut(whole, then_into="month")
        self.assertEqual(wizard.kept, 200)
        wizard.action_apply()
        kept, _kept, new, _new = whole._parts().sorted("id")
        self.assertEqual(kept.child_ids.mapped("amount"), [100])
        self.assertEqual(new.child_ids.mapped("amount"), [100] * 5)

    def test_quota_without_parts_gets_some(self):
        quota = self._create_quota(amount=365)
        wizard = self._recut(quota)
        self.assertEqual(wizard.to_share, 153)
        wizard.action_apply()
        self.assertEqual(quota.state, "running")
        self.assertEqual(sorted(quota._parts().mapped("amount")), [153, 212])

    def test_rest_of_who_left_goes_to_the_others(self):
        whole = self._create_team_quota(amount=3650)
        self.seller.active = False
        wizard = self._recut(whole)
        self.assertEqual(wizard.line_ids.user_id, self.colleague)
        self.assertEqual(wizard.rest, 765)
        wizard.action_distribute_rest()
        wizard.action_apply()
        new = whole._parts().filtered(lambda part: part.date_from > date(2026, 7, 1))
        self.assertEqual(new.mapped("amount"), [1530])

    def test_who_left_gets_no_new_part(self):
        whole = self._create_team_quota()
        wizard = self._recut(whole)
        self.assertEqual(len(wizard.line_ids), 2)
        self.seller.active = False
        with self.assertRaisesRegex(UserError, "Sam Seller"):
            wizard.action_apply()

    def test_rest_that_is_left_is_named(self):
        wizard = self._recut(self._create_team_quota(amount=3650))
        wizard.line_ids[0].amount -= 5
        with self.assertRaisesRegex(UserError, r"5\.00"):
            wizard.action_apply()

    def test_month_outside_the_quota_is_refused(self):
        whole = self._create_team_quota()
        for day in ("2026-01-01", "2027-01-01", "2026-08-02"):
            with self.assertRaisesRegex(UserError, "first day of a month"):
                self._recut(whole, date=day).action_apply()

    def test_draft_is_not_cut_anew(self):
        whole = self._create_team_quota(confirm=False)
        with self.assertRaisesRegex(UserError, "not in force"):
            self._recut(whole).action_apply()

    def test_whole_tells_why(self):
        whole = self._create_team_quota()
        self._recut(whole, reason="Cora has Hamburg").action_apply()
        self.assertIn("Cora has Hamburg", whole.message_ids[0].body)

    def test_cut_twice(self):
        whole = self._create_team_quota(amount=3650)
        self._recut(whole).action_apply()
        self._recut(whole, date="2026-10-01").action_apply()
        parts = whole._parts()
        self.assertEqual(len(parts), 6)
        self.assertAlmostEqual(sum(parts.mapped("amount")), 3650)

    def test_leader_cuts_nothing_anew(self):
        whole = self._create_team_quota()
        wizards = self.env["crm.quota.recut"].with_user(self.leader)
        with self.assertRaises(AccessError):
            wizards.create({"quota_id": whole.id, "reason": "Mine"})


@tagged("post_install", "-at_install")
class TestQuotaRights(QuotaCase):
    """Who reads quotas, and who writes them."""

    def _read_by(self, user):
        return self.env["crm.quota"].with_user(user).search([])

    def test_seller_reads_the_own_quota_with_its_attainment(self):
        whole = self._create_team_quota()
        self._sell("2026-03-05", 300)
        own = self._read_by(self.seller)
        self.assertEqual(own.user_id, self.seller)
        self.assertEqual(own.attained, 300)
        self.assertNotIn(whole, own)

    def test_seller_reads_no_colleagues_quota(self):
        other = self._create_quota(user_id=self.colleague.id)
        self.assertNotIn(other, self._read_by(self.seller))
        with self.assertRaises(AccessError):
            other.with_user(self.seller).read(["amount"])
        report = self.env["crm.quota.report"].with_user(self.seller).search([])
        self.assertNotIn(self.colleague, report.sudo().user_id)

    def test_seller_opens_nothing_that_names_a_colleagues_quota(self):
        other = self._create_quota(user_id=self.colleague.id)
        self.env.invalidate_all()
        theirs = other.with_user(self.seller)
        for opened in (theirs.action_open_parts, theirs.action_open_months):
            with self.assertRaises(AccessError):
                opened()

    def test_seller_reads_no_draft_of_the_own_quota(self):
        draft = self._create_quota(confirm=False)
        self.assertNotIn(draft, self._read_by(self.seller))

    def test_seller_changes_nothing(self):
        quota = self._create_quota().with_user(self.seller)
        with self.assertRaises(AccessError):
            quota.amount = 1
        with self.assertRaises(AccessError):
            quota.action_draft()

    def test_leader_reads_the_quotas_of_team_and_members(self):
        whole = self._create_team_quota()
        own = self._create_quota(metric="count")
        self.assertLessEqual(whole | whole.child_ids | own, self._read_by(self.leader))

    def test_leader_reads_no_other_team(self):
        other_team = self.env["crm.team"].create({"name": "Tea"})
        stranger = new_test_user(
            self.env, "sfa_stranger", groups="sales_team.group_sale_salesman"
        )
        other = self._create_quota(user_id=False, team_id=other_team.id)
        other |= self._create_quota(user_id=stranger.id)
        self.assertFalse(other & self._read_by(self.leader))

    def test_leader_changes_nothing(self):
        whole = self._create_team_quota().with_user(self.leader)
        with self.assertRaises(AccessError):
            whole.amount = 1

    def test_manager_writes_all(self):
        quotas = self.env["crm.quota"].with_user(self.manager)
        quota = quotas.create({"user_id": self.seller.id, "amount": 5})
        quota.action_confirm()
        self.assertEqual(quota.state, "running")

    def test_outsider_and_portal_read_none(self):
        self._create_quota()
        portal = new_test_user(self.env, "sfa_portal", groups="base.group_portal")
        public = self.env.ref("base.public_user")
        for user in (self.outsider, portal, public):
            for model in ("crm.quota", "crm.quota.report", "crm.quota.profile"):
                with self.assertRaises(AccessError):
                    self.env[model].with_user(user).search([])

    def test_quotas_of_another_company_are_not_seen(self):
        company = self.env["res.company"].create({"name": "Other"})
        quota = self._create_quota(user_id=False, company_id=company.id)
        self.assertNotIn(quota, self._read_by(self.manager))

    def test_seller_changes_no_profile(self):
        profile = self.env["crm.quota.profile"].create({"name": "P"})
        with self.assertRaises(AccessError):
            profile.with_user(self.seller).may = 2

    def test_views_open_for_each_role(self):
        self._create_team_quota()
        for user in (self.seller, self.leader, self.manager):
            for name in ("", "_mine", "_report", "_profile"):
                kind = f"{name}_action" if name != "_mine" else "_action_mine"
                action = self.env.ref(f"crm_sfa.crm_quota{kind}")
                model = self.env[action.res_model].with_user(user)
                views = [(False, kind) for kind in action.view_mode.split(",")]
                self.assertTrue(model.get_views(views)["views"])

    def test_form_of_a_seller_opens(self):
        self._create_team_quota()
        own = self._read_by(self.seller)
        form = Form(own.with_user(self.seller))
        self.assertEqual(form.amount, 600)
