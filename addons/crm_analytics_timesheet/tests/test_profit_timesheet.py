from datetime import datetime

from odoo.tests import tagged

from odoo.addons.crm_analytics.tests.profit_common import ProfitCase


@tagged("post_install", "-at_install")
class TestProfitTimesheet(ProfitCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.profit_ticket_cost = 15
        cls.employee = cls.env["hr.employee"].create(
            {"name": "Carla", "company_id": cls.company.id, "hourly_cost": 40}
        )
        cls.project = cls.env["project.project"].create(
            {
                "name": "Service",
                "allow_timesheets": True,
                "company_id": cls.company.id,
            }
        )
        cls.worked, cls.plain = cls.env["helpdesk.ticket"].create(
            [
                {
                    "name": name,
                    "description": "<p>It stops.</p>",
                    "partner_id": cls.anna.id,
                    "company_id": cls.company.id,
                }
                for name in ("Worked on", "Answered at once")
            ]
        )
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE helpdesk_ticket SET create_date = %s WHERE id = ANY(%s)",
            [datetime(2025, 5, 5, 12), (cls.worked | cls.plain).ids],
        )
        cls.line = cls._note("2025-05-05", 1.5)

    @classmethod
    def _note(cls, day, hours):
        return cls.env["account.analytic.line"].create(
            {
                "name": "Changed the burrs",
                "ticket_id": cls.worked.id,
                "project_id": cls.project.id,
                "employee_id": cls.employee.id,
                "date": day,
                "unit_amount": hours,
            }
        )

    def _opened(self, profit, source):
        action = profit.action_open_documents(source)
        return self.env[action["res_model"]].search(action["domain"])

    def test_noted_time_takes_the_place_of_the_standard_cost(self):
        self._note("2024-05-05", 3)
        profit = self._profit(self.nordlicht)
        self.assertEqual(profit._amounts(), {"tickets": -15, "time": -60})
        self.assertEqual(self._opened(profit, "time"), self.line)
        self.assertEqual(self._opened(profit, "tickets"), self.plain)

    def test_a_removed_addon_leaves_the_sums_as_they_were(self):
        profit = self._profit(self.nordlicht)
        value = self.env["ir.model.fields.selection"].search(
            [
                ("field_id.model", "=", "crm.customer.profit.line"),
                ("field_id.name", "=", "source"),
                ("value", "=", "time"),
            ]
        )
        value._process_ondelete()
        self.env.invalidate_all()
        self.assertEqual(profit._amounts(), {"tickets": -15, "other": -60})
        self.assertEqual(profit.read_waterfall()["bars"][-2]["key"], "other")
