from datetime import date

from odoo import Command
from odoo.tests import new_test_user

from ..models.sale_order_line import SaleOrderLine
from .common import ServiceCase


class OwnedCase(ServiceCase):
    """Goods with two years of warranty, and what is needed to sell them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env, "css_manager", groups="helpdesk_mgmt.group_helpdesk_manager"
        )
        cls.outsider = new_test_user(cls.env, "css_outsider", groups="base.group_user")
        cls.seller = new_test_user(
            cls.env, "css_seller", groups="sales_team.group_sale_salesman_all_leads"
        )
        cls.portal = new_test_user(
            cls.env,
            "css_portal",
            name="Anna Berg",
            groups="base.group_portal",
            partner_id=cls.anna.id,
        )
        # Where stock is kept too, deliveries tell who owns what; not in these tests.
        lines = cls.registry["sale.order.line"]
        cls.classPatch(lines, "_tells_owned", SaleOrderLine._tells_owned)
        cls.grinder = cls._create_product("Grinder")
        cls.beans = cls._create_product("Beans", track_owned=False)
        cls.terms = cls._create_terms("Two years", product=cls.grinder)

    @classmethod
    def _create_product(cls, name, **vals):
        vals = {
            "name": name,
            "type": "consu",
            "track_owned": True,
            "invoice_policy": "order",
            "list_price": 100,
            "standard_price": 60,
            "taxes_id": [Command.clear()],
        } | vals
        return cls.env["product.product"].create(vals)

    @classmethod
    def _create_terms(cls, name, product=None, **vals):
        products = product.product_tmpl_id.ids if product else []
        vals = {
            "name": name,
            "months": 24,
            "product_tmpl_ids": [Command.set(products)],
        } | vals
        return cls.env["crm.warranty"].create(vals)

    @classmethod
    def _create_item(cls, partner=None, **vals):
        vals = {
            "partner_id": (partner or cls.nordlicht).id,
            "product_id": cls.grinder.id,
            "lot_name": "NK-2024-0017",
            "date_bought": date(2024, 5, 3),
        } | vals
        return cls.env["crm.owned.item"].create(vals)

    @classmethod
    def _create_order(cls, *products, partner=None, confirm=True, quantity=1, **vals):
        lines = [
            Command.create({"product_id": product.id, "product_uom_qty": quantity})
            for product in products
        ]
        partner = partner or cls.nordlicht
        order = cls.env["sale.order"].create(
            {"partner_id": partner.id, "order_line": lines} | vals
        )
        if confirm:
            order.action_confirm()
        return order

    def _invoice(self, order, post=True):
        """Invoice an order that is invoiced as ordered."""
        invoice = order._create_invoices()
        if post:
            invoice.action_post()
        return invoice

    def _items(self, order):
        return self.env["crm.owned.item"].search(
            [("order_line_id", "in", order.order_line.ids)]
        )
