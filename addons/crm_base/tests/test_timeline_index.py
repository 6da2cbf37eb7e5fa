from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..models.crm_timeline import CrmTimeline
from .common import CrmCase

START = datetime(2026, 1, 5, 9)


@tagged("post_install", "-at_install")
class TestTimelineIndex(CrmCase):
    """The table of keys always equals what the documents say."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.timeline = cls.env["crm.timeline"]

    def tearDown(self):
        self.assertEqual(self.timeline._differences(), {})
        super().tearDown()

    def _meeting(self, *people):
        return self.env["calendar.event"].create(
            {
                "name": "Review",
                "start": START,
                "stop": START + timedelta(hours=1),
                "user_id": self.user.id,
                "partner_ids": [Command.set([person.id for person in people])],
            }
        )

    def test_changed_document_changes_its_row(self):
        note = self._note(self.anna, "Call", date=START)
        note.write({"kind": "visit", "date": START + timedelta(days=1)})
        [row] = self._rows(self.anna)
        self.assertEqual((row["kind"], row["date"]), ("visit", "2026-01-06 09:00:00"))

    def test_document_that_goes_to_another_customer_moves(self):
        note = self._note(self.anna, "Call")
        note.partner_id = self.stranger
        self.assertEqual(self._subjects(self.anna), [])
        self.assertEqual(self._subjects(self.stranger), ["Call"])

    def test_deleted_document_is_gone(self):
        self._note(self.anna, "Call").unlink()
        self.assertEqual(self._subjects(self.anna), [])

    def test_person_who_changes_company_takes_the_history_along(self):
        self._note(self.anna, "Call")
        self.anna.parent_id = self.stranger
        self.assertEqual(self._subjects(self.customer), [])
        self.assertEqual(self._subjects(self.stranger), ["Call"])

    def test_meeting_that_is_moved_moves_on_the_time_line(self):
        meeting = self._meeting(self.anna)
        meeting.write(
            {"start": START + timedelta(days=2), "stop": START + timedelta(days=3)}
        )
        [row] = self._rows(self.anna)
        self.assertEqual(row["date"], "2026-01-07 09:00:00")

    def test_meeting_that_is_archived_is_gone(self):
        meeting = self._meeting(self.anna)
        meeting.action_archive()
        self.assertEqual(self._subjects(self.anna), [])
        meeting.action_unarchive()
        self.assertEqual(self._subjects(self.anna), ["Review"])

    def test_what_others_write_in_sql_is_seen(self):
        note = self._note(self.anna, "Call", date=START)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_interaction SET date = '2026-02-01 10:00:00' WHERE id = %s",
            [note.id],
        )
        self.assertEqual(self._rows(self.anna)[0]["date"], "2026-02-01 10:00:00")

    def test_deleted_person_leaves_no_row(self):
        self.jonas.activity_schedule(summary="Call").action_feedback(feedback="Done")
        self.assertEqual(self._subjects(self.jonas), ["Call"])
        self.jonas.unlink()
        self.assertFalse(self.timeline.search([("partner_id", "=", self.jonas.id)]).ids)

    def test_activity_done_stands_with_its_customer(self):
        activity = self.anna.activity_schedule(summary="Call", user_id=self.user.id)
        self.assertEqual(self._subjects(self.anna), [])
        activity.action_feedback(feedback="Nobody there")
        [row] = self._rows(self.anna)
        self.assertEqual((row["kind"], row["user"]), ("activity", self.user.name))

    def test_mass_update_compares_without_a_join(self):
        """Nested loops over the rows of a statement would be quadratic."""
        self.env.cr.execute(
            "SELECT prosrc FROM pg_proc WHERE proname LIKE 'crm\\_timeline\\_sync\\_%'"
        )
        for (source,) in self.env.cr.fetchall():
            self.assertIn("EXCEPT SELECT o.id", source)
            self.assertNotIn("JOIN old_rows", source)

    def test_index_built_anew_is_the_same(self):
        self._note(self.anna, "Call")
        self._meeting(self.anna, self.jonas)
        self.env.flush_all()
        query = "SELECT * FROM crm_timeline ORDER BY id"
        self.env.cr.execute(query)
        before = self.env.cr.fetchall()
        self.timeline._rebuild()
        self.env.cr.execute(query)
        self.assertEqual(self.env.cr.fetchall(), before)

    def test_nothing_is_built_while_the_sources_stay(self):
        with self.assertQueryCount(1):
            self.timeline._bring_in_line()

    def test_difference_is_told_and_mended(self):
        note = self._note(self.anna, "Call")
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM crm_timeline WHERE res_id = %s", [note.id])
        self.assertEqual(self.timeline._differences(), {0: (1, 0)})
        self.timeline._cron_compare()
        self.assertEqual(self._subjects(self.anna), ["Call"])
        self.assertEqual(self.timeline._differences(), {}, "a second run does nothing")

    def test_triggers_give_way_to_a_dropped_column_and_come_back(self):
        self.timeline._before_drop(["mail.message"])
        note = self._note(self.anna, "Unseen")
        self.assertEqual(self._subjects(self.anna), [])
        self.timeline._bring_in_line()
        self.assertEqual(self._subjects(self.anna), [note.name])

    def test_row_is_not_read_by_its_id_without_the_document(self):
        other = self.env["res.company"].create({"name": "Other"})
        note = self._note(self.anna, "Hidden", company_id=other.id)
        row = self.timeline.search([("res_id", "=", note.id)], limit=1)
        self.assertEqual(row.subject, "Hidden")
        with self.assertRaises(AccessError):
            row.with_user(self.user).read(["date", "kind", "subject"])
        with self.assertRaises(AccessError):
            row.with_user(self.user).action_open()

    def test_hidden_rows_are_not_counted_grouped_or_exported(self):
        other = self.env["res.company"].create({"name": "Other"})
        self._note(self.anna, "Hidden", company_id=other.id, kind="visit")
        timeline = self.timeline.with_user(self.user)
        domain = [("commercial_partner_id", "=", self.customer.id)]
        self.assertEqual(timeline.search_count(domain), 0)
        self.assertEqual(timeline._read_group(domain, ["kind"], ["__count"]), [])
        self.user.group_ids += self.env.ref("base.group_allow_export")
        row = self.timeline.search(domain).with_user(self.user)
        with self.assertRaises(AccessError):
            row.export_data(["kind", "date"])

    def test_old_row_is_found_behind_many_that_one_may_not_see(self):
        other = self.env["res.company"].create({"name": "Other"})
        self._note(self.anna, "Old", date=START)
        for number in range(5):
            self._note(
                self.anna,
                "Hidden",
                company_id=other.id,
                date=START + timedelta(days=number + 1),
            )
        with patch(f"{CrmTimeline.__module__}.LOOKED_AT", 3):
            self.assertEqual(self._subjects(self.anna), ["Old"])

    def test_each_filter_narrows(self):
        self._note(self.anna, "Call in", date=START)
        self._note(
            self.jonas,
            "Visit out",
            kind="visit",
            direction="out",
            date=START + timedelta(days=10),
            user_id=self.colleague.id,
        )
        for filters, subjects in (
            ({"partner_id": self.anna.id}, ["Call in"]),
            ({"user_id": self.colleague.id}, ["Visit out"]),
            ({"direction": "out"}, ["Visit out"]),
            ({"kinds": ["call"]}, ["Call in"]),
            ({"date_from": "2026-01-10"}, ["Visit out"]),
            ({"date_to": "2026-01-05"}, ["Call in"]),
            ({"text": "visit OUT"}, ["Visit out"]),
            ({"text": "visit in"}, []),
            ({"text": ""}, ["Visit out", "Call in"]),
        ):
            with self.subTest(filters=filters):
                self.assertEqual(self._subjects(self.customer, **filters), subjects)

    def test_text_of_notes_mails_and_meetings_is_found(self):
        self._note(self.anna, "Call", description="<p>wants the <b>blue</b> one</p>")
        self._meeting(self.anna).description = "<p>about the blue one</p>"
        self.customer.message_post(
            author_id=self.anna.id, message_type="email", body="blue, please"
        )
        rows = self._rows(self.customer, text="blue")
        self.assertEqual({row["kind"] for row in rows}, {"call", "meeting", "mail"})
        found = self.timeline.with_user(self.user).search(
            [("text", "ilike", "blue"), ("partner_id", "=", self.anna.id)]
        )
        self.assertEqual(len(found), 3)

    def test_unknown_filter_is_refused(self):
        with self.assertRaises(KeyError):
            self._rows(self.anna, sql="1=1")
