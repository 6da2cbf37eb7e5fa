from odoo.tests import new_test_user

from odoo.addons.base.tests.common import BaseCommon


class SalesCase(BaseCommon):
    """Two sellers of one team, their leader, and customers with people."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        own = "sales_team.group_sale_salesman"
        cls.seller = new_test_user(cls.env, "sfa_seller", groups=own, name="Sam Seller")
        cls.colleague = new_test_user(
            cls.env, "sfa_colleague", groups=own, name="Cora Colleague"
        )
        cls.leader = new_test_user(
            cls.env,
            "sfa_leader",
            groups="sales_team.group_sale_salesman_all_leads",
            name="Lea Leader",
        )
        cls.manager = new_test_user(
            cls.env,
            "sfa_manager",
            groups="sales_team.group_sale_manager",
            name="Max Manager",
        )
        cls.outsider = new_test_user(cls.env, "sfa_outsider", groups="base.group_user")
        cls.team = cls.env["crm.team"].create(
            {"name": "Coffee", "user_id": cls.leader.id}
        )
        for user in cls.seller | cls.colleague:
            cls.env["crm.team.member"].create(
                {"crm_team_id": cls.team.id, "user_id": user.id}
            )
        cls.nordlicht = cls._create_company("Nordlicht", "Anna Berg", "anna.berg")
        cls.anna = cls.nordlicht.child_ids
        cls.talisman = cls._create_company("Talisman", "Пётр Иванов", "p.ivanov")
        cls.petr = cls.talisman.child_ids
        cls.olivar = cls._create_company("Olivar", "Lucía Fernández", "lucia")
        cls.lucia = cls.olivar.child_ids
        cls.grinder = cls.env["product.product"].create(
            {"name": "Grinder", "list_price": 100, "standard_price": 60}
        )
        cls.beans = cls.env["product.product"].create(
            {"name": "Beans", "list_price": 10, "standard_price": 7}
        )

    @classmethod
    def _create_company(cls, company, person, mailbox):
        email = f"{mailbox}@{company.lower()}.example.com"
        child = (0, 0, {"name": person, "email": email})
        return cls.env["res.partner"].create(
            {"name": company, "is_company": True, "child_ids": [child]}
        )

    @classmethod
    def _create_lead(cls, **vals):
        """An opportunity of the seller with Nordlicht, unless told otherwise."""
        vals = {
            "name": "Grinders for the new roastery",
            "type": "opportunity",
            "partner_id": cls.nordlicht.id,
            "user_id": cls.seller.id,
            "team_id": cls.team.id,
        } | vals
        return cls.env["crm.lead"].create(vals)

    @classmethod
    def _create_order(cls, partner=None, user=None, confirm=False, **vals):
        """A quotation of two grinders to Nordlicht, unless told otherwise."""
        line = (0, 0, {"product_id": cls.grinder.id, "product_uom_qty": 2})
        vals = {
            "partner_id": (partner or cls.nordlicht).id,
            "user_id": (user or cls.seller).id,
            "team_id": cls.team.id,
            "order_line": [line],
        } | vals
        order = cls.env["sale.order"].create(vals)
        if confirm:
            order.action_confirm()
        return order
