from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .test_stand_in import AFTER, BEFORE, FIRST, LAST, StandInCase


@tagged("post_install", "-at_install")
class TestStandInRights(StandInCase):
    """The note is a document of the absent which colleagues may only read."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.note = cls._note(cls.anna, "Call")

    def _assert_may(self, user, moment, note=None):
        with freeze_time(moment):
            self.env.invalidate_all()
            note = (note or self.note).with_user(user)
            note.name = f"Seen by {user.login}"
            self.assertTrue(note.is_covered)
            self.assertIn(note, note.search([("is_covered", "=", True)]))

    def _assert_may_not(self, user, moment, note=None):
        with freeze_time(moment):
            self.env.invalidate_all()
            note = (note or self.note).with_user(user)
            with self.assertRaises(AccessError):
                note.name = "Not mine"
            self.assertFalse(note.is_covered)
            self.assertNotIn(note, note.search([("is_covered", "=", True)]))
            self.assertIn(note, note.search([("is_covered", "=", False)]))

    def test_rights_open_and_close_by_the_clock(self):
        with freeze_time(BEFORE):
            self._stand_in()
        self._assert_may_not(self.colleague, BEFORE)
        self._assert_may(self.colleague, FIRST)
        self._assert_may(self.colleague, LAST)
        self._assert_may_not(self.colleague, AFTER)

    def test_draft_and_cancelled_open_nothing(self):
        with freeze_time(BEFORE):
            record = self._stand_in(confirm=False)
            self._assert_may_not(self.colleague, FIRST)
            record.action_confirm()
            record.action_cancel()
        self._assert_may_not(self.colleague, FIRST)

    def test_who_is_back_early_closes_the_rights(self):
        with freeze_time(FIRST):
            record = self._stand_in()
        self._assert_may(self.colleague, FIRST)
        with freeze_time("2026-03-03 09:00:00"):
            record.action_back()
        self._assert_may_not(self.colleague, "2026-03-03 09:00:01")

    def test_third_parties_gain_nothing(self):
        with freeze_time(FIRST):
            self._stand_in()
        self._assert_may_not(self.third, FIRST)

    def test_absent_keeps_the_own_rights(self):
        with freeze_time(FIRST):
            self._stand_in()
            self.note.with_user(self.user).name = "From the beach"

    def test_only_the_chosen_customers_are_covered(self):
        other = self._note(self.stranger, "Call of a stranger")
        with freeze_time(FIRST):
            self._chosen(self.customer)
        self._assert_may(self.colleague, FIRST)
        self._assert_may_not(self.colleague, FIRST, other)

    def test_chosen_customer_of_one_is_not_covered_for_another(self):
        third_note = self._note(self.anna, "Call", user_id=self.third.id)
        with freeze_time(FIRST):
            self._chosen(self.customer)
            self._chosen(self.stranger, absent=self.third)
        self._assert_may(self.colleague, FIRST)
        self._assert_may_not(self.colleague, FIRST, third_note)

    def test_stand_in_of_the_stand_in_covers_both(self):
        own = self._note(self.anna, "Call", user_id=self.colleague.id)
        with freeze_time(BEFORE):
            self._stand_in()
            self._stand_in(self.colleague, self.third, date_from="2026-03-05")
        self._assert_may_not(self.third, "2026-03-04 12:00:00")
        self._assert_may(self.third, LAST)
        self._assert_may(self.third, LAST, own)
        self._assert_may(self.colleague, LAST)
        self._assert_may_not(self.third, AFTER)

    def test_chain_gives_no_more_than_each_link(self):
        other = self._note(self.stranger, "Call of a stranger")
        with freeze_time(BEFORE):
            self._chosen(self.customer)
            self._chosen(
                self.customer | self.stranger,
                absent=self.colleague,
                stand_in=self.third,
            )
        self._assert_may(self.third, FIRST)
        self._assert_may_not(self.third, FIRST, other)

    def test_stand_in_may_not_delete_nor_note_in_the_name_of_the_absent(self):
        with freeze_time(FIRST):
            self._stand_in()
            note = self.note.with_user(self.colleague)
            with self.assertRaises(AccessError):
                note.unlink()
            vals = {"name": "X", "partner_id": self.anna.id, "user_id": self.user.id}
            with self.assertRaises(AccessError):
                note.create(vals)

    def test_tasks_follow_their_document(self):
        activity = self.note.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.user.id
        )
        with freeze_time(BEFORE):
            self._stand_in()
            self.env.invalidate_all()
            with self.assertRaises(AccessError):
                activity.with_user(self.colleague).write({"summary": "Not mine"})
        with freeze_time(FIRST):
            self.env.invalidate_all()
            activity.with_user(self.colleague).action_feedback("Done for you")
        self.assertFalse(activity.active)

    def test_private_meeting_stays_private(self):
        meeting = self.env["calendar.event"].create(
            {
                "name": "Doctor",
                "start": FIRST,
                "stop": LAST,
                "user_id": self.user.id,
                "privacy": "private",
            }
        )
        with freeze_time(FIRST):
            self._stand_in()
            self.env.invalidate_all()
            with self.assertRaises(AccessError):
                meeting.with_user(self.colleague).write({"name": "Seen"})

    def test_asking_costs_no_query(self):
        with freeze_time(FIRST):
            self._stand_in()
            self.env["crm.stand.in"]._periods()
            with self.assertQueryCount(0):
                self.env["crm.stand.in"].with_user(self.colleague)._covers_now()


@tagged("post_install", "-at_install")
class TestStandInOnTheCard(StandInCase):
    def _facts(self, partner, user=None):
        facts = partner.with_user(user or self.third).crm_card()["facts"]
        return {fact["key"]: fact["value"] for fact in facts}

    def test_card_says_who_stands_in(self):
        with freeze_time(FIRST):
            self._stand_in(reason="In hospital")
            value = self._facts(self.anna)["stand_in"]
            self.assertIn(self.colleague.name, value)
            self.assertIn("03/06/2026", value)
            self.assertNotIn("hospital", value)
        with freeze_time(AFTER):
            self.assertNotIn("stand_in", self._facts(self.anna))

    def test_only_the_chosen_customers_say_it(self):
        self.stranger.user_id = self.user
        with freeze_time(FIRST):
            self._chosen(self.customer)
            self.assertIn("stand_in", self._facts(self.customer))
            self.assertNotIn("stand_in", self._facts(self.stranger))

    def test_customer_without_absence_costs_no_query(self):
        self.env["crm.stand.in"]._periods()
        self.customer.commercial_partner_id.user_id.ids  # noqa: B018  read before
        with self.assertQueryCount(0):
            self.customer._stand_in_now()
