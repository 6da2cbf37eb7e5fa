from datetime import datetime, timedelta

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged, users, warmup

from ..tools.timeline import SLOTS
from .common import CrmCase

START = datetime(2026, 1, 5, 9)


@tagged("post_install", "-at_install")
class TestTimeline(CrmCase):
    def _mail_from(self, person, document, subject):
        return document.message_post(
            author_id=person.id, message_type="email", body="Hello", subject=subject
        )

    def test_newest_first_for_the_whole_company(self):
        self._note(self.anna, "First", date=START)
        self._note(self.customer, "Second", date=START + timedelta(days=1))
        self._note(self.jonas, "Third", date=START + timedelta(days=2))
        self._note(self.stranger, "Not theirs", date=START)
        for member in self.customer | self.anna | self.jonas:
            self.assertEqual(self._subjects(member), ["Third", "Second", "First"])

    def test_pages_by_key_lose_and_repeat_nothing(self):
        notes = [
            # Three a moment, so that pages end between rows of one date.
            self._note(
                self.anna, f"Note {number}", date=START + timedelta(days=number // 3)
            )
            for number in range(20)
        ]
        timeline = self.env["crm.timeline"].with_user(self.user)
        seen, before = [], None
        while before is not False:
            page = timeline.read_page(self.anna.id, before=before, limit=7)
            seen += [row["subject"] for row in page["rows"]]
            before = page["more"]
        self.assertEqual(len(seen), 20)
        self.assertEqual(set(seen), {note.name for note in notes})

    def test_kind_filters(self):
        self._note(self.anna, "Call")
        self._note(self.anna, "Visit", kind="visit")
        self.assertEqual(self._subjects(self.anna, kinds=["visit"]), ["Visit"])
        self.assertEqual(self._subjects(self.anna, kinds=["letter"]), [])

    def test_meeting_with_two_of_them_stands_once(self):
        self.env["calendar.event"].create(
            {
                "name": "Review",
                "start": START,
                "stop": START + timedelta(hours=1),
                "user_id": self.user.id,
                "partner_ids": [Command.set((self.anna | self.jonas).ids)],
            }
        )
        self.assertEqual(self._subjects(self.customer), ["Review"])

    def test_private_meeting_is_its_owners_alone(self):
        self.env["calendar.event"].create(
            {
                "name": "Secret",
                "start": START,
                "stop": START + timedelta(hours=1),
                "user_id": self.user.id,
                "privacy": "private",
                "partner_ids": [Command.set(self.anna.ids)],
            }
        )
        self.assertEqual(self._subjects(self.anna), ["Secret"])
        self.assertEqual(self._subjects(self.anna, self.colleague), [])

    def test_mail_in_and_mail_out(self):
        self._mail_from(self.anna, self.customer, "A question")
        self.customer.with_user(self.user).message_post(
            body="The answer",
            subject="An answer",
            partner_ids=self.anna.ids,
            subtype_xmlid="mail.mt_comment",
        )
        rows = self._rows(self.customer, kinds=["mail"])
        self.assertEqual(
            {(row["subject"], row["direction"], row["user"]) for row in rows},
            {("A question", "in", ""), ("The answer", "out", self.user.name)},
        )

    def test_mail_on_a_document_one_may_not_read_is_not_there(self):
        other = self.env["res.company"].create({"name": "Other"})
        note = self._note(self.anna, "Hidden", company_id=other.id)
        self._mail_from(self.anna, note, "Hidden mail")
        self._mail_from(self.anna, self.env.ref("base.main_company"), "Elsewhere")
        self.assertEqual(self._subjects(self.anna), [])

    def test_groups_and_search_show_the_same_rows(self):
        self._note(self.anna, "Call")
        other = self.env["res.company"].create({"name": "Other"})
        self._note(self.anna, "Hidden", company_id=other.id)
        timeline = self.env["crm.timeline"].with_user(self.user)
        domain = [("partner_id", "=", self.anna.id)]
        self.assertEqual(timeline.search(domain).mapped("subject"), ["Call"])
        groups = timeline._read_group(domain, ["kind"], ["__count"])
        self.assertEqual(groups, [("call", 1)])

    def test_nobody_outside_the_suite_reads_it(self):
        portal = new_test_user(self.env, "crm_portal_user", groups="base.group_portal")
        for user in (self.outsider, portal, self.env.ref("base.public_user")):
            with self.assertRaises(AccessError):
                self.env["crm.timeline"].with_user(user).search([])
            with self.assertRaises(AccessError):
                self._rows(self.anna, user)

    def test_row_opens_its_document(self):
        note = self._note(self.anna, "Call")
        row = self._rows(self.anna)[0]
        action = (
            self.env["crm.timeline"]
            .with_user(self.user)
            .browse(row["id"])
            .action_open()
        )
        self.assertEqual((action["res_model"], action["res_id"]), (note._name, note.id))

    def test_row_of_a_message_opens_what_it_hangs_on(self):
        self._mail_from(self.anna, self.customer, "A question")
        row = self._rows(self.anna)[0]
        action = (
            self.env["crm.timeline"]
            .with_user(self.user)
            .browse(row["id"])
            .action_open()
        )
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("res.partner", self.customer.id)
        )

    def test_slots_are_unique(self):
        slots = [source.slot for source in self.env["crm.timeline"]._timeline_sources()]
        self.assertEqual(len(slots), len(set(slots)))
        self.assertLess(max(slots), SLOTS)

    def test_bad_page_arguments_do_no_harm(self):
        self._note(self.anna, "Call")
        timeline = self.env["crm.timeline"].with_user(self.user)
        self.assertTrue(timeline.read_page(self.anna.id, limit=-5)["rows"])
        injected = ["2026-01-05T09:00:00", "x'); DROP TABLE crm_interaction; --", 1]
        timeline.read_page(self.anna.id, {"kinds": ["'; --"]}, before=injected)
        self.assertTrue(self.env["crm.interaction"].search_count([]))

    @users("crm_user")
    @warmup
    def test_a_page_takes_the_same_queries_for_small_and_big(self):
        for number in range(30):
            self._note(self.jonas, f"Note {number}", date=START)
        self.env.flush_all()
        timeline = self.env["crm.timeline"]
        for _round in range(2):
            self.env.invalidate_all()
            with self.assertQueryCount(__system__=20, crm_user=20):
                timeline.read_page(self.jonas.id)
