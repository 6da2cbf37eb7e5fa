from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, new_test_user, tagged

from .common import CrmCase


class CallCase(CrmCase):
    """A list of Anna, Jonas and a stranger, called by the user and a colleague."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna.phone, cls.jonas.phone = "+49 30 901821", "+49 30 901822"
        cls.stranger.phone = "+34 954 12 34 56"
        cls.anna.value_class = "a"
        cls.env["crm.contact.policy"].search([]).active = False
        cls.call_list = cls._create_list()
        kinds = cls.env["crm.call.outcome"].search([]).grouped("kind")
        cls.outcomes = {kind: records[0] for kind, records in kinds.items()}

    @classmethod
    def _create_list(cls, **vals):
        vals = {
            "name": "New harvest",
            "user_id": cls.manager.id,
            "user_ids": (cls.user | cls.colleague).ids,
            "consent_rule": "not_refused",
            "hour_from": 0,
            "hour_to": 24,
            "sat": True,
            "sun": True,
            "state": "open",
            "date_from": "2026-01-01",
        } | vals
        return cls.env["crm.call.list"].create(vals)

    def _fill(self, partners=None, call_list=None):
        call_list = (call_list or self.call_list).with_user(self.manager)
        partners = partners or self.anna | self.jonas | self.stranger
        return call_list._add(partners.with_user(self.manager))

    def _next(self, user=None):
        """The entry that a caller gets."""
        call_list = self.call_list.with_user(user or self.user)
        line = call_list.next_call()["line"]
        lines = self.env["crm.call.list.line"].with_user(user or self.user)
        return lines.browse(line["id"] if line else [])

    def _finish(self, kind, line=None, **values):
        line = line or self._next()
        attempt = line.finish_call(self.outcomes[kind].id, **values)
        return line, attempt

    def _reasons(self):
        lines = self.call_list.line_ids.filtered("left_out")
        return {line.partner_id: line.left_out for line in lines}


@tagged("post_install", "-at_install")
class TestCallListFill(CallCase):
    def test_everybody_comes_onto_the_list_once_by_person_and_phone(self):
        self._fill()
        twin = self.jonas.copy({"name": "Jonas W.", "phone": "+49 (30) 901822"})
        counts = self._fill(self.anna | twin)
        self.assertEqual((counts["added"], counts["doubles"]), (0, 2))
        self.assertEqual(len(self.call_list.line_ids), 3)

    def test_who_refused_calls_is_left_out_with_the_reason(self):
        self._refuse(self.anna)
        self.jonas.phone = False
        self.env["crm.contact.point"]._refute(self.stranger, "phone", "hand")
        self._fill()
        self.assertEqual(
            self._reasons(),
            {
                self.anna: "refused",
                self.jonas: "no_phone",
                self.stranger: "wrong_phone",
            },
        )

    def _refuse(self, partner, **vals):
        marketing = self.env.ref("crm_base.purpose_marketing")
        self.env["crm.consent"].create(
            {
                "partner_id": partner.id,
                "channel": "phone",
                "purpose_id": marketing.id,
                "status": "withdrawn",
            }
            | vals
        )

    def test_the_phone_of_somebody_who_refused_is_not_called_under_another_name(self):
        self._refuse(self.anna, channel="any", purpose_id=False)
        twin = self.jonas.copy({"phone": "+4930901821"})
        self._fill(twin)
        self.assertEqual(self._reasons(), {twin: "refused"})

    def test_a_list_for_who_agreed_leaves_out_who_said_nothing(self):
        self.call_list.consent_rule = "agreed"
        self._refuse(self.anna, status="granted")
        self._fill(self.anna | self.jonas)
        self.assertEqual(self._reasons(), {self.jonas: "no_consent"})

    def test_the_default_follows_the_rule_of_the_purpose(self):
        marketing = self.env.ref("crm_base.purpose_marketing")
        lists = self.env["crm.call.list"]
        marketing.rule = "opt_in"
        self.assertEqual(lists._default_consent_rule(), "agreed")
        marketing.rule = "opt_out"
        self.assertEqual(lists._default_consent_rule(), "not_refused")

    def test_a_condition_fills_the_list(self):
        self.call_list.fill_domain = f"[('parent_id', '=', {self.customer.id})]"
        self.call_list.with_user(self.manager).action_fill()
        self.assertEqual(self.call_list.line_ids.partner_id, self.anna | self.jonas)

    def test_a_condition_that_is_none_is_told(self):
        for domain in ("__import__('os')", "[('nothing', '=', 1)]", "[("):
            self.call_list.fill_domain = domain
            with (
                self.subTest(domain=domain),
                self.assertRaisesRegex(UserError, "cannot be read"),
            ):
                self.call_list.action_fill()

    def test_contacts_of_another_company_cannot_be_added(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.stranger.company_id = other
        with self.assertRaises(AccessError):
            self._fill(self.stranger)

    def test_chosen_contacts_come_onto_a_new_list(self):
        people = self.anna | self.jonas
        wizard = (
            self.env["crm.call.list.add"]
            .with_user(self.user)
            .with_context(active_model="res.partner", active_ids=people.ids)
            .create({"name": "Fresh"})
        )
        wizard.action_add()
        fresh = self.env["crm.call.list"].search([("name", "=", "Fresh")])
        self.assertEqual(fresh.user_id, self.user)
        self.assertEqual(fresh.line_ids.partner_id, people)

    def test_hours_that_are_none_are_refused(self):
        for vals in (
            {"hour_from": 18, "hour_to": 9},
            {"hour_to": 25},
            dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), False),
        ):
            with self.subTest(vals=vals), self.assertRaises(ValidationError):
                self.call_list.copy(vals)


@tagged("post_install", "-at_install")
class TestCalls(CallCase):
    def test_two_callers_never_get_the_same(self):
        self._fill()
        mine, theirs = self._next(), self._next(self.colleague)
        self.assertNotEqual(mine, theirs)
        self.assertEqual(self._next(), mine, "who asks again has it still")

    def test_the_best_customers_come_first(self):
        self._fill()
        self.assertEqual(self._next().partner_id, self.anna)

    def test_call_backs_that_are_due_come_first_and_to_who_agreed_on_them(self):
        self._fill()
        later = fields.Datetime.now() + timedelta(hours=2)
        line, _attempt = self._finish("call_back", date_back=str(later)[:19])
        self.assertEqual(line.partner_id.activity_ids.user_id, self.user)
        with freeze_time(later + timedelta(minutes=1)):
            self.assertNotEqual(self._next(self.colleague), line)
            self.assertEqual(self._next(), line)
        line.sudo()._release()
        with freeze_time(later + timedelta(hours=2)):
            self.call_list.line_ids.sudo()._release()
            self.assertEqual(self._next(self.colleague), line)

    def test_hours_are_those_of_the_customer(self):
        self.call_list.write({"hour_from": 9, "hour_to": 18})
        self.anna.tz, self.stranger.tz = "Europe/Berlin", "America/Bogota"
        self._fill(self.anna | self.stranger)
        with freeze_time(datetime(2026, 3, 3, 21, 0)):  # 22:00 and 16:00 there
            self.assertEqual(self._next().partner_id, self.stranger)

    def test_hours_of_the_contact_policy_hold_too(self):
        kind = self.env.ref("crm_base.crm_contact_kind_call")
        self.env["crm.contact.policy"].create(
            {"name": "Office", "hour_from": 9, "hour_to": 10, "kind_ids": kind.ids}
        )
        self.anna.tz = "UTC"
        self._fill(self.anna)
        with freeze_time(datetime(2026, 3, 3, 12, 0)):
            self.assertFalse(self._next())
        line = self.call_list.line_ids
        self.assertEqual(line.date_next, datetime(2026, 3, 4, 9, 0))

    def test_who_refuses_after_the_list_was_filled_is_not_called(self):
        self._fill(self.anna)
        TestCallListFill._refuse(self, self.anna)
        self.assertFalse(self._next())
        self.assertEqual(self._reasons(), {self.anna: "refused"})

    def test_no_answer_comes_again_after_the_pause_until_one_gives_up(self):
        self.call_list.write({"max_attempts": 2, "pause_hours": 1})
        self._fill(self.anna)
        self._finish("no_answer")
        self.assertFalse(self._next())
        with freeze_time(fields.Datetime.now() + timedelta(hours=2)):
            line, _attempt = self._finish("no_answer")
            self.assertEqual((line.state, line.attempts), ("given_up", 2))
            self.assertFalse(self._next())

    def test_a_call_is_noted_and_proves_the_phone(self):
        self._fill(self.anna)
        self._finish("success", note="Takes <b>ten</b> bags")
        note = self.anna.interaction_ids
        self.assertRecordValues(
            note, [{"kind": "call", "direction": "out", "outcome": "settled"}]
        )
        self.assertIn("&lt;b&gt;ten", note.description)
        self.assertEqual(self.anna._valid_contact_point("phone").state, "confirmed")

    def test_wrong_number_marks_the_phone(self):
        self._fill(self.anna)
        self._finish("wrong")
        self.assertEqual(self.anna._valid_contact_point("phone").state, "refuted")

    def test_do_not_call_again_withdraws_the_consent(self):
        self._fill(self.anna)
        line, _attempt = self._finish("do_not_call")
        self.assertFalse(self.anna.may_contact("phone", "marketing"))
        self.assertEqual(line.state, "refused")

    def test_an_outcome_plans_and_promises(self):
        self.outcomes["success"].write(
            {"next_step": "Send samples", "promise": "Samples", "promise_days": 3}
        )
        self._fill(self.anna)
        self._finish("success")
        promise = self.env["crm.promise"].search([("partner_id", "=", self.anna.id)])
        self.assertEqual(promise.interaction_id, self.anna.interaction_ids)
        self.assertIn("Send samples", self.anna.activity_ids.mapped("summary"))

    def test_a_wrong_click_is_taken_back_whole(self):
        self.outcomes["do_not_call"].write({"promise": "No calls", "next_step": "Tell"})
        self.anna._confirm_contact_point("phone", "hand")
        before = self.anna._phone_proof()
        self._fill(self.anna)
        line, attempt = self._finish("do_not_call")
        self.env["crm.call.list.line"].with_user(self.user).undo_call(attempt)
        self.assertFalse(self.anna.interaction_ids)
        self.assertFalse(self.anna.activity_ids)
        self.assertFalse(self.anna.consent_ids)
        self.assertFalse(self.env["crm.promise"].search([("name", "=", "No calls")]))
        self.assertEqual(self.anna._phone_proof(), before)
        self.assertEqual((line.state, line.taken_by_id), ("todo", self.user))
        self.assertEqual(line.attempts, 0)

    def test_only_the_own_last_call_of_a_moment_ago_is_taken_back(self):
        self._fill(self.anna)
        _line, attempt = self._finish("reached")
        lines = self.env["crm.call.list.line"]
        with self.assertRaises(AccessError):
            lines.with_user(self.colleague).undo_call(attempt)
        with (
            freeze_time(fields.Datetime.now() + timedelta(hours=1)),
            self.assertRaisesRegex(UserError, "too long ago"),
        ):
            lines.with_user(self.user).undo_call(attempt)

    def test_a_call_back_needs_a_day_that_comes(self):
        self._fill(self.anna)
        line = self._next()
        for when in ("", "soon", "2020-01-01 10:00:00", "2999-01-01 10:00:00"):
            with self.subTest(when=when), self.assertRaisesRegex(UserError, "When"):
                line.finish_call(self.outcomes["call_back"].id, date_back=when)

    def test_nobody_settles_what_a_colleague_has_in_hand(self):
        self._fill(self.anna)
        line = self._next()
        with self.assertRaisesRegex(UserError, "in hand"):
            line.with_user(self.colleague).finish_call(self.outcomes["success"].id)

    def test_what_is_held_too_long_lies_free_again(self):
        self._fill(self.anna)
        line = self._next()
        with freeze_time(fields.Datetime.now() + timedelta(hours=1)):
            self.assertEqual(self._next(self.colleague), line)

    def test_numbers_of_the_list(self):
        self._fill()
        self._finish("success")
        self._finish("no_answer")
        self._next()
        self.assertRecordValues(
            self.call_list,
            [
                {
                    "success_count": 1,
                    "reached_count": 1,
                    "no_answer_count": 1,
                    "work_count": 1,
                    "todo_count": 0,
                    "attempt_count": 2,
                    "success_rate": 100,
                }
            ],
        )

    def test_the_list_runs_on_its_days_only(self):
        self._fill(self.anna)
        self.call_list.date_from = fields.Date.today() + timedelta(days=3)
        screen = self.call_list.with_user(self.user).next_call()
        self.assertFalse(screen["line"])
        self.assertIn("begin on", screen["problem"])


@tagged("post_install", "-at_install")
class TestCallAccess(CallCase):
    def test_callers_see_the_lists_they_work_on_and_managers_all(self):
        self._fill()
        third = new_test_user(
            self.env, "crm_third", groups="crm_base.crm_base_group_user"
        )
        mine = [("id", "=", self.call_list.id)]
        lists = self.env["crm.call.list"]
        lines = self.env["crm.call.list.line"]
        self.assertTrue(lists.with_user(self.user).search(mine))
        self.assertTrue(lists.with_user(self.manager).search(mine))
        self.assertFalse(lists.with_user(third).search(mine))
        on_it = [("list_id", "=", self.call_list.id)]
        self.assertFalse(lines.with_user(third).search(on_it))
        with self.assertRaises(AccessError):
            self.call_list.with_user(third).next_call()

    def test_outsiders_and_portal_get_nothing(self):
        portal = new_test_user(self.env, "crm_call_portal", groups="base.group_portal")
        for user in (self.outsider, portal):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.call_list.with_user(user).next_call()

    def test_callers_change_neither_list_nor_entries(self):
        self._fill(self.anna)
        line = self.call_list.line_ids.with_user(self.user)
        for record, vals in (
            (self.call_list.with_user(self.user), {"max_attempts": 9}),
            (line, {"state": "success"}),
        ):
            with self.subTest(record=record), self.assertRaises(AccessError):
                record.write(vals)
        with self.assertRaises(AccessError):
            self._add_as(self.user)

    def _add_as(self, user):
        self.call_list.with_user(user)._add(self.jonas.with_user(user))

    def test_other_companies_lists_are_not_there(self):
        other = self.env["res.company"].create({"name": "Other"})
        foreign = self._create_list(company_id=other.id)
        seen = self.env["crm.call.list"].with_user(self.manager).search([])
        self.assertNotIn(foreign, seen)


@tagged("post_install", "-at_install")
class TestCallScript(CallCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.script = cls.env["crm.call.script"].create({"name": "Harvest"})
        steps = cls.env["crm.call.script.step"]
        cls.hello, cls.offer = steps.create(
            [
                {
                    "script_id": cls.script.id,
                    "name": "Hello",
                    "text": "Good day, {person} of {company}",
                },
                {"script_id": cls.script.id, "name": "Offer", "text": "Some beans?"},
            ]
        )
        cls.yes = cls.env["crm.call.script.answer"].create(
            {"step_id": cls.hello.id, "name": "Yes", "next_step_id": cls.offer.id}
        )
        cls.call_list.script_id = cls.script

    def test_names_are_filled_in_and_answers_lead_on(self):
        self._fill(self.anna)
        screen = self.call_list.with_user(self.user).next_call()
        first = screen["line"]["script"][0]
        self.assertEqual(first["text"], "Good day, Anna Berg of Nordlicht")
        self.assertEqual(first["answers"][0]["next"], self.offer.id)

    def test_answers_are_kept_with_the_call(self):
        self._fill(self.anna)
        line, _attempt = self._finish("reached", answer_ids=self.yes.ids)
        self.assertEqual(line.attempt_ids.answer_ids, self.yes)
        self.assertIn("Yes", self.anna.interaction_ids.description)

    def test_a_copy_leads_to_its_own_steps(self):
        copy = self.script.copy()
        answer = copy.step_ids.answer_ids
        self.assertEqual(answer.next_step_id.script_id, copy)
        self.assertEqual(len(copy.step_ids), 2)

    def test_an_answer_cannot_lead_into_another_script(self):
        copy = self.script.copy()
        with self.assertRaisesRegex(ValidationError, "another script"):
            self.yes.next_step_id = copy.step_ids[0]

    def test_a_placeholder_that_nobody_fills_is_told(self):
        with self.assertRaisesRegex(ValidationError, "{persn}"):
            self.hello.text = "Good day, {persn}"
