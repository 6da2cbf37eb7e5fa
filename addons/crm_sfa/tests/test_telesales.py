from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.tests import new_test_user, tagged

from .common import SalesCase


class TelesalesCase(SalesCase):
    """A list of Anna, who buys grinders and beans, called by the seller."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.approval.limit"].search([]).active = False
        cls.env["crm.offer.rule"].search([]).active = False
        cls.env["crm.contact.policy"].search([]).active = False
        cls.anna.phone = "+49 30 901821"
        for quantity in (2, 2, 4):
            lines = [
                (0, 0, {"product_id": cls.grinder.id, "product_uom_qty": quantity}),
                (0, 0, {"product_id": cls.beans.id, "product_uom_qty": 10}),
            ]
            cls._create_order(cls.anna, confirm=True, order_line=lines)
        cls.call_list = cls.env["crm.call.list"].create(
            {
                "name": "New harvest",
                "campaign_id": cls.env["utm.campaign"].create({"name": "Harvest"}).id,
                "user_id": cls.manager.id,
                "user_ids": (cls.seller | cls.colleague).ids,
                "consent_rule": "not_refused",
                "hour_from": 0,
                "hour_to": 24,
                "sat": True,
                "sun": True,
                "state": "open",
            }
        )
        kinds = cls.env["crm.call.outcome"].search([]).grouped("kind")
        cls.outcomes = {kind: records[0] for kind, records in kinds.items()}
        cls.outcomes["success"].makes_deal = True

    def _fill(self, records=None):
        records = records or self.anna
        return self.call_list.with_user(self.manager)._add(
            records.with_user(self.manager)
        )

    def _screen(self, user=None):
        return self.call_list.with_user(user or self.seller).next_call()

    def _line(self, user=None):
        screen = self._screen(user)
        lines = self.env["crm.call.list.line"].with_user(user or self.seller)
        return lines.browse(screen["line"]["id"])

    def _basket(self, quantity=2, product=None):
        product = product or self.grinder
        return [{"product_id": product.id, "uom_id": 0, "quantity": quantity}]


@tagged("post_install", "-at_install")
class TestTelesales(TelesalesCase):
    def test_the_usual_basket_stands_on_the_screen_with_prices(self):
        self._fill()
        offer = self._screen()["offer"]
        lines = {line["product_id"]: line for line in offer["lines"]}
        self.assertEqual(lines[self.grinder.id]["quantity"], 2)
        self.assertEqual(lines[self.beans.id]["quantity"], 10)
        self.assertEqual(lines[self.grinder.id]["price"], 100)

    def test_prices_are_those_of_the_customers_price_list(self):
        item = {"compute_price": "percentage", "percent_price": 10}
        pricelist = self.env["product.pricelist"].create(
            {"name": "Cafés", "item_ids": [(0, 0, item)]}
        )
        self.nordlicht.property_product_pricelist = pricelist
        self._fill()
        priced = self._line().price_basket(self._basket(3))
        self.assertEqual(priced["lines"][0]["price"], 90)
        self.assertIn("270", priced["total"])

    def test_a_quotation_is_made_and_belongs_to_the_call(self):
        self._fill()
        line = self._line()
        order = self.env["sale.order"].browse(line.make_quotation(self._basket(3)))
        self.assertRecordValues(
            order,
            [
                {
                    "partner_id": self.anna.id,
                    "user_id": self.seller.id,
                    "campaign_id": self.call_list.campaign_id.id,
                    "state": "draft",
                }
            ],
        )
        self.assertEqual(order.order_line.product_uom_qty, 3)
        self.assertEqual(self._screen()["offer"]["orders"][0]["id"], order.id)
        order.with_user(self.seller).action_confirm()
        self.assertEqual(
            (self.call_list.order_count, self.call_list.offer_count), (1, 0)
        )
        self.assertEqual(self.call_list.order_amount, 300)

    def test_the_guard_stops_the_order_and_keeps_the_draft(self):
        self._create_order(self.anna, self.colleague)
        self._fill()
        order_id = self._line().make_quotation(self._basket())
        order = self.env["sale.order"].with_user(self.seller).browse(order_id)
        with self.assertRaises(RedirectWarning):
            order.action_confirm()
        self.assertIn("Cora", self._screen()["offer"]["orders"][0]["hint"])

    def test_baskets_that_are_none_are_refused(self):
        self._fill()
        line = self._line()
        for basket in (
            [],
            [{"product_id": "x"}],
            self._basket(-1),
            self._basket(float("nan")),
            self._basket(0),
        ):
            with self.subTest(basket=basket), self.assertRaises(UserError):
                line.make_quotation(basket)

    def test_products_that_are_not_sold_are_not_offered(self):
        self._fill()
        self.beans.sale_ok = False
        screen = self._screen()["offer"]
        self.assertNotIn(self.beans.id, [one["product_id"] for one in screen["lines"]])
        self.assertIn("Beans", screen["gone"])

    def test_an_outcome_makes_the_deal_and_a_wrong_click_takes_it_back(self):
        self._fill()
        line = self._line()
        attempt = line.finish_call(self.outcomes["success"].id)
        deal = line.lead_id
        self.assertEqual(deal.user_id, self.seller)
        self.assertEqual(deal.campaign_id, self.call_list.campaign_id)
        line.undo_call(attempt)
        self.assertFalse(deal.exists())

    def test_a_deal_with_quotations_is_not_taken_back(self):
        self._fill()
        line = self._line()
        attempt = line.finish_call(self.outcomes["success"].id)
        self._create_order(opportunity_id=line.lead_id.id)
        with self.assertRaisesRegex(UserError, "quotations already"):
            line.undo_call(attempt)

    def test_leads_without_a_contact_are_called_by_their_own_number(self):
        lead = self._create_lead(
            type="lead", partner_id=False, contact_name="Jon", phone="+49 30 5550001"
        )
        self._fill(lead)
        line = self._line()
        self.assertEqual(line.display_name, "Jon")
        order = self.env["sale.order"].browse(line.make_quotation(self._basket()))
        self.assertEqual(order.partner_id, lead.partner_id)
        line.finish_call(self.outcomes["success"].id)
        self.assertEqual(lead.type, "opportunity")

    def test_only_the_caller_hears_what_hinders_to_take_a_call_back(self):
        self._fill()
        line = self._line()
        attempt = line.finish_call(self.outcomes["success"].id)
        self._create_order(opportunity_id=line.lead_id.id)
        for user in (self.outsider, self.colleague):
            with self.assertRaises(AccessError):
                line.with_user(user).undo_call(attempt)

    def test_a_lead_of_a_colleague_stops_nobody(self):
        theirs = self._create_lead(
            user_id=self.colleague.id, phone="+49 30 5550006", expected_revenue=900
        )
        mine = self._create_lead(phone="+49 30 5550007", partner_id=self.talisman.id)
        self._fill(theirs | mine)
        self._line().finish_call(self.outcomes["no_answer"].id, None)
        self.assertFalse(
            self.env["crm.call.attempt"].search([("user_id", "!=", self.seller.id)])
        )

    def test_deal_of_a_call_is_in_the_companys_currency(self):
        line = self.env["crm.call.list.line"].browse(self._fill_line().id)
        order = self._create_order(self.anna)
        order.currency_rate = 2
        line.order_ids = order
        self.assertEqual(
            line._prepare_deal_vals()["expected_revenue"], order.amount_untaxed / 2
        )

    def _fill_line(self):
        self._fill()
        return self._line()

    def test_the_dearest_deals_come_first(self):
        small = self._create_lead(phone="+49 30 5550002", expected_revenue=10)
        big = self._create_lead(
            partner_id=self.talisman.id, phone="+49 30 5550003", expected_revenue=900
        )
        self._fill(small | big)
        self.assertEqual(self._line().lead_id, big)

    def test_leads_that_one_may_not_read_cannot_be_added(self):
        lead = self._create_lead(user_id=self.colleague.id, phone="+49 30 5550004")
        own = self.env["crm.call.list"].with_user(self.seller).create({"name": "Mine"})
        with self.assertRaises(AccessError):
            own._add(lead.with_user(self.seller))

    def test_who_sells_nothing_gets_no_basket(self):
        agent = new_test_user(
            self.env, "sfa_agent", groups="crm_base.crm_base_group_user"
        )
        self.call_list.user_ids |= agent
        self._fill()
        self.assertNotIn("offer", self._screen(agent))
        with self.assertRaises(AccessError):
            self._line(agent).make_quotation(self._basket())

    def test_sales_managers_see_and_keep_all_lists(self):
        lists = self.env["crm.call.list"].with_user(self.manager)
        theirs = self.env["crm.call.list"].create(
            {"name": "Theirs", "user_id": self.colleague.id, "user_ids": []}
        )
        self.assertIn(theirs, lists.search([]))
        theirs.with_user(self.manager).max_attempts = 5
        self.assertNotIn(theirs, lists.with_user(self.seller).search([]))

    def test_the_screen_costs_a_bounded_number_of_queries(self):
        self._fill()
        self._screen()
        self.env.invalidate_all()
        with self.assertQueryCount(120):
            self._screen()
