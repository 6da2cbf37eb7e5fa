from datetime import date, timedelta

from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .common import ServiceCase


class ComplaintCase(ServiceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cause = cls.env.ref("crm_css.complaint_cause_product_defect")
        cls.grinder = cls.env["product.product"].create({"name": "Grinder"})
        cls.manager = new_test_user(
            cls.env, "css_manager", groups="helpdesk_mgmt.group_helpdesk_manager"
        )
        cls.ticket = cls._create_ticket(
            cls.anna, user_id=cls.agent.id, product_id=cls.grinder.id
        )

    @classmethod
    def _complain(cls, partner=None, **vals):
        partner = partner or cls.anna
        vals = {"name": "Arrived broken", "partner_id": partner.id} | vals
        return cls.env["crm.complaint"].create(vals)

    @classmethod
    def _propose(cls, **vals):
        complaint = cls._complain(user_id=cls.agent.id, **vals)
        complaint.action_start()
        complaint.write({"remedy_kind": "replacement", "remedy": "A new grinder"})
        complaint.action_propose()
        return complaint

    def _note_answer(self, complaint, **vals):
        vals = {
            "complaint_id": complaint.id,
            "partner_id": self.anna.id,
            "note": "On the phone",
        } | vals
        wizard = self.env["crm.complaint.answer"].with_user(self.agent).create(vals)
        return wizard.action_confirm()


@tagged("post_install", "-at_install")
class TestComplaint(ComplaintCase):
    def test_complaint_of_a_ticket_takes_over_what_the_ticket_tells(self):
        action = self.ticket.with_user(self.agent).action_complain()
        complaints = self.env["crm.complaint"].with_user(self.agent)
        with Form(complaints.with_context(**action["context"])) as form:
            form.kind = "product"
        self.assertRecordValues(
            form.record,
            [
                {
                    "name": self.ticket.name,
                    "partner_id": self.anna.id,
                    "product_id": self.grinder.id,
                    "team_id": self.team.id,
                    "user_id": self.agent.id,
                    "state": "new",
                }
            ],
        )
        self.assertEqual(self.ticket.with_user(self.agent).complaint_count, 1)

    def test_each_has_a_number_of_its_own(self):
        numbers = {self._complain().number for _count in range(3)}
        self.assertEqual(len(numbers), 3)
        self.assertNotIn("/", numbers)

    def test_remedy_is_needed_before_it_is_proposed(self):
        complaint = self._complain()
        complaint.action_start()
        with self.assertRaisesRegex(UserError, "Remedy"):
            complaint.action_propose()

    def test_remedy_stays_as_it_was_proposed(self):
        complaint = self._propose().with_user(self.agent)
        with self.assertRaisesRegex(UserError, "Rework"):
            complaint.remedy = "Nothing"
        complaint.action_rework()
        complaint.remedy = "Two grinders"

    def test_answer_on_the_phone_is_noted_with_who_and_when(self):
        complaint = self._propose()
        self._note_answer(complaint, date="2026-01-05 10:00:00")
        self.assertRecordValues(
            complaint,
            [
                {
                    "state": "confirmed",
                    "answer_how": "hand",
                    "answer_partner_id": self.anna.id,
                    "answer_user_id": self.agent.id,
                    "answer_note": "On the phone",
                }
            ],
        )
        self.assertEqual(str(complaint.answer_date), "2026-01-05 10:00:00")

    def test_refusal_is_a_task_for_the_owner(self):
        complaint = self._propose()
        self._note_answer(complaint, answer="refused")
        self.assertEqual(complaint.state, "refused")
        self.assertEqual(complaint.activity_ids.user_id, self.agent)

    def test_stranger_cannot_have_answered(self):
        with self.assertRaisesRegex(ValidationError, "does not belong"):
            self._note_answer(self._propose(), partner_id=self.lucia.id)

    def test_answer_cannot_come_from_the_future(self):
        future = fields.Datetime.now() + timedelta(days=1)
        with self.assertRaisesRegex(ValidationError, "future"):
            self._note_answer(self._propose(), date=future)

    def test_answer_before_there_is_a_remedy_is_refused(self):
        with self.assertRaisesRegex(UserError, "already"):
            self._note_answer(self._complain())

    def test_cause_is_needed_to_close_it(self):
        complaint = self._propose()
        self._note_answer(complaint)
        with self.assertRaisesRegex(UserError, "Cause"):
            complaint.action_close()
        complaint.cause_id = self.cause
        complaint.action_close()
        self.assertTrue(complaint.date_closed)

    def test_reopened_complaint_forgets_the_answer_and_its_link(self):
        complaint = self._propose(cause_id=self.cause.id)
        complaint.action_ask()
        self._note_answer(complaint)
        complaint.action_close()
        complaint.action_reopen()
        self.assertRecordValues(
            complaint,
            [{"state": "work", "answer_how": False, "answer_token": False}],
        )

    def test_new_complaint_cannot_be_closed_at_once(self):
        complaint = self._complain(cause_id=self.cause.id, remedy_kind="none")
        with self.assertRaises(UserError):
            complaint.action_close()
        with self.assertRaises(UserError):
            complaint.action_reopen()

    def test_state_and_answer_are_not_typed(self):
        complaint = self._complain().with_user(self.agent)
        for vals in ({"state": "closed"}, {"answer_how": "link"}):
            with self.assertRaises(UserError):
                complaint.write(vals)
        with self.assertRaises(UserError):
            complaint.create(
                {"name": "x", "partner_id": self.anna.id, "state": "confirmed"}
            )

    def test_mail_asks_the_customer_and_the_token_is_not_for_agents(self):
        complaint = self._propose().with_user(self.agent)
        complaint.action_ask()
        mail = self.env["mail.mail"].search(
            [("model", "=", "crm.complaint"), ("res_id", "=", complaint.id)]
        )
        token = complaint.sudo().answer_token
        self.assertEqual(mail.recipient_ids, self.anna)
        self.assertIn(f"/crm/complaint/{token}", mail.body_html)
        with self.assertRaises(AccessError):
            complaint.read(["answer_token"])

    def test_customer_without_a_mail_address_cannot_be_asked(self):
        self.anna.email = False
        with self.assertRaisesRegex(UserError, "no mail address"):
            self._propose().action_ask()

    def test_customer_is_not_asked_before_there_is_a_remedy(self):
        with self.assertRaisesRegex(UserError, "propose a remedy"):
            self._complain().action_ask()

    def test_cost_comes_from_the_credit_note(self):
        journal = self.env["account.journal"].search(
            [("type", "=", "sale"), ("company_id", "=", self.env.company.id)], limit=1
        )
        if not journal:
            journal = self.env["account.journal"].create(
                {"name": "Sales", "code": "SAL", "type": "sale"}
            )
        note = self.env["account.move"].new(
            {"move_type": "out_refund", "journal_id": journal.id}
        )
        complaint = self._complain()
        complaint.remedy_cost = 12
        self.assertEqual(complaint.remedy_cost, 12)
        self.assertIn(note._name, complaint._remedy_document_models())

    def test_cost_below_zero_is_refused(self):
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
            self._complain().remedy_cost = -1
            self.env.flush_all()

    def test_document_that_one_may_not_see_cannot_be_named(self):
        order = self.env["sale.order"].create({"partner_id": self.anna.id})
        self.assertFalse(order.with_user(self.agent).has_access("read"))
        complaint = self._complain().with_user(self.agent)
        with self.assertRaises(AccessError):
            complaint.remedy_document = f"sale.order,{order.id}"

    def test_overdue_is_what_is_open_after_its_day(self):
        complaint = self._complain(date_due=date(2026, 1, 5))
        with freeze_time("2026-01-05 12:00:00"):
            self.assertFalse(complaint.is_overdue)
        with freeze_time("2026-01-07 12:00:00"):
            self.env.invalidate_all()
            self.assertTrue(complaint.is_overdue)

    def test_cause_cannot_be_a_part_of_itself(self):
        with self.assertRaises(UserError):
            self.cause.parent_id.parent_id = self.cause

    def test_card_warns_of_an_open_complaint(self):
        self._complain()
        parts = self.nordlicht.with_user(self.agent).crm_card()["parts"]
        part = next(part for part in parts if part["key"] == "complaints")
        self.assertEqual((part["value"], part["warn"]), ("1", True))

    def test_card_stays_within_its_queries(self):
        self._complain()
        customer = self.nordlicht.with_user(self.agent)
        customer.crm_card()
        self.env.invalidate_all()
        with self.assertQueryCount(25):
            customer.crm_card()

    def test_complaint_stands_on_the_time_line(self):
        complaint = self._complain()
        page = self.env["crm.timeline"].with_user(self.agent).read_page(self.anna.id)
        row = next(row for row in page["rows"] if row["kind"] == "complaint")
        self.assertEqual(row["subject"], complaint.display_name)
        self.assertEqual(self.env["crm.timeline"]._differences(), {})

    def test_forgotten_person_leaves_that_there_was_a_complaint(self):
        name = self.anna.name = "Xaverine Quellmalz"
        complaint = self._propose(description=f"I, {name}, am angry")
        self._note_answer(complaint, note=f"{name} said yes")
        complaint.remedy_kind = "apology"
        log = self.anna._forget("letter")
        self.env.invalidate_all()
        # The whole database was searched.
        self.assertEqual(log.details["left"], {})
        self.assertRecordValues(
            complaint, [{"description": False, "answer_note": False}]
        )


@tagged("post_install", "-at_install")
class TestRepetition(ComplaintCase):
    """Three complaints within ninety days are a repetition."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.service_manager_id = cls.manager

    def _run(self):
        with self.enter_registry_test_mode():
            self.env.ref("crm_css.ir_cron_complaint_repeat").method_direct_trigger()
        self.env.invalidate_all()

    def _alarms(self):
        kind = self.env.ref("crm_css.mail_activity_type_repetition")
        return self.env["mail.activity"].search([("activity_type_id", "=", kind.id)])

    def _today(self, back=0):
        return fields.Date.today() - timedelta(days=back)

    def test_third_complaint_of_a_customer_alarms_once(self):
        for back in (50, 20):
            self._complain(date=self._today(back))
        self._run()
        self.assertFalse(self._alarms())
        last = self._complain(self.nordlicht)
        for _run in range(2):
            self._run()
        alarm = self._alarms()
        self.assertEqual((alarm.res_id, alarm.user_id), (last.id, self.manager))
        self.assertIn("Nordlicht", alarm.summary)

    def test_counting_begins_anew_after_an_alarm(self):
        for _count in range(5):
            self._complain()
        self._run()
        self.assertEqual(len(self._alarms()), 1)
        self._complain()
        self._run()
        self.assertEqual(len(self._alarms()), 2)

    def test_complaints_far_apart_alarm_nobody(self):
        for back in (120, 60, 0):
            self._complain(date=self._today(back))
        self._run()
        self.assertFalse(self._alarms())

    def test_same_product_and_cause_of_different_customers_alarms(self):
        same = {"product_id": self.grinder.id, "cause_id": self.cause.id}
        for partner in (self.anna, self.petr, self.lucia):
            self._complain(partner, **same)
        self._run()
        self.assertIn("Grinder", self._alarms().summary)

    def test_same_product_for_another_cause_does_not(self):
        other = self.env.ref("crm_css.complaint_cause_delivery_late")
        causes = (self.cause, self.cause, other)
        for partner, cause in zip(
            (self.anna, self.petr, self.lucia), causes, strict=True
        ):
            self._complain(partner, product_id=self.grinder.id, cause_id=cause.id)
        self._run()
        self.assertFalse(self._alarms())

    def test_cause_that_is_found_later_counts(self):
        same = {"product_id": self.grinder.id, "cause_id": self.cause.id}
        for partner in (self.anna, self.petr):
            self._complain(partner, **same)
        late = self._complain(self.lucia, product_id=self.grinder.id)
        self._run()
        late.cause_id = self.cause
        self._run()
        self.assertEqual(len(self._alarms()), 1)

    def test_job_that_is_days_late_alarms_all_the_same(self):
        for back in (130, 128, 126):
            self._complain(date=self._today(back))
        self._run()
        self.assertEqual(len(self._alarms()), 1)

    def test_alarm_goes_to_who_stands_in_for_the_manager(self):
        stand_in = self.env["crm.stand.in"].create(
            {"user_id": self.manager.id, "stand_in_id": self.agent.id}
        )
        stand_in.action_confirm()
        for _count in range(3):
            self._complain()
        self._run()
        self.assertEqual(self._alarms().user_id, self.agent)

    def test_setting_below_two_is_refused(self):
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
            self.env.company.complaint_repeat_count = 1
            self.env.flush_all()


@tagged("post_install", "-at_install")
class TestComplaintStandIn(ComplaintCase):
    def test_stand_in_carries_on_the_complaints_of_the_absent(self):
        absent, other = (
            new_test_user(
                self.env, login, groups="helpdesk_mgmt.group_helpdesk_user_own"
            )
            for login in ("css_absent", "css_other")
        )
        complaint = self._complain(user_id=absent.id).with_user(other)
        self.assertFalse(complaint.search([("id", "=", complaint.id)]))
        stand_in = self.env["crm.stand.in"].create(
            {"user_id": absent.id, "stand_in_id": other.id}
        )
        stand_in.action_confirm()
        self.env.invalidate_all()
        self.assertTrue(complaint.search([("id", "=", complaint.id)]))
        complaint.action_start()
        self.assertIn("Arrived broken", stand_in.brief)
