from datetime import date, datetime, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tests import HttpCase, freeze_time, new_test_user, tagged

from .common import ServiceCase


@tagged("post_install", "-at_install")
class TestWorkQueue(ServiceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Nothing of other tests or demo data lies in the queue of these two.
        groups = "helpdesk_mgmt.group_helpdesk_user_own"
        cls.mia = new_test_user(cls.env, "css_mia", groups=groups)
        cls.leo = new_test_user(cls.env, "css_leo", groups=groups)
        cls.desk = cls.env["helpdesk.ticket.team"].create(
            {
                "name": "Desk",
                "user_ids": [(6, 0, (cls.mia + cls.leo).ids)],
            }
        )
        cls.env["helpdesk.ticket"].search([("team_id", "=", False)]).team_id = cls.team
        cls.done = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        cls.awaiting = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_awaiting")

    def setUp(self):
        super().setUp()
        # What is taken is committed at once, on a connection of its own.
        self.enterContext(self.enter_registry_test_mode())

    def _ticket(self, partner=None, **vals):
        return self._create_ticket(partner or self.anna, team_id=self.desk.id, **vals)

    def _queue(self, user):
        self.env.flush_all()
        items = self.env["crm.work.item"].with_user(user).search([])
        return [(item.res_model, item.res_id) for item in items]

    def _next(self, user):
        self.env.flush_all()
        action = self.env["crm.work.item"].with_user(user).take_next()
        self.env.invalidate_all()
        return action.get("res_model") and self.env[action["res_model"]].browse(
            action["res_id"]
        )

    def assertQueue(self, user, *records):
        self.assertEqual(self._queue(user), [(r._name, r.id) for r in records])

    def test_most_valuable_ticket_comes_first(self):
        plain = self._ticket()
        self.talisman.value_class = "a"
        valued = self._ticket(self.petr)
        standstill = self._ticket(severity="3")
        self.assertQueue(self.mia, standstill, valued, plain)

    def test_priority_by_hand_counts_as_much_as_points(self):
        plain = self._ticket()
        raised = self._ticket(priority="3")
        self.talisman.value_class = "a"
        lowered = self._ticket(self.petr, severity="3", priority="0")
        self.assertQueue(self.mia, raised, plain, lowered)

    def test_what_waits_for_the_customer_or_is_closed_is_no_work(self):
        self._ticket(stage_id=self.awaiting.id)
        self._ticket(stage_id=self.done.id)
        self.assertQueue(self.mia)

    def test_ticket_of_a_colleague_or_of_another_team_is_not_mine(self):
        self._ticket(user_id=self.leo.id)
        self._create_ticket(self.anna)
        self.assertQueue(self.mia)

    def test_own_promise_that_is_due_stands_among_the_tickets(self):
        ticket = self._ticket()
        due = {"partner_id": self.anna.id, "user_id": self.mia.id}
        promise, later, theirs = self.env["crm.promise"].create(
            [
                due | {"name": "Send the manual", "date_due": date.today()},
                due | {"name": "Visit", "date_due": date.today() + timedelta(days=9)},
                due
                | {
                    "name": "Send the photo",
                    "date_due": date.today(),
                    "promised_by": "customer",
                },
            ]
        )
        self.assertQueue(self.mia, promise, ticket)
        self.assertNotIn(later.id, [theirs.id])

    def test_call_that_is_due_today_is_a_call_back(self):
        call = self.anna.activity_schedule(
            "mail.mail_activity_data_call", user_id=self.mia.id
        )
        self.anna.activity_schedule(
            "mail.mail_activity_data_call",
            user_id=self.mia.id,
            date_deadline=date.today() + timedelta(days=2),
        )
        self.assertQueue(self.mia, call)
        item = self.env["crm.work.item"].with_user(self.mia).search([])
        self.assertEqual((item.kind, item.partner_id), ("call", self.anna))

    def test_late_work_overtakes_and_waiting_work_rises(self):
        with freeze_time("2026-03-02 08:00:00"):
            old = self._ticket()
        new = self._ticket()
        self.assertQueue(self.mia, old, new)

    def test_next_takes_the_first_and_assigns_what_lay_with_the_team(self):
        first = self._ticket(severity="3")
        second = self._ticket()
        self.assertEqual(self._next(self.mia), first)
        self.assertEqual(first.user_id, self.mia)
        self.assertEqual(self._next(self.leo), second)
        self.assertFalse(self._next(self.leo))

    def test_next_settles_what_was_in_hand_and_does_not_hand_it_out_again(self):
        first = self._ticket(severity="3")
        second = self._ticket()
        self._next(self.mia)
        self.assertEqual(self._next(self.mia), second)
        self.assertFalse(self._next(self.mia))
        claims = self.env["crm.work.claim"].search([("user_id", "=", self.mia.id)])
        self.assertEqual(claims.mapped("state"), ["done", "done"])
        with freeze_time(datetime.now() + timedelta(hours=1)):
            self.assertEqual(self._next(self.mia), first)

    def test_put_off_comes_back_after_its_time(self):
        ticket = self._ticket()
        self._next(self.mia)
        self.env["crm.work.item"].with_user(self.mia).put_off(hours=2)
        self.assertFalse(self._next(self.mia))
        with freeze_time(datetime.now() + timedelta(hours=3)):
            self.assertEqual(self._next(self.mia), ticket)

    def test_given_back_ticket_lies_with_the_team_again(self):
        ticket = self._ticket()
        self._next(self.mia)
        self.env["crm.work.item"].with_user(self.mia).give_back()
        self.assertFalse(ticket.user_id)
        self.assertEqual(self._next(self.leo), ticket)

    def test_own_ticket_that_is_given_back_stays_ones_own(self):
        ticket = self._ticket(user_id=self.mia.id)
        self._next(self.mia)
        self.env["crm.work.item"].with_user(self.mia).give_back()
        self.assertEqual(ticket.user_id, self.mia)

    def test_what_an_agent_left_in_hand_is_free_after_hours(self):
        ticket = self._ticket()
        self._next(self.mia)
        ticket.user_id = False
        self.assertFalse(self._next(self.leo))
        with freeze_time(datetime.now() + timedelta(hours=5)):
            self.assertEqual(self._next(self.leo), ticket)

    def test_item_taken_by_a_colleague_is_refused_with_a_word(self):
        self._ticket()
        item = self.env["crm.work.item"].with_user(self.leo).search([])
        self._next(self.mia)
        with self.assertRaisesRegex(UserError, "A colleague has this item"):
            item.action_take()

    def test_agent_takes_an_item_before_its_turn(self):
        self._ticket(severity="3")
        plain = self._ticket()
        self.env.flush_all()
        item = (
            self.env["crm.work.item"]
            .with_user(self.mia)
            .search([("res_id", "=", plain.id), ("res_model", "=", plain._name)])
        )
        item.action_take()
        self.assertEqual(plain.user_id, self.mia)
        current = self.env["crm.work.item"].with_user(self.mia).current()
        self.assertEqual(current["res_id"], plain.id)

    def test_outsider_has_no_queue_and_takes_nothing(self):
        self._ticket()
        outsider = new_test_user(self.env, "css_outsider")
        Item = self.env["crm.work.item"].with_user(outsider)
        for call in (Item.take_next, Item.current, Item.put_off, Item.give_back):
            with self.assertRaises(AccessError):
                call()
        with self.assertRaises(AccessError):
            Item.search([])

    def test_agent_sees_own_work_in_hand_and_a_manager_all(self):
        self._ticket()
        self._next(self.mia)
        Claim = self.env["crm.work.claim"]
        mine = Domain("user_id", "=", self.mia.id)
        manager = new_test_user(
            self.env, "css_boss", groups="helpdesk_mgmt.group_helpdesk_manager"
        )
        self.assertEqual(Claim.with_user(self.mia).search_count(mine), 1)
        self.assertEqual(Claim.with_user(self.leo).search_count(mine), 0)
        self.assertEqual(Claim.with_user(manager).search_count(mine), 1)
        with self.assertRaises(AccessError):
            Claim.with_user(manager).search(mine).unlink()

    def test_deleted_document_does_not_break_the_queue(self):
        ticket = self._ticket()
        self._next(self.mia)
        ticket.unlink()
        Item = self.env["crm.work.item"].with_user(self.mia)
        self.assertEqual(Item.current(), {})
        self.assertFalse(self._next(self.mia))
        claim = self.env["crm.work.claim"].with_user(self.mia).search([])
        self.assertEqual(claim.mapped("name"), [""])
        with self.assertRaisesRegex(UserError, "deleted"):
            claim.action_open()

    def test_asking_costs_the_same_for_a_long_queue(self):
        for _i in range(30):
            self._ticket()
        Item = self.env["crm.work.item"].with_user(self.mia)
        Item.take_next()
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(45):
            Item.take_next()


@tagged("post_install", "-at_install")
class TestWorkQueueTour(HttpCase, ServiceCase):
    def test_agent_takes_next_overrides_a_priority_and_goes_on(self):
        self.agent.password = "css_agent"
        self.env["helpdesk.ticket"].search(
            [("team_id", "=", False)]
        ).team_id = self.env["helpdesk.ticket.team"].create({"name": "Others"})
        self._create_ticket(self.anna)
        self._create_ticket(self.petr, name="Machine stands still", severity="3")
        self.start_tour("/odoo", "crm_css_work_queue", login="css_agent")
