import doctest
from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tests.common import TransactionCase

from ..tools import day, route
from .day_common import DayCase


@tagged("post_install", "-at_install")
class TestDayTools(TransactionCase):
    def test_examples_of_the_tools_hold(self):
        for module in (day, route):
            result = doctest.testmod(module)
            self.assertTrue(result.attempted)
            self.assertFalse(result.failed, module.__name__)


@tagged("post_install", "-at_install")
class TestDayItems(DayCase):
    def test_activities_visits_promises_and_deals_without_a_step_are_there(self):
        self._plan_activity(self.nordlicht, kind="call", summary="Call Anna")
        self._plan_visit(self.talisman)
        self._promise(self.olivar)
        self._create_lead(name="Nobody cares")
        found = {item.kind: item.name for item in self._items()}
        self.assertEqual(
            found,
            {
                "call": "Call Anna",
                "visit": "Visit: Talisman",
                "promise": "Send the samples",
                "deal": "Nobody cares",
            },
        )

    def test_value_of_customer_size_of_deal_and_lateness_make_the_order(self):
        self.nordlicht.value_class = "a"
        self.talisman.value_class = "b"
        small = self._create_lead(name="Small", partner_id=self.olivar.id)
        big = self._create_lead(
            name="Big", partner_id=self.olivar.id, expected_revenue=50_000
        )
        self._plan_activity(small, summary="Small")
        self._plan_activity(big, summary="Big")
        self._plan_activity(self.olivar, days=-3, summary="Late")
        self._plan_activity(self.talisman, summary="B")
        self._plan_activity(self.nordlicht, summary="A")
        self.assertEqual(self._names(), ["A", "B", "Big", "Late", "Small"])

    def test_reason_is_told_in_one_line(self):
        self.nordlicht.value_class = "a"
        lead = self._create_lead(expected_revenue=5000)
        self._plan_activity(lead, days=-2)
        reason = self._items().reason
        self.assertIn("Class A", reason)
        self.assertIn("5,000", reason)
        self.assertIn("2 days late", reason)

    def test_activity_of_a_deal_belongs_to_its_customer(self):
        self._plan_activity(self._create_lead(partner_id=self.anna.id))
        item = self._items()
        self.assertEqual(item.partner_id, self.anna)
        self.assertEqual(item.document, "Grinders for the new roastery")

    def test_deal_with_a_step_or_a_meeting_lacks_nothing(self):
        self._plan_activity(self._create_lead(name="Stepped"), days=3)
        met = self._create_lead(name="Met")
        now = fields.Datetime.now()
        self.env["calendar.event"].create(
            {
                "name": "Demo",
                "opportunity_id": met.id,
                "start": now + timedelta(days=2),
                "stop": now + timedelta(days=2, hours=1),
                "user_id": self.colleague.id,
            }
        )
        self._create_lead(name="Won").action_set_won()
        self._create_lead(name="Bare")
        deals = self._items(domain=[("kind", "=", "deal")])
        self.assertEqual(deals.mapped("name"), ["Bare"])

    def test_only_the_most_valuable_deals_without_a_step_are_shown(self):
        for number in range(12):
            self._create_lead(name=str(number), expected_revenue=1000 * number)
        shown = self.env["crm.day.item"]._shown_domain()
        self.assertEqual(
            set(self._names(domain=shown)), {str(number) for number in range(2, 12)}
        )

    def test_reminder_of_a_promise_does_not_stand_beside_it(self):
        promise = self._promise(self.nordlicht)
        promise.activity_schedule(
            "crm_base.mail_activity_type_promise", user_id=self.seller.id
        )
        self.assertEqual(self._items().mapped("kind"), ["promise"])

    def test_meeting_of_a_colleague_stands_in_the_plan_of_who_takes_part(self):
        event = self._plan_visit(self.nordlicht, user=self.colleague)
        event.partner_ids |= self.seller.partner_id
        self.assertEqual(self._items().res_id, event.id)
        self.assertEqual(self._items(self.colleague).kind, "visit")

    def test_past_meeting_with_a_customer_stays_until_its_result_is_noted(self):
        with freeze_time(datetime.now() - timedelta(days=2)):
            event = self._plan_visit(self.nordlicht)
            internal = self._plan_visit(self.talisman)
            internal.sudo().crm_visit_ids.unlink()
        self.assertEqual(self._items().res_id, event.id)
        self.assertEqual(self._items().lateness, "late")
        self.env["crm.visit"].with_user(self.seller).check_out(event.id)
        self.assertFalse(self._items())

    def test_day_is_that_of_the_person(self):
        self.seller.tz = "Pacific/Auckland"
        with freeze_time("2026-03-02 20:00"):
            event = self._plan_visit(self.nordlicht)
            item = self._items()
            self.assertEqual(str(item.date), "2026-03-03")
            self.assertEqual(item.with_context(tz=self.seller.tz).time, "09:00")
            self.assertEqual(item.res_id, event.id)

    def test_plan_is_read_in_few_queries(self):
        leads = [self._create_lead(name=str(number)) for number in range(5)]
        many = self.env["res.partner"].create(
            [{"name": f"Café {number}", "city": "Berlin"} for number in range(20)]
        )
        for record in (self.nordlicht, self.olivar, *many, *leads[:3]):
            self._plan_activity(record)
        for partner in (self.nordlicht, self.talisman):
            self._plan_visit(partner)
            self._promise(partner)
        spec = {
            name: {}
            for name in ("kind", "name", "document", "reason", "phone", "map_url",
                         "date", "time", "score", "lateness")
        } | {"partner_id": {"fields": {"display_name": {}}}}  # fmt: skip
        items = self.env["crm.day.item"].with_user(self.seller)
        domain = [("is_own", "=", True)]
        items.web_search_read(domain, spec)  # what a server that runs has cached
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(20):
            found = items.web_search_read(domain, spec)
        self.assertGreater(found["length"], 28)


@tagged("post_install", "-at_install")
class TestDayRights(DayCase):
    def test_nobody_sees_the_day_of_a_colleague(self):
        self._plan_activity(self.nordlicht, user=self.colleague)
        self._plan_visit(self.nordlicht, user=self.colleague)
        self._promise(self.nordlicht, user=self.colleague)
        self.assertFalse(self._items(self.seller))

    def test_leader_sees_the_teams_people_and_nobody_else(self):
        self._plan_activity(self.nordlicht, summary="Ours")
        self._plan_activity(self.talisman, summary="Foreign", user=self.rival)
        self.assertEqual(self._names(self.leader), ["Ours"])
        with self.assertRaises(AccessError):
            self.env["crm.day.item"].with_user(self.leader).read_load(self.rival.ids)

    def test_sales_manager_sees_everybody(self):
        self._plan_activity(self.nordlicht, summary="Ours")
        self._plan_activity(self.talisman, summary="Foreign", user=self.rival)
        mine = [("user_id", "in", (self.seller | self.rival).ids)]
        self.assertEqual(set(self._names(self.manager, mine)), {"Ours", "Foreign"})

    def test_private_appointment_is_busy_to_the_leader(self):
        self._plan_visit(self.nordlicht, privacy="private")
        self.assertEqual(self._names(self.leader), ["Busy"])
        self.assertEqual(self._names(self.seller), ["Visit: Nordlicht"])

    def test_what_does_not_concern_customers_is_ones_own(self):
        self._to_do()
        self.assertEqual(self._names(self.seller), ["Private matter"])
        self.assertFalse(self._names(self.leader))

    def test_stand_in_sees_the_day_of_the_absent(self):
        self._plan_activity(self.nordlicht, summary="Covered")
        self._promise(self.nordlicht)
        self.assertFalse(self._names(self.colleague))
        self._away(self.seller, self.colleague)
        items = self._items(self.colleague, [("is_own", "=", True)])
        self.assertEqual(set(items.mapped("kind")), {"todo", "promise"})

    def test_who_does_not_sell_may_not_read_plans(self):
        with self.assertRaises(AccessError):
            self._items(self.outsider)
        with self.assertRaises(AccessError):
            self.env["crm.day.item"].with_user(self.outsider).read_load([])

    def test_nobody_writes_or_makes_items(self):
        self._plan_activity(self.nordlicht)
        item = self._items()
        with self.assertRaises(AccessError):
            item.write({"user_id": self.colleague.id})
        with self.assertRaises(AccessError):
            item.create({"name": "x"})


@tagged("post_install", "-at_install")
class TestDayActs(DayCase):
    def test_noting_the_contact_finishes_the_activity(self):
        activity = self._plan_activity(self.nordlicht, kind="call", summary="Call")
        action = self._items().action_done()
        contacts = self.env["crm.interaction"].with_user(self.seller)
        contact = contacts.with_context(**action["context"]).create(
            {"outcome": "settled"}
        )
        self.assertEqual((contact.kind, contact.name), ("call", "Call"))
        self.assertFalse(activity.active)
        self.assertFalse(self._items())

    def test_activity_of_somebody_else_is_not_finished_by_a_contact(self):
        private = self._plan_activity(self.manager.partner_id, user=self.manager)
        foreign = self._plan_activity(
            self._create_lead(user_id=self.colleague.id), user=self.colleague
        )
        for activity in (private, foreign):
            self.env["crm.interaction"].with_user(self.seller).create(
                {
                    "name": "Sly",
                    "partner_id": self.nordlicht.id,
                    "activity_id": foreign.id,
                }
            )
            self.assertTrue(activity.active)

    def test_to_do_without_a_customer_is_done_at_once(self):
        activity = self._to_do()
        self.assertIs(self._items().action_done(), True)
        self.assertFalse(activity.active)

    def test_put_off_goes_to_a_working_day(self):
        calendar = self.seller.company_id.resource_calendar_id
        weekend = calendar.attendance_ids.filtered(lambda a: a.dayofweek in "56")
        weekend.unlink()
        with freeze_time("2026-03-06 10:00"):  # a Friday
            activity = self._plan_activity(
                self.nordlicht, date_deadline=fields.Date.today()
            )
            self._items().action_tomorrow()
        self.assertEqual(str(activity.date_deadline), "2026-03-09")

    def test_appointment_that_is_put_off_keeps_its_hour_over_summer_time(self):
        self.seller.tz = "Europe/Berlin"
        with freeze_time("2026-03-27 08:00"):
            event = self._plan_visit(self.nordlicht)
            self._items().action_next_week()
        self.assertEqual(str(event.start), "2026-04-03 07:00:00")

    def test_deal_that_is_put_off_gets_a_next_step(self):
        lead = self._create_lead()
        self._items().action_tomorrow()
        self.assertEqual(lead.activity_ids.user_id, self.seller)
        self.assertEqual(
            lead.activity_ids.date_deadline, self.today + timedelta(days=1)
        )

    def test_document_that_was_deleted_is_told(self):
        self._plan_activity(self.stranger())
        item = self._items()
        thing = self.env["mail.activity"].browse(item.item_id)
        item.read(["res_model", "res_id", "kind", "item_id"])
        self.env[thing.res_model].browse(thing.res_id).unlink()
        with self.assertRaisesRegex(UserError, "deleted"):
            item.action_open()

    def stranger(self):
        return self.env["res.partner"].create({"name": "Gone"})


@tagged("post_install", "-at_install")
class TestDayBoard(DayCase):
    def _hand_over(self, item, user, by=None):
        items = self.env["crm.day.item"].with_user(by or self.leader)
        return items.hand_over(item.ids, user.id)

    def test_leader_gives_everything_to_a_colleague_and_the_documents_tell_it(self):
        activity = self._plan_activity(self.nordlicht)
        event = self._plan_visit(self.talisman)
        promise = self._promise(self.olivar)
        lead = self._create_lead()
        self._hand_over(self._items(self.leader), self.colleague)
        self.assertEqual(activity.user_id, self.colleague)
        self.assertEqual(event.user_id, self.colleague)
        self.assertEqual(event.crm_visit_ids.user_id, self.colleague)
        self.assertNotIn(self.seller.partner_id, event.partner_ids)
        self.assertEqual(promise.user_id, self.colleague)
        self.assertEqual(lead.activity_ids.user_id, self.colleague)
        self.assertEqual(lead.user_id, self.seller)
        for document in (self.nordlicht, event, promise, lead):
            told = "".join(document.message_ids.mapped("body"))
            self.assertIn("from Sam Seller to Cora Colleague", told)

    def test_seller_gives_nothing_away(self):
        self._plan_activity(self.nordlicht)
        with self.assertRaises(AccessError):
            self._hand_over(self._items(), self.colleague, by=self.seller)

    def test_leader_gives_nothing_to_people_of_other_teams(self):
        self._plan_activity(self.nordlicht)
        with self.assertRaises(AccessError):
            self._hand_over(self._items(), self.rival)

    def test_items_of_other_teams_are_out_of_reach(self):
        activity = self._plan_activity(self.nordlicht, user=self.rival)
        with self.assertRaises(UserError):
            self._hand_over(self._items(self.rival), self.colleague)
        self.assertEqual(activity.user_id, self.rival)

    def test_who_is_away_gets_nothing_and_the_stand_in_is_named(self):
        self._plan_activity(self.nordlicht)
        self._away(self.colleague, self.manager)
        with self.assertRaisesRegex(UserError, "Max Manager stands in"):
            self._hand_over(self._items(), self.colleague)

    def test_who_has_left_gets_nothing_and_the_leader_is_named(self):
        self._plan_activity(self.nordlicht)
        self.colleague.action_archive()
        with self.assertRaisesRegex(UserError, "Lea Leader, who leads the team"):
            self._hand_over(self._items(), self.colleague)

    def test_work_of_who_has_left_still_stands_on_the_board(self):
        self._plan_activity(self.nordlicht, user=self.colleague)
        self.colleague.active = False
        self.assertEqual(self._items(self.leader).user_id, self.colleague)
        load = self.env["crm.day.item"].with_user(self.leader)
        told = load.read_load(self.colleague.ids)[str(self.colleague.id)]
        self.assertEqual(told["away"], "Has left")

    def test_private_appointment_is_not_given_away(self):
        event = self._plan_visit(self.nordlicht, privacy="private")
        with self.assertRaisesRegex(UserError, "private"):
            self._hand_over(self._items(self.leader), self.colleague)
        self.assertEqual(event.user_id, self.seller)

    def test_load_tells_hours_lateness_and_absence(self):
        self._plan_activity(self.nordlicht, days=-1, kind="call")
        self._promise(self.olivar)
        self._away(self.colleague, self.manager)
        both = (self.seller | self.colleague).ids
        load = self.env["crm.day.item"].with_user(self.leader).read_load(both)
        mine, theirs = load[str(self.seller.id)], load[str(self.colleague.id)]
        self.assertEqual((mine["hours"], mine["late"]), (0.8, 1))
        self.assertEqual(mine["work"], 24 * (7 - self.today.weekday()))
        self.assertEqual({p["kind"]: p["count"] for p in mine["counts"]},
                         {"call": 1, "promise": 1})  # fmt: skip
        self.assertFalse(mine["away"])
        self.assertIn("Max Manager stands in", theirs["away"])

    def test_board_has_a_column_for_who_has_nothing_to_do(self):
        self._plan_activity(self.nordlicht)
        items = self.env["crm.day.item"].with_user(self.leader)
        items = items.with_context(read_group_expand=True)  # as boards ask
        groups = items.web_read_group([], ["user_id"], auto_unfold=True)["groups"]
        people = {group["user_id"][0] for group in groups}
        self.assertEqual(people, set((self.seller | self.colleague | self.leader).ids))
