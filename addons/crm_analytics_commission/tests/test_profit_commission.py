from odoo import Command
from odoo.tests import tagged

from odoo.addons.crm_analytics.tests.profit_common import ProfitCase


@tagged("post_install", "-at_install")
class TestProfitCommission(ProfitCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plan = cls.env["crm.commission.plan"].create(
            {
                "name": "Sales",
                "company_id": cls.company.id,
                "date_from": "2025-01-01",
                "rate_ids": [Command.create({"rate": 5})],
                "member_ids": [Command.create({"user_id": cls.manager.id})],
            }
        )
        cls.order = cls._sell(cls.anna, price_unit=1000)
        cls.invoice = cls._bill(cls.anna, 1000)

    def _statement(self, state, *lines):
        """A statement of a month, with lines of a day and an amount."""
        month = 1 + len(self.env["crm.commission.statement"].search([]))
        statement = self.env["crm.commission.statement"].create(
            {
                "user_id": self.manager.id,
                "company_id": self.company.id,
                "date_from": f"2025-{month:02}-01",
                "date_to": f"2025-{month:02}-28",
                "line_ids": [
                    Command.create(
                        {
                            "kind": "sale" if amount > 0 else "clawback",
                            "plan_id": self.plan.id,
                            "date": day,
                            "amount": amount,
                        }
                        | document
                    )
                    for day, amount, document in lines
                ],
            }
        )
        if state != "draft":
            statement.state = state
        return statement

    def test_lines_of_confirmed_statements_cost_of_drafts_not(self):
        by_order, by_bill = {"order_id": self.order.id}, {"move_id": self.invoice.id}
        closed = self._statement(
            "confirmed",
            ("2025-03-01", 50, by_order),
            ("2025-04-01", -20, by_bill),
            ("2024-12-31", 7, by_order),
        )
        self._statement("draft", ("2025-03-01", 90, by_order))
        profit = self._profit(self.nordlicht)
        self.assertEqual(profit._amounts()["commissions"], -30)
        action = profit.action_open_documents("commissions")
        opened = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(opened.statement_id, closed)
        self.assertEqual(sum(opened.mapped("amount")), 30)
