from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .test_funnel import FunnelCase

# The last week before this day is that of 11 May, the one before that of 4 May.
DAY = "2026-05-20"


@tagged("post_install", "-at_install")
class TestDigest(FunnelCase):
    """In the week before: 1000 of Nordlicht, 100 of Olivar; in the last: 300 of Olivar,
    40 of Talisman, who never ordered before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.nordlicht.value_class = "a"
        cls.talisman.value_class = "c"
        cls._create_order(cls.anna, "2026-05-05", 1000, user_id=cls.manager.id)
        cls._create_order(cls.olivar, "2026-05-06", 100, user_id=cls.manager.id)
        cls._create_order(cls.olivar, "2026-05-12", 300, user_id=cls.manager.id)
        cls.first = cls._create_order(cls.talisman, "2026-05-13", 40)
        cls.digest = cls.env["crm.digest"]

    def _read(self, user=None, size="week", day=DAY):
        return self.digest.with_user(user or self.reader).read_digest(size, day)

    def _figures(self, **request):
        return {one["key"]: one for one in self._read(**request)["figures"]}

    def _rows(self, figure, dimension):
        (found,) = (
            one["rows"] for one in figure["dimensions"] if one["key"] == dimension
        )
        return {row["label"]: row["change"] for row in found}

    def test_contributions_of_each_dimension_sum_exactly_to_the_change(self):
        figures = self._figures()
        income = figures["income"]
        self.assertEqual((income["before"], income["now"]), (1100, 340))
        for figure in figures.values():
            for dimension in figure["dimensions"]:
                with self.subTest(figure=figure["key"], by=dimension["key"]):
                    changes = sum(row["change"] for row in dimension["rows"])
                    self.assertEqual(changes, figure["change"])

    def test_says_who_moved_turnover_and_why(self):
        words = self._figures()["income"]["words"]
        self.assertIn("Turnover fell by", words)
        self.assertIn("Nordlicht −", words)
        self.assertIn("no order since 05/05/2026", words)
        self.assertNotIn("Olivar", words)
        words = self._figures()["new"]["words"]
        self.assertIn("rose by 1 to 1: Talisman", words)

    def test_rows_are_of_customers_classes_categories_and_people(self):
        income = self._figures()["income"]
        customers = self._rows(income, "customer")
        self.assertEqual(customers, {"Nordlicht": -1000, "Olivar": 200, "Talisman": 40})
        self.assertEqual(
            self._rows(income, "value_class"), {"A": -1000, "C": 40, "Without": 200}
        )
        person = self._rows(income, "person")[self.manager.name]
        self.assertEqual(person, -800)
        category = self.grinder.categ_id.display_name or "Without"
        self.assertEqual(self._rows(income, "category"), {category: -760})

    def test_many_members_are_cut_and_the_others_summed(self):
        people = self.env["res.partner"].create(
            [{"name": f"Shop {at}", "is_company": True} for at in range(7)]
        )
        for partner in people:
            self._create_order(partner, "2026-05-14", 10)
        income = self._figures()["income"]
        customers = self._rows(income, "customer")
        self.assertEqual(len(customers), 6)
        self.assertEqual(sum(customers.values()), income["change"])

    def test_a_refund_takes_from_its_category_and_customer(self):
        self._create_books()
        self.first.order_line.product_id.invoice_policy = "order"
        invoice = self.first._create_invoices()
        invoice.invoice_date = "2026-05-13"
        invoice.action_post()
        refund = invoice._reverse_moves([{"invoice_date": "2026-05-14"}])
        refund.action_post()
        income = self._figures()["income"]
        self.assertEqual(income["now"], 300)
        self.assertEqual(self._rows(income, "customer").get("Talisman"), None)
        category = self.grinder.categ_id.display_name or "Without"
        self.assertEqual(self._rows(income, "category"), {category: -800})

    def test_what_was_due_and_not_paid_at_the_end_is_overdue(self):
        self._create_books()
        self.first.order_line.product_id.invoice_policy = "order"
        invoice = self.first._create_invoices()
        invoice.write({"invoice_date": "2026-05-13", "invoice_date_due": "2026-05-15"})
        invoice.action_post()
        overdue = self._figures()["overdue"]
        self.assertEqual((overdue["before"], overdue["now"]), (0, 40))
        self.assertEqual(self._rows(overdue, "customer"), {"Talisman": 40})

    def test_a_customer_is_lost_on_the_day_that_ends_the_wait(self):
        # The last order of Nordlicht was on 5 May: 180 days later is 1 November.
        lost = self._figures(day="2026-11-03")["lost"]
        self.assertEqual((lost["before"], lost["now"]), (0, 1))
        self.assertIn("Nordlicht", lost["words"])
        lost = self._figures(day="2026-11-10")["lost"]
        self.assertEqual(lost["before"], 1)

    def test_nothing_at_all_is_no_error(self):
        figures = self._figures(day="2020-05-20", size="month")
        self.assertEqual({one["change"] for one in figures.values()}, {0})
        self.assertIn("did not change", figures["income"]["words"])

    def test_is_not_for_those_who_may_not_see_all_turnover(self):
        seller = new_test_user(
            self.env, "digest_seller", groups="sales_team.group_sale_salesman"
        )
        portal = new_test_user(self.env, "digest_portal", groups="base.group_portal")
        for user in (self.outsider, seller, portal, self.env.ref("base.public_user")):
            with self.assertRaises(AccessError):
                self._read(user=user)
        for request in ({"size": "year"}, {"day": "soon"}, {"day": "0001-01-01"}):
            with self.assertRaises(UserError):
                self._read(**request)
