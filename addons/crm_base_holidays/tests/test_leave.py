from datetime import date

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, freeze_time, new_test_user, tagged

from odoo.addons.base.tests.common import BaseCommon

BEFORE, DURING = "2026-03-01 12:00", "2026-03-04 12:00"


@tagged("post_install", "-at_install")
@freeze_time(BEFORE)
class TestLeave(BaseCommon):
    """An employee asks for the week from 2 to 6 March 2026 off."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        group = "crm_base.crm_base_group_user"
        cls.user = new_test_user(cls.env, "leave_user", groups=group, tz="UTC")
        cls.other = new_test_user(cls.env, "leave_other", groups=group, tz="UTC")
        cls.third = new_test_user(cls.env, "leave_third", groups=group, tz="UTC")
        cls.officer = new_test_user(
            cls.env,
            "leave_officer",
            groups="base.group_user,hr_holidays.group_hr_holidays_manager",
        )
        cls.employee = cls.env["hr.employee"].create(
            {"name": "Mark", "user_id": cls.user.id}
        )
        cls.env["hr.employee"].create({"name": "Officer", "user_id": cls.officer.id})
        cls.kind = cls.env["hr.leave.type"].create(
            {
                "name": "Holiday",
                "requires_allocation": False,
                "leave_validation_type": "hr",
            }
        )

    def _ask(self, stand_in=None, approve=True):
        leave = (
            self.env["hr.leave"]
            .with_user(self.user)
            .create(
                {
                    "employee_id": self.employee.id,
                    "holiday_status_id": self.kind.id,
                    "request_date_from": date(2026, 3, 2),
                    "request_date_to": date(2026, 3, 6),
                    "stand_in_user_id": (stand_in or self.other).id,
                }
            )
        )
        if approve:
            leave.with_user(self.officer).action_approve()
        return leave

    def _stand_ins(self, leave):
        return leave.sudo().crm_stand_in_ids

    def test_nothing_happens_before_the_approval(self):
        self.assertFalse(self._stand_ins(self._ask(approve=False)))

    def test_approval_makes_the_stand_in(self):
        self.assertRecordValues(
            self._stand_ins(self._ask()),
            [
                {
                    "user_id": self.user.id,
                    "stand_in_id": self.other.id,
                    "date_from": date(2026, 3, 2),
                    "date_to": date(2026, 3, 6),
                    "scope": "all",
                    "state": "planned",
                    "reason": False,
                }
            ],
        )

    def test_time_off_without_stand_in_makes_none(self):
        leave = self._ask(approve=False)
        leave.stand_in_user_id = False
        leave.with_user(self.officer).action_approve()
        self.assertFalse(self._stand_ins(leave))

    def test_rights_are_open_during_the_time_off(self):
        partner = self.env["res.partner"].create({"name": "Nordlicht"})
        note = self.env["crm.interaction"].create(
            {"name": "Call", "partner_id": partner.id, "user_id": self.user.id}
        )
        self._ask()
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            note.with_user(self.other).name = "Not yet"
        with freeze_time(DURING):
            self.env.invalidate_all()
            note.with_user(self.other).name = "Answered"

    def test_refusal_cancels(self):
        leave = self._ask()
        leave.with_user(self.officer).action_refuse()
        self.assertEqual(self._stand_ins(leave).state, "cancelled")

    def test_cancellation_by_the_employee_cancels(self):
        leave = self._ask()
        leave._action_user_cancel("Not tired")
        self.assertEqual(self._stand_ins(leave).state, "cancelled")

    def test_refusal_during_the_time_off_ends_it(self):
        leave = self._ask()
        with freeze_time(DURING):
            self.env.invalidate_all()
            leave.with_user(self.officer).action_refuse()
            stand_in = self._stand_ins(leave)
            self.assertEqual(stand_in.state, "ended")
            self.assertTrue(stand_in.handed_back_at)

    def test_back_to_approval_and_approved_again_makes_another(self):
        leave = self._ask()
        leave.with_user(self.officer).action_back_to_approval()
        self.assertEqual(self._stand_ins(leave).mapped("state"), ["cancelled"])
        leave.with_user(self.officer).action_approve()
        states = self._stand_ins(leave).mapped("state")
        self.assertEqual(sorted(states), ["cancelled", "planned"])

    def test_other_stand_in_is_taken_over(self):
        leave = self._ask()
        leave.with_user(self.officer).stand_in_user_id = self.third
        self.assertEqual(self._stand_ins(leave).stand_in_id, self.third)

    def test_other_stand_in_during_the_time_off_ends_the_first(self):
        leave = self._ask()
        with freeze_time(DURING):
            self.env.invalidate_all()
            self.env["crm.stand.in"].search([]).filtered(
                lambda record: record.state == "running"
            )._begin()
            leave.with_user(self.officer).stand_in_user_id = self.third
            self.env.invalidate_all()
            found = {s.stand_in_id: s.state for s in self._stand_ins(leave)}
        self.assertEqual(found, {self.other: "ended", self.third: "running"})

    def test_deleted_time_off_takes_it_along(self):
        leave = self._ask()
        stand_in = self._stand_ins(leave)
        leave.with_user(self.officer).sudo().unlink()
        self.assertEqual(stand_in.state, "cancelled")

    def test_bad_stand_in_is_told_at_the_approval(self):
        outsider = new_test_user(self.env, "leave_outsider", groups="base.group_user")
        leave = self._ask(outsider, approve=False)
        with self.assertRaisesRegex(ValidationError, "leave_outsider"):
            leave.with_user(self.officer).action_approve()

    def test_nobody_names_himself_on_the_time_off_of_another(self):
        leave = self._ask(self.third, approve=False).with_user(self.other)
        with self.assertRaises(AccessError):
            leave.stand_in_user_id = self.other

    def test_form_has_the_field(self):
        leave = self._ask(approve=False)
        with Form(leave) as form:
            form.stand_in_user_id = self.third
        self.assertEqual(leave.stand_in_user_id, self.third)
