from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from odoo.addons.crm_css.tests.common import ServiceCase


@tagged("post_install", "-at_install")
class TestTimesheet(ServiceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = (
            "helpdesk_mgmt.group_helpdesk_user,hr_timesheet.group_hr_timesheet_user"
        )
        cls.worker, cls.colleague = (
            new_test_user(cls.env, login, groups=groups)
            for login in ("css_worker", "css_colleague")
        )
        cls.manager = new_test_user(
            cls.env, "css_manager", groups="helpdesk_mgmt.group_helpdesk_manager"
        )
        cls.env["hr.employee"].create(
            [
                {"name": user.name, "user_id": user.id, "hourly_cost": 40}
                for user in cls.worker | cls.colleague
            ]
        )
        cls.project, cls.special = cls.env["project.project"].create(
            [
                {"name": name, "allow_timesheets": True}
                for name in ("Service", "Nordlicht")
            ]
        )
        cls.team.timesheet_project_id = cls.project
        cls.ticket = cls._create_ticket(cls.anna)

    def _note(self, user=None, hours=1.5):
        ticket = self.ticket.with_user(user or self.worker)
        return ticket.timesheet_ids.create(
            {
                "ticket_id": ticket.id,
                "project_id": ticket.timesheet_project_id.id,
                "name": "Changed the burrs",
                "unit_amount": hours,
            }
        )

    def test_project_of_the_team_is_taken(self):
        self.assertEqual(self.ticket.timesheet_project_id, self.project)

    def test_project_of_the_contract_goes_before(self):
        contract = self.env["contract.contract"].create(
            {
                "name": "C-17",
                "partner_id": self.nordlicht.id,
                "timesheet_project_id": self.special.id,
            }
        )
        self.ticket.contract_id = contract
        self.assertEqual(self.ticket.timesheet_project_id, self.special)
        contract.timesheet_project_id = False
        self.ticket.invalidate_recordset()
        self.assertEqual(self.ticket.timesheet_project_id, self.project)

    def test_time_is_the_employees_and_the_customers(self):
        line = self._note()
        self.assertRecordValues(
            line.sudo(),
            [
                {
                    "employee_id": self.worker.employee_id.id,
                    "project_id": self.project.id,
                    "partner_id": self.anna.id,
                    "amount": -60,
                }
            ],
        )

    def test_hours_and_cost_of_the_ticket(self):
        self._note()
        self._note(self.colleague, hours=0.5)
        self.env.invalidate_all()
        self.assertEqual(self.ticket.timesheet_hours, 2)
        self.assertEqual(self.ticket._ticket_costs(), {"Time": 80})
        self.assertEqual(self.ticket.cost_total, 80)

    def test_time_is_noted_on_the_form(self):
        with (
            Form(self.ticket.with_user(self.worker)) as form,
            form.timesheet_ids.new() as line,
        ):
            line.unit_amount = 2
        lines = self.ticket.timesheet_ids
        self.assertEqual((lines.project_id, lines.unit_amount), (self.project, 2))

    def test_time_of_a_colleague_may_not_be_changed(self):
        line = self._note()
        with self.assertRaises(AccessError):
            line.with_user(self.colleague).unit_amount = 8

    def test_agent_without_timesheets_sees_no_tab_and_gets_no_error(self):
        ticket = self.ticket.with_user(self.agent)
        self.assertNotIn("timesheet_ids", ticket.get_view(view_type="form")["arch"])
        with Form(ticket) as form:
            form.name = "Again"
        with self.assertRaises(AccessError):
            ticket.read(["timesheet_ids"])

    def test_manager_sees_the_cost_without_seeing_the_times(self):
        self._note()
        self.env.invalidate_all()
        self.assertEqual(self.ticket.with_user(self.manager).cost_total, 60)
        with self.assertRaises(AccessError):
            self.ticket.with_user(self.worker).read(["cost_total"])
