from odoo.tests import HttpCase, tagged

from .test_double_offer import DoubleCase
from .test_offer_rule import OfferCase


class OfferTourCase(HttpCase, OfferCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in (cls.seller, cls.manager):
            user.password = user.login
        cls._rule(basket_orders=2, pricelist_id=cls.regular.id)
        cls.env["crm.approval.limit"].create(
            {
                "kind": "discount",
                "value": 10,
                "group_id": cls.env.ref("sales_team.group_sale_salesman").id,
                "approver_group_id": cls.env.ref("sales_team.group_sale_manager").id,
            }
        )
        group = cls.env.ref("sale.group_discount_per_so_line")
        (cls.seller | cls.manager).group_ids += group


@tagged("post_install", "-at_install")
class TestOfferTour(OfferTourCase):
    browser_size = "1366x768"

    def test_seller_makes_an_offer_by_rule_and_asks_for_a_discount(self):
        self.start_tour(
            f"/odoo/res.partner/{self.nordlicht.id}",
            "crm_sfa_offer",
            login=self.seller.login,
        )
        approval = self.env["crm.approval"].search([("user_id", "=", self.seller.id)])
        self.assertEqual(
            (approval.state, approval.reason), ("asked", "They buy for all cafés")
        )
        self.assertEqual(approval.order_id.pricelist_id, self.regular)


@tagged("post_install", "-at_install")
class TestApprovalTour(OfferTourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_leader_approves_on_a_phone(self):
        order = self._create_order().with_user(self.seller)
        order.order_line.discount = 20
        approval = order._approval_ask("They buy for all cafés")
        self.start_tour(
            "/odoo/action-crm_sfa.crm_approval_action",
            "crm_sfa_approve",
            login=self.manager.login,
        )
        self.assertEqual(
            (approval.sudo().state, approval.sudo().decided_by_id),
            ("approved", self.manager),
        )


@tagged("post_install", "-at_install")
class TestDoubleOfferTour(HttpCase, DoubleCase):
    browser_size = "1366x768"

    def test_seller_offers_beside_a_colleague_with_a_reason(self):
        self.seller.password = self.seller.login
        self.nordlicht.email = "office@nordlicht.example.com"
        self.start_tour(
            f"/odoo/sale.order/{self.mine.id}",
            "crm_sfa_double_offer",
            login=self.seller.login,
        )
        self.assertEqual(self.mine.state, "sent")
        self.assertIn("I sell the service", self.theirs.message_ids[:1].body)
