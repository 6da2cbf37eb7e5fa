from datetime import date, timedelta

from lxml import etree
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, new_test_user, tagged
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

from .common import CrmCase


class PromiseCase(CrmCase):
    @classmethod
    def _promise(cls, partner=None, **vals):
        """Note a promise of ours, by default of the user, given and due long ago."""
        vals = {
            "name": "Send a sample",
            "partner_id": (partner or cls.anna).id,
            "user_id": cls.user.id,
            "date": "2026-01-05",
            "date_due": "2026-01-15",
        } | vals
        return cls.env["crm.promise"].create(vals)

    def _on_record(self, promise):
        """Give the promise to its owner, with the tracking that tests switch off."""
        self.cr.flush()
        return promise.with_user(self.user).with_context(
            tracking_disable=False, mail_notrack=False
        )

    def _close(self, promise, action, text, user=None, **vals):
        """Close a promise as a person does: by the button and its dialog."""
        promise = promise.with_user(user or self.user)
        window = getattr(promise, action)()
        dialog = promise.env[window["res_model"]].with_context(**window["context"])
        dialog.create({"text": text, **vals}).action_confirm()


@tagged("post_install", "-at_install")
class TestPromise(PromiseCase):
    def test_in_a_noted_contact_only_name_and_due_date_are_typed(self):
        note = self._note(
            self.anna, "Talk", user_id=self.user.id, date="2026-01-05 12:00:00"
        )
        form = Form(note.with_user(self.user), "crm_base.crm_interaction_view_form")
        with form.promise_ids.new() as line:
            line.name = "Send a sample"
            line.date_due = "2026-01-15"
        form.save()
        self.assertRecordValues(
            note.promise_ids,
            [
                {
                    "partner_id": self.anna.id,
                    "commercial_partner_id": self.customer.id,
                    "user_id": self.user.id,
                    "company_id": self.env.company.id,
                    "date": date(2026, 1, 5),
                    "promised_by": "us",
                    "state": "open",
                }
            ],
        )

    def test_contact_and_promise_are_noted_in_one_call(self):
        line = Command.create({"name": "Send a sample", "date_due": "2050-01-15"})
        note = (
            self.env["crm.interaction"]
            .with_user(self.user)
            .create(
                {
                    "name": "Talk",
                    "partner_id": self.jonas.id,
                    "promise_ids": [line],
                }
            )
        )
        self.assertEqual(note.promise_ids.partner_id, self.jonas)
        self.assertEqual(note.promise_ids.user_id, self.user)

    def test_promise_without_a_talk_is_mine_and_given_today(self):
        promise = (
            self.env["crm.promise"]
            .with_user(self.user)
            .create(
                {
                    "name": "Send a sample",
                    "partner_id": self.anna.id,
                    "date_due": "2050-01-15",
                }
            )
        )
        self.assertEqual(promise.user_id, self.user)
        self.assertEqual(promise.date, date.today())

    def test_kept_with_proof(self):
        promise = self._promise()
        self._close(promise, "action_keep", "Waybill 4711")
        self.assertRecordValues(
            promise,
            [{"state": "kept", "proof": "Waybill 4711", "closed_by_id": self.user.id}],
        )
        self.assertTrue(promise.date_closed)

    def test_papers_that_prove_it_are_kept_with_the_promise(self):
        promise = self._promise()
        paper = (
            self.env["ir.attachment"]
            .with_user(self.user)
            .create({"name": "waybill.pdf", "raw": b"paper"})
        )
        self._close(
            promise,
            "action_keep",
            "Waybill 4711",
            attachment_ids=[Command.link(paper.id)],
        )
        seen = promise.with_user(self.colleague).message_ids.attachment_ids
        self.assertEqual(seen.raw, b"paper")
        self.assertEqual((paper.res_model, paper.res_id), ("crm.promise", promise.id))

    def test_a_paper_of_another_document_stays_there(self):
        promise = self._promise()
        paper = self.env["ir.attachment"].create(
            {"name": "x", "res_model": "res.partner", "res_id": self.anna.id}
        )
        self._close(
            promise,
            "action_keep",
            "Waybill",
            attachment_ids=[Command.link(paper.id)],
        )
        self.assertEqual(paper.res_id, self.anna.id)
        self.assertFalse(promise.message_ids.attachment_ids)

    def test_broken_and_withdrawn_ask_for_the_reason(self):
        broken, withdrawn = self._promise(), self._promise()
        self._close(broken, "action_break", "Forgotten")
        self._close(withdrawn, "action_withdraw", "Not wanted any more")
        self.assertEqual((broken.state, broken.reason), ("broken", "Forgotten"))
        self.assertEqual(withdrawn.state, "withdrawn")
        self.assertEqual(withdrawn.reason, "Not wanted any more")

    def test_nothing_is_closed_without_a_word(self):
        promise = self._promise()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            self._close(promise, "action_keep", False)

    def test_reopened_promise_is_open_as_before(self):
        promise = self._promise()
        self._close(promise, "action_keep", "Waybill")
        promise.with_user(self.user).action_reopen()
        self.assertRecordValues(
            promise,
            [
                {
                    "state": "open",
                    "proof": False,
                    "date_closed": False,
                    "closed_by_id": False,
                }
            ],
        )

    def test_who_changed_what_stays_on_record(self):
        promise = self._on_record(self._promise())
        promise.date_due = "2026-02-01"
        self.cr.flush()
        message = promise.message_ids[0]
        self.assertEqual(message.author_id, self.user.partner_id)
        values = message.sudo().tracking_value_ids
        self.assertEqual(values.field_id.name, "date_due")

    # Overdue

    def test_overdue_is_the_day_after_it_was_due(self):
        promise = self._promise(date_due="2026-01-15").with_user(self.user)
        for day, overdue in (("2026-01-15", False), ("2026-01-16", True)):
            with self.subTest(day=day), freeze_time(f"{day} 12:00:00"):
                promise.invalidate_recordset()
                self.assertEqual(promise.is_overdue, overdue)
                found = promise.search([("is_overdue", "=", True)])
                self.assertEqual(promise in found, overdue)
                found = promise.search([("is_overdue", "=", False)])
                self.assertEqual(promise in found, not overdue)

    @freeze_time("2026-01-15 23:00:00")
    def test_overdue_by_the_readers_calendar(self):
        promise = self._promise(date_due="2026-01-15").with_user(self.user)
        self.assertFalse(promise.is_overdue)
        self.assertTrue(promise.with_context(tz="Pacific/Kiritimati").is_overdue)

    def test_kept_promise_is_never_overdue(self):
        promise = self._promise()
        self._close(promise, "action_keep", "Waybill")
        self.assertFalse(promise.is_overdue)

    # The card

    def test_card_warns_of_overdue_promises_of_the_whole_company(self):
        self._promise(self.anna)
        self._promise(self.jonas, date="2026-01-05", date_due="2050-01-15")
        self._promise(self.stranger)
        part = self._part(self.customer, "promises")
        self.assertEqual((part["value"], part["warn"]), ("1 / 2", True))
        behind = self.env["crm.promise"].search(part["action"]["domain"])
        self.assertEqual(behind.partner_id, self.anna | self.jonas)

    def test_card_is_quiet_where_nothing_is_overdue(self):
        self._promise(self.jonas, date_due="2050-01-15")
        part = self._part(self.customer, "promises")
        self.assertEqual((part["value"], part["warn"]), ("0 / 1", False))

    def _part(self, partner, key):
        parts = partner.with_user(self.user).crm_card()["parts"]
        return next(part for part in parts if part["key"] == key)


@tagged("post_install", "-at_install")
class TestPromiseBadInput(PromiseCase):
    def test_due_before_it_was_given_is_refused(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError) as caught,
            self.env.cr.savepoint(),
        ):
            self._promise(date="2026-01-05", date_due="2026-01-04")
        message = self.env["crm.promise"]._sql_error_to_message(caught.exception)
        self.assertIn("cannot be due before it was given", message)

    def test_due_on_the_day_it_is_given_is_fine(self):
        self.assertTrue(self._promise(date="2026-01-05", date_due="2026-01-05"))

    def test_endless_name_is_refused_with_what_to_do(self):
        with self.assertRaisesRegex(ValidationError, r"10000 characters.*details"):
            self._promise(name="ы" * 10_000)

    def test_names_in_any_script_stay_as_they_are(self):
        for name in (
            "שלח דוגמה עד יום ב׳",
            "Привет 🤝🏽",
            "e\u0301",
            "'; DROP",
            "{{7*7}}",
        ):
            with self.subTest(name=name):
                self.assertEqual(self._promise(name=name).name, name)

    def test_closing_twice_says_that_it_is_closed(self):
        promise = self._promise()
        self._close(promise, "action_keep", "Waybill")
        with self.assertRaisesRegex(UserError, "is “Kept” already"):
            self._close(promise, "action_break", "Forgotten")

    def test_two_dialogs_at_once_close_it_once(self):
        promise = self._promise().with_user(self.user)
        first, second = (
            self.env["crm.promise.close"]
            .with_user(self.user)
            .create({"promise_id": promise.id, "state": state, "text": "Words"})
            for state in ("kept", "broken")
        )
        first.action_confirm()
        with self.assertRaisesRegex(UserError, "is “Kept” already"):
            second.action_confirm()
        self.assertEqual(promise.state, "kept")

    def test_open_promise_is_not_reopened(self):
        with self.assertRaisesRegex(UserError, "is “Open” already"):
            self._promise().with_user(self.user).action_reopen()

    def test_outcome_is_not_written_past_the_buttons(self):
        promise = self._promise().with_user(self.user)
        for vals in ({"state": "kept"}, {"closed_by_id": self.colleague.id}):
            with self.assertRaisesRegex(UserError, "outcome"):
                promise.write(vals)
        with self.assertRaisesRegex(UserError, "outcome"):
            promise.copy({"state": "kept"})

    def test_terms_of_a_closed_promise_stay(self):
        promise = self._promise()
        self._close(promise, "action_keep", "Waybill")
        with self.assertRaisesRegex(UserError, "Reopen it first"):
            promise.with_user(self.user).name = "Something else"

    def test_reminder_is_at_most_a_year_ahead(self):
        for days in (-1, 366, 2**31 - 1):
            with (
                self.subTest(days=days),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                self._promise(remind_days=days)

    def test_contact_of_another_company_is_refused(self):
        other = self.env["res.company"].create({"name": "Other"})
        foreign = self.env["res.partner"].create(
            {"name": "Foreign", "company_id": other.id}
        )
        with self.assertRaisesRegex(UserError, "Foreign"):
            self._promise(foreign, company_id=self.env.company.id)

    def test_owner_without_the_company_is_refused(self):
        other = self.env["res.company"].create({"name": "Other"})
        with self.assertRaisesRegex(UserError, "crm_user"):
            self._promise(company_id=other.id)

    def test_archived_customer_keeps_the_promises(self):
        promise = self._promise()
        self.anna.active = False
        self.assertEqual(promise.with_user(self.user).partner_id, self.anna)
        self._close(promise, "action_keep", "Waybill")
        self.assertEqual(promise.state, "kept")

    def test_customer_with_promises_is_not_deleted(self):
        self._promise()
        self._assert_refused(self.anna.unlink)

    def test_note_with_promises_is_not_deleted(self):
        note = self._note(self.anna, "Talk")
        self._promise(interaction_id=note.id)
        self._assert_refused(note.with_user(self.user).unlink)

    def _assert_refused(self, unlink):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            unlink()

    def test_merged_customer_takes_the_promises_along(self):
        double = self.env["res.partner"].create(
            {"name": "Ana Berg", "parent_id": self.stranger.id}
        )
        promise = self._promise(double)
        self.assertEqual(promise.commercial_partner_id, self.stranger)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((double | self.anna).ids, self.anna)
        self.assertEqual(promise.partner_id, self.anna)
        self.assertEqual(promise.commercial_partner_id, self.customer)


@tagged("post_install", "-at_install")
class TestPromiseAccess(PromiseCase):
    def test_colleagues_read_all_promises(self):
        promise = self._promise().with_user(self.colleague)
        self.assertEqual(promise.name, "Send a sample")

    def test_owner_changes_the_own_promise(self):
        promise = self._promise().with_user(self.user)
        promise.date_due = "2026-02-15"
        promise.user_id = self.colleague

    def test_who_noted_it_for_a_colleague_may_change_it(self):
        promise = (
            self.env["crm.promise"]
            .with_user(self.user)
            .create(
                {
                    "name": "Call back",
                    "partner_id": self.anna.id,
                    "user_id": self.colleague.id,
                    "date_due": "2050-01-15",
                }
            )
        )
        promise.date_due = "2050-02-15"
        self._close(promise, "action_withdraw", "Called already")
        self.assertEqual(promise.state, "withdrawn")

    def test_promise_of_a_colleague_is_not_changed(self):
        promise = self._promise().with_user(self.colleague)
        with self.assertRaises(AccessError):
            promise.date_due = "2026-02-15"

    def test_promise_of_a_colleague_is_not_closed(self):
        promise = self._promise()
        for action in ("action_keep", "action_break", "action_withdraw"):
            with self.subTest(action=action), self.assertRaises(AccessError):
                self._close(promise, action, "Words", self.colleague)
        dialog = self.env["crm.promise.close"].with_user(self.colleague)
        with self.assertRaises(AccessError):
            dialog.create({"promise_id": promise.id, "text": "W"}).action_confirm()
        self.assertEqual(promise.state, "open")

    def test_promise_of_a_colleague_is_not_reopened(self):
        promise = self._promise()
        self._close(promise, "action_keep", "Waybill")
        with self.assertRaises(AccessError):
            promise.with_user(self.colleague).action_reopen()

    def test_colleagues_may_comment(self):
        promise = self._promise().with_user(self.colleague)
        promise.message_post(body="I have the sample here")
        self.assertIn("sample here", promise.message_ids[0].body)

    def test_owner_does_not_delete_what_is_evidence(self):
        with self.assertRaises(AccessError):
            self._promise().with_user(self.user).unlink()

    def test_manager_changes_closes_and_deletes_all(self):
        promise = self._promise()
        promise.with_user(self.manager).user_id = self.colleague
        self._close(promise, "action_keep", "Waybill", self.manager)
        self.assertEqual(promise.closed_by_id, self.manager)
        promise.with_user(self.manager).unlink()
        self.assertFalse(promise.exists())

    def test_nobody_writes_the_record_of_reminders(self):
        vals = {
            "promise_id": self._promise().id,
            "step": "due",
            "date_due": "2026-01-15",
            "user_id": self.user.id,
        }
        for user in (self.user, self.manager):
            with self.assertRaises(AccessError):
                self.env["crm.promise.reminder"].with_user(user).create(vals)

    def test_users_outside_the_suite_and_portal_see_nothing(self):
        promise = self._promise()
        portal = new_test_user(self.env, "crm_portal_user", groups="base.group_portal")
        for user in (self.outsider, portal, self.env.ref("base.public_user")):
            with self.assertRaises(AccessError):
                promise.with_user(user).read(["name"])
            with self.assertRaises(AccessError):
                promise.with_user(user).action_keep()

    def test_promise_of_another_company_is_not_there(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.user.company_ids |= other
        promise = self._promise(company_id=other.id).with_user(self.colleague)
        self.assertNotIn(promise, promise.search([]))
        with self.assertRaises(AccessError):
            promise.read(["name"])


@tagged("post_install", "-at_install")
class TestPromiseList(PromiseCase):
    def test_the_list_takes_as_many_queries_for_many_as_for_few(self):
        self._promise()
        few = self._count_queries()
        for number in range(20):
            self._promise(name=f"Promise {number}", date_due=date(2026, 3, number + 1))
        self.assertEqual(self._count_queries(), few)

    def _count_queries(self):
        promises = self.env["crm.promise"].with_user(self.user)
        spec = {"name": {}, "is_overdue": {}, "date_due": {}}
        spec |= {name: {"fields": {"display_name": {}}} for name in ("partner_id",)}
        self.env.flush_all()
        self.env.invalidate_all()
        promises.web_search_read([], spec)
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        promises.web_search_read([], spec)
        return self.cr.sql_log_count - before

    def test_due_this_week_ends_with_the_week(self):
        day = date(2026, 1, 14)  # a Wednesday
        with freeze_time(day):
            inside = self._promise(date_due=day + timedelta(days=1))
            outside = self._promise(date_due=day + timedelta(days=7))
            domain = self._filter_domain("this_week")
            found = self.env["crm.promise"].search(domain)
        self.assertIn(inside, found)
        self.assertNotIn(outside, found)

    def _filter_domain(self, name):
        view = self.env.ref("crm_base.crm_promise_view_search")
        (node,) = etree.fromstring(view.arch).xpath(f"//filter[@name='{name}']")
        return safe_eval(node.get("domain"))
