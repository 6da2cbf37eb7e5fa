from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import AnalyticsCase


class DistributionCase(AnalyticsCase):
    """Three customers of two countries, of whom one has most of the turnover."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.germany, cls.spain = cls.env.ref("base.de"), cls.env.ref("base.es")
        cls.nordlicht.country_id = cls.germany
        cls.olivar.country_id = cls.spain
        cls.talisman.country_id = cls.spain
        # Net of what it brings, Talisman has one part of ten.
        cls._create_order(cls.anna, "2026-03-05", 1500)
        cls._create_order(cls.nordlicht, "2026-04-05", 500)
        cls._create_order(cls.olivar, "2026-04-09", 250)
        cls._create_order(cls.talisman, "2026-04-10", 250)
        cls._create_order(cls.olivar, "2025-04-09", 40)
        cls._create_order(cls.olivar, "2026-04-10", 9999, state="draft")
        cls.env.flush_all()


@tagged("post_install", "-at_install")
class TestDistribution(DistributionCase):
    def _read(self, user=None, **options):
        report = self.env["crm.distribution"].with_user(user or self.reader)
        return report.read_distribution(
            **{"date_from": "2026-01-01", "date_to": "2026-12-31"} | options
        )

    def _rows(self, by):
        rows = self._read(by=by)["rows"]
        return [(row["label"], row["customers"], row["amount"]) for row in rows]

    def test_customers_are_told_apart_by_country(self):
        board = self._read(by="country_id")
        self.assertEqual(
            self._rows("country_id"), [("Germany", 1, 2000), ("Spain", 2, 500)]
        )
        self.assertEqual(board["rows"][0]["share"], 80)
        self.assertEqual(board["rows"][1]["mean"], 250)

    def test_by_size_of_their_year_value_class_and_trade(self):
        self.olivar.with_company(self.company).value_class = "a"
        self.assertEqual(
            self._rows("size"),
            [("1,000 to 10,000 a year", 1, 2000), ("Under 1,000 a year", 2, 500)],
        )
        classes = {label: amount for label, _count, amount in self._rows("value_class")}
        self.assertEqual(classes["None"], 2250)
        self.assertEqual(self._rows("industry_id"), [("None", 3, 2500)])

    def test_by_product_category(self):
        category = self.env["product.category"].create({"name": "Mills"})
        self.grinder.categ_id = category
        seller = self.env.ref("sales_team.group_sale_salesman")
        self.reader.group_ids |= seller
        board = self._read(by="categ_id")
        (row,) = board["rows"]
        self.assertEqual((row["customers"], row["orders"]), (3, 4))
        self.assertEqual((row["amount"], row["margin"]), (2500, 2260))
        lines = self.env["sale.order.line"].search(row["action"]["domain"])
        self.assertEqual(sum(lines.mapped("price_subtotal")), 2500)

    def test_who_may_not_read_orders_is_shown_no_way_to_them(self):
        (row,) = self._read(by="categ_id")["rows"]
        self.assertIsNone(row["action"])

    def test_purchasing_power_is_told_with_its_unevenness(self):
        spread = self._read()["spread"]
        self.assertEqual((spread["customers"], spread["amount"]), (3, 2500))
        self.assertEqual((spread["median"], spread["without"]), (250, 0))
        self.assertAlmostEqual(spread["gini"], 0.4667, 3)
        self.assertEqual(len(spread["lorenz"]), 101)
        self.assertEqual((spread["lorenz"][0], spread["lorenz"][-1]), (0, 100))
        self.assertEqual(
            spread["tops"],
            [{"percent": percent, "count": 1, "share": 80} for percent in (1, 10, 20)],
        )

    def test_who_got_back_more_than_brought_counts_with_nothing(self):
        order = self._create_order(self.grinder_buyer(), "2026-05-05", -100)
        self.assertEqual(order.amount_untaxed, -100)
        spread = self._read()["spread"]
        self.assertEqual((spread["customers"], spread["without"]), (4, 1))
        self.assertEqual(spread["lorenz"][20], 0)

    def grinder_buyer(self):
        return self.env["res.partner"].create({"name": "Sent all back"})

    def test_months_stand_beside_those_of_the_year_before(self):
        months = {month["day"]: month for month in self._read()["months"]}
        april = months["2026-04-01"]
        self.assertEqual((april["amount"], april["before"]), (1000, 40))
        self.assertEqual(april["customers"], 3)
        self.assertEqual(len(months), 12)

    def test_numbers_open_what_is_behind_them(self):
        row = self._read(by="country_id")["rows"][0]
        found = self.env["crm.distribution"].search(row["action"]["domain"])
        self.assertEqual(found.partner_id, self.nordlicht)
        self.assertEqual(sum(found.mapped("amount")), 2000)
        # The same rows have the same ids each time.
        again = self.env["crm.distribution"].search(row["action"]["domain"])
        self.assertEqual(found.ids, again.ids)
        self.assertEqual(sorted(found.mapped("date")),
                         [date(2026, 3, 1), date(2026, 4, 1)])  # fmt: skip
        self.assertEqual(found[0].action_open_customer()["res_id"], self.nordlicht.id)

    def test_an_empty_period_and_bad_ones_are_told(self):
        board = self._read(date_from="2020-01-01", date_to="2020-12-31")
        self.assertEqual((board["rows"], board["spread"]["lorenz"]), ([], []))
        self.assertIsNone(board["spread"]["gini"])
        for options in (
            {"by": "name"},
            {"date_from": "2027-01-01"},
            {"date_from": "soon"},
            {"date_from": "1700-01-01"},
            {"date_to": "9999-12-31"},
        ):
            with self.subTest(options=options), self.assertRaises(UserError):
                self._read(**options)

    def test_outsiders_and_other_companies_see_nothing(self):
        with self.assertRaises(AccessError):
            self._read(self.outsider)
        other = self.env["res.company"].create({"name": "Other"})
        self.manager.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        report = self.env["crm.distribution"].with_user(self.manager)
        board = report.with_context(allowed_company_ids=other.ids).read_distribution()
        self.assertEqual(board["spread"]["customers"], 0)
