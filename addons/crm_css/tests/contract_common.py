from datetime import date

from odoo import Command, fields
from odoo.tests import new_test_user

from .common import ServiceCase


class ContractCase(ServiceCase):
    """A manager of service, three levels, and builders of contracts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["contract.contract"].search([]).write({"active": False})
        cls.manager = new_test_user(
            cls.env, "css_manager", groups="helpdesk_mgmt.group_helpdesk_manager"
        )
        cls.seller = new_test_user(
            cls.env, "css_seller", groups="sales_team.group_sale_salesman"
        )
        levels = [{"name": name, "rank": rank} for name, rank in (("Silver", 10),
                  ("Gold", 20))]  # fmt: skip
        cls.silver, cls.gold = cls.env["crm.service.level"].create(levels)
        cls.hour, cls.visit, cls.service = cls.env["product.product"].create(
            [
                {"name": "Hour of work", "type": "service", "list_price": 90},
                {"name": "Visit", "type": "service", "list_price": 200},
                {"name": "Gold service", "type": "service", "list_price": 120},
            ]
        )
        cls.env.company.write(
            {
                "overuse_hours_product_id": cls.hour.id,
                "overuse_visits_product_id": cls.visit.id,
                "overuse_tickets_product_id": cls.hour.id,
                "contract_manager_id": cls.manager.id,
                "contract_reminder_days": "90, 60, 30, 14, 7",
            }
        )

    def setUp(self):
        super().setUp()
        # Records are dated by the clock of the test too, not by the database's.
        self.patch(type(self.env.cr), "now", lambda _cr: fields.Datetime.now())

    @classmethod
    def _contract(cls, partner=None, **vals):
        """A running contract of the year 2026 with ten hours, unless told otherwise."""
        signed = vals.pop("signed", True)
        vals = {
            "name": "Gold for all machines",
            "partner_id": (partner or cls.nordlicht).id,
            "is_service": True,
            "service_level_id": cls.gold.id,
            "user_id": cls.agent.id,
            "service_start": date(2026, 1, 1),
            "term_interval": 1,
            "term_unit": "year",
            "included_hours": 10,
        } | vals
        contract = cls.env["contract.contract"].create(vals)
        if signed:
            contract.action_sign()
        return contract

    @classmethod
    def _line(cls, **vals):
        return Command.create(
            {
                "product_id": cls.service.id,
                "name": "Gold service",
                "quantity": 1,
                "automatic_price": False,
                "price_unit": 100,
                "recurring_rule_type": "monthly",
                "recurring_interval": 1,
                "date_start": date(2026, 1, 1),
                "recurring_next_date": date(2026, 1, 1),
            }
            | vals
        )

    def _book(self, contract, quantity, user=None, **vals):
        vals = {
            "contract_id": contract.id,
            "kind": "hours",
            "quantity": quantity,
        } | vals
        uses = self.env["crm.entitlement.use"].with_user(user or self.agent)
        return uses.create(vals)

    def _run_cron(self, name):
        with self.enter_registry_test_mode():
            self.env.ref(f"crm_css.{name}").method_direct_trigger()
        self.env.invalidate_all()
