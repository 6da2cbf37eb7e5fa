from datetime import date
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .test_stand_in import AFTER, BEFORE, FIRST, StandInCase

TODO = "mail.mail_activity_data_todo"


@tagged("post_install", "-at_install")
class TestBrief(StandInCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.name = "Nordlicht <b>& Co</b>"
        cls._meet("Review", cls.anna)
        cls.anna.activity_schedule(
            TODO,
            user_id=cls.user.id,
            summary="Send the price list",
            date_deadline=date(2026, 3, 4),
        )

    @classmethod
    def _meet(cls, name, *guests, **vals):
        vals = {
            "name": name,
            "start": "2026-03-04 09:00:00",
            "stop": "2026-03-04 10:00:00",
            "user_id": cls.user.id,
            "partner_ids": [Command.set([guest.id for guest in guests])],
        } | vals
        return cls.env["calendar.event"].create(vals)

    def test_stand_in_gets_it_on_the_first_day(self):
        with freeze_time(BEFORE):
            record = self._stand_in()
            self._run()
            self.assertFalse(record.brief)
        with freeze_time(FIRST):
            self._run()
        for text in ("Review", "Send the price list", "Nordlicht"):
            self.assertIn(text, record.brief)
        self.assertRecordValues(record.activity_ids, [{"user_id": self.colleague.id}])
        message = record.message_ids.filtered("subject")
        self.assertIn(self.colleague.partner_id, message.notified_partner_ids)
        self.assertIn("Review", message.body)

    def test_it_comes_once(self):
        with freeze_time(FIRST):
            record = self._stand_in()
            self._run()
            self._run()
        self.assertEqual(len(record.activity_ids), 1)
        self.assertEqual(len(record.message_ids.filtered("subject")), 1)

    def test_it_comes_at_once_for_who_is_away_already(self):
        with freeze_time(FIRST):
            self.assertIn("Review", self._stand_in().brief)

    def test_it_comes_late_after_a_stop_of_the_server(self):
        with freeze_time(BEFORE):
            record = self._stand_in()
        with freeze_time("2026-03-05 01:00:00"):
            self._run()
        self.assertIn("Send the price list", record.brief)

    def test_names_are_harmless(self):
        with freeze_time(FIRST):
            brief = self._stand_in().brief
        self.assertIn("Nordlicht &lt;b&gt;&amp; Co&lt;/b&gt;", brief)

    def test_each_line_opens_its_record(self):
        with freeze_time(FIRST):
            brief = self._stand_in().brief
        self.assertIn(f'href="/odoo/res.partner/{self.customer.id}"', brief)
        self.assertIn(f'href="/odoo/res.partner/{self.anna.id}"', brief, "its task")

    def test_what_does_not_concern_the_stand_in_is_not_told(self):
        self._meet("Doctor", self.anna, privacy="private")
        self._meet("Team", self.colleague.partner_id)
        self._meet("In June", self.anna, start="2026-06-01", stop="2026-06-02")
        self._meet("Of another", self.anna, user_id=self.third.id)
        with freeze_time(FIRST):
            brief = self._stand_in().brief
        for text in ("Doctor", "Team", "In June", "Of another"):
            self.assertNotIn(text, brief)

    def test_only_the_chosen_customers_are_told(self):
        self.stranger.write({"user_id": self.user.id, "value_class": "a"})
        self._meet("Other meeting", self.stranger)
        self.stranger.activity_schedule(
            TODO, user_id=self.user.id, summary="Other task", date_deadline="2026-03-04"
        )
        with freeze_time(FIRST):
            brief = self._chosen(self.customer).brief
        for text in ("Review", "Send the price list", "Nordlicht"):
            self.assertIn(text, brief)
        for text in ("Other meeting", "Other task", "Olivar"):
            self.assertNotIn(text, brief)

    def test_nothing_is_said_too(self):
        with freeze_time(FIRST):
            record = self._stand_in(self.third)
        self.assertIn("Nothing", record.brief)

    def test_buttons_open_what_is_carried_on(self):
        with freeze_time(FIRST):
            record = self._chosen(self.customer).with_user(self.colleague)
            for model, expected in (
                ("calendar.event", "Review"),
                ("res.partner", self.anna.name),
                ("ir.rule", self.anna.name),  # unknown: the customers
            ):
                self.anna.user_id = self.user
                action = record.with_context(
                    crm_covered_model=model
                ).action_open_covered()
                found = self.env[action["res_model"]].with_user(self.colleague)
                self.assertIn(expected, found.search(action["domain"]).mapped("name"))
            action = record.action_open_activities()
            found = self.env["mail.activity"].with_user(self.colleague)
            self.assertEqual(
                found.search(action["domain"]).mapped("summary"),
                ["Send the price list"],
            )


@tagged("post_install", "-at_install")
class TestHandBack(StandInCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.note = cls._note(cls.anna, "Call before")

    def _touch(self, record, user, moment):
        """Have a user change a record at a moment: the database has a clock of its
        own, which cannot be frozen."""
        self.env.flush_all()
        self.env.cr.execute(
            f"UPDATE {record._table} SET write_uid = %s, write_date = %s WHERE id = %s",
            [user.id, moment, record.id],
        )
        self.env.invalidate_all()

    def _hand_back(self, record):
        with freeze_time(AFTER):
            self._run()
        return record.hand_back

    def test_absent_gets_what_the_stand_in_changed(self):
        with freeze_time(FIRST):
            record = self._stand_in()
        self._touch(self.note, self.colleague, "2026-03-04 10:00:00")
        done = self._hand_back(record)
        self.assertIn(f'href="/odoo/crm.interaction/{self.note.id}"', done)
        self.assertIn("Call before", done)
        message = record.message_ids.filtered("subject")[0]
        self.assertIn(self.user.partner_id, message.notified_partner_ids)
        self.assertIn("Call before", message.body)
        self.assertFalse(record.activity_ids, "the stand-in's to-do is over")

    def test_it_comes_once(self):
        with freeze_time(FIRST):
            record = self._stand_in()
        self._hand_back(record)
        count = len(record.message_ids)
        with freeze_time("2026-04-01 00:00:00"):
            self._run()
        self.assertEqual(len(record.message_ids), count)

    def test_time_over_while_the_server_stood_is_handed_back_without_brief(self):
        with freeze_time(BEFORE):
            record = self._stand_in()
        self._hand_back(record)
        self.assertTrue(record.handed_back_at)
        self.assertFalse(record.briefed_at)

    def test_what_others_did_or_at_another_time_is_not_told(self):
        with freeze_time(FIRST):
            record = self._stand_in()
        self._touch(self.note, self.third, "2026-03-04 10:00:00")
        early = self._note(self.anna, "Too early")
        self._touch(early, self.colleague, "2026-02-01 10:00:00")
        done = self._hand_back(record)
        self.assertNotIn("Call before", done)
        self.assertNotIn("Too early", done)

    def test_what_the_stand_in_made_for_the_customer_is_told(self):
        with freeze_time(FIRST):
            record = self._stand_in()
        made = self._note(self.anna, "New call", user_id=self.colleague.id)
        foreign = self._note(self.stranger, "Of nobody's", user_id=self.colleague.id)
        for note in (made, foreign):
            self._touch(note, self.colleague, "2026-03-04 10:00:00")
        done = self._hand_back(record)
        self.assertIn("New call", done)
        self.assertNotIn("Of nobody", done)

    def test_what_changed_hands_is_told(self):
        with freeze_time(FIRST):
            record = self._stand_in()
            self.note.with_user(self.colleague).user_id = self.third
        self._touch(self.note, self.colleague, "2026-03-04 10:00:00")
        self.assertIn("Call before", self._hand_back(record))

    def test_documents_that_were_written_about_are_told(self):
        with freeze_time(FIRST):
            record = self._stand_in()
            message = self.anna.with_user(self.colleague).message_post(body="Hello")
        self._touch(self.anna, self.third, "2026-03-05 10:00:00")
        message.date = "2026-03-04 10:00:00"
        self.assertIn("Anna Berg", self._hand_back(record))

    def test_what_the_stand_in_of_the_stand_in_did_is_told(self):
        with freeze_time(BEFORE):
            record = self._stand_in()
            self._stand_in(self.colleague, self.third)
        self._touch(self.note, self.third, "2026-03-04 10:00:00")
        self.assertIn("Call before", self._hand_back(record))

    def test_who_is_back_early_gets_it_at_once(self):
        with freeze_time(FIRST):
            record = self._stand_in()
        self._touch(self.note, self.colleague, "2026-03-03 10:00:00")
        with freeze_time("2026-03-04 09:00:00"):
            record.action_back()
            self.assertEqual(record.state, "ended")
        self.assertIn("Call before", record.hand_back)

    def test_one_that_fails_does_not_stop_the_others(self):
        with freeze_time(BEFORE):
            first = self._stand_in()
            second = self._stand_in(self.colleague, self.third)
        tell = type(first)._tell

        def failing(record, *args):
            if record.id == first.id:
                raise UserError(record.env._("The customer is not there"))
            return tell(record, *args)

        with (
            freeze_time(FIRST),
            patch.object(type(first), "_tell", failing),
            mute_logger("odoo.addons.crm_base.models.crm_stand_in"),
        ):
            self._run()
        self.assertTrue(second.briefed_at)
        self.assertFalse(first.briefed_at, "it is tried again")
        with freeze_time(FIRST):
            self._run()
        self.assertTrue(first.briefed_at)
