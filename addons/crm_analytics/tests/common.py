from datetime import datetime

from odoo.tests import new_test_user

from odoo.addons.base.tests.common import BaseCommon


class AnalyticsCase(BaseCommon):
    """A company of its own, so that no other order counts; its users, two customers of
    one family and one more."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Analysed"})
        cls.env.user.company_ids |= cls.company
        cls.env = cls.env(
            context=dict(cls.env.context, allowed_company_ids=cls.company.ids)
        )
        cls.reader = cls._create_user("analytics_reader", "group_user")
        cls.manager = cls._create_user("analytics_manager", "group_manager")
        cls.outsider = new_test_user(
            cls.env,
            "analytics_outsider",
            groups="crm_base.crm_base_group_user",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )
        cls.nordlicht, cls.olivar, cls.talisman = cls.env["res.partner"].create(
            [
                {"name": name, "is_company": True}
                for name in ("Nordlicht", "Olivar", "Talisman")
            ]
        )
        cls.anna = cls.env["res.partner"].create(
            {"name": "Anna Berg", "parent_id": cls.nordlicht.id}
        )
        cls.grinder = cls.env["product.product"].create(
            {
                "name": "Grinder",
                "list_price": 100,
                "standard_price": 60,
                "type": "consu",
            }
        )
        cls.values = cls.env["crm.value.source"]

    @classmethod
    def _create_user(cls, login, group):
        return new_test_user(
            cls.env,
            login,
            groups=f"crm_analytics.crm_analytics_{group}",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )

    @classmethod
    def _create_order(cls, partner, day, price=100.0, state="sale", **vals):
        """An order of one grinder, at noon of a day (text), of any price."""
        line = {
            "product_id": cls.grinder.id,
            "product_uom_qty": 1,
            "price_unit": price,
            "tax_ids": [(5,)],
        }
        order = cls.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "company_id": cls.company.id,
                "order_line": [(0, 0, line)],
            }
            | vals
        )
        order.write(
            {"state": state, "date_order": datetime.fromisoformat(f"{day} 12:00")}
        )
        return order

    @classmethod
    def _facts(cls, first="2026-01-01", last="2026-12-31", company=None):
        """Give what the sources tell of the company, as dicts."""
        cls.env.flush_all()
        query = cls.values._facts_sql(
            company or cls.company,
            datetime.fromisoformat(first).date(),
            datetime.fromisoformat(last).date(),
        )
        return cls.env.execute_query_dict(query)
