from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, new_test_user, tagged

from .day_common import DayCase

NOON = "2026-03-04 12:00"  # a Wednesday


@tagged("post_install", "-at_install")
class TestVisit(DayCase):
    def _as(self, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env["crm.visit"].with_user(user or self.seller)

    def test_visit_from_arrival_to_the_noted_contact(self):
        event = self._plan_visit(self.nordlicht)
        here = {"latitude": 52.51, "longitude": 13.40}
        self.assertEqual(self._as().check_in(event.id, here)["state"], "there")
        visit = event.crm_visit_ids
        self.assertAlmostEqual(visit.off_by, 1.11, 2)
        step = fields.Date.to_string(self.today + timedelta(days=2))
        self._as().check_out(
            event.id, "", "<p>Wants beans</p>", "settled", "Send an offer", step
        )
        contact = visit.interaction_id
        self.assertRecordValues(
            contact,
            [
                {
                    "kind": "visit",
                    "partner_id": self.nordlicht.id,
                    "user_id": self.seller.id,
                    "outcome": "settled",
                    "date": visit.date_in,
                }
            ],
        )
        self.assertEqual(visit.state, "done")
        self.assertEqual(self.nordlicht.activity_ids.summary, "Send an offer")

    def test_second_check_in_is_refused(self):
        event = self._plan_visit(self.nordlicht)
        self._as().check_in(event.id)
        with self.assertRaisesRegex(UserError, "already"):
            self._as().check_in(event.id)

    def test_nobody_is_in_two_places(self):
        first, second = self._plan_visit(self.nordlicht), self._plan_visit(self.olivar)
        self._as().check_in(first.id)
        with self.assertRaisesRegex(UserError, "still at Nordlicht"):
            self._as().check_in(second.id)

    def test_second_check_out_is_refused(self):
        event = self._plan_visit(self.nordlicht)
        self._as().check_out(event.id)
        with self.assertRaisesRegex(UserError, "finished already"):
            self._as().check_out(event.id)
        self.assertEqual(len(self.nordlicht.interaction_ids), 1)

    def test_appointment_without_a_customer_is_no_visit(self):
        event = self._plan_visit(self.nordlicht)
        event.crm_visit_ids.unlink()
        with self.assertRaisesRegex(UserError, "names no customer"):
            self._as().check_in(event.id)
        self.assertFalse(self._as().read_day()["stops"])

    def test_meeting_with_a_guest_from_outside_is_a_visit(self):
        event = self._plan_visit(self.nordlicht)
        event.crm_visit_ids.unlink()
        event.partner_ids |= self.anna
        self.assertEqual(self._as().read_day()["stops"][0]["partner_id"], self.anna.id)
        self._as().check_in(event.id)
        self.assertEqual(event.crm_visit_ids.partner_id, self.anna)

    def test_nonsense_of_a_phone_is_no_position(self):
        wrong = (None, "x", {"latitude": 0, "longitude": 0}, {"latitude": "91"},
                 {"latitude": 123, "longitude": 5})  # fmt: skip
        for position in wrong:
            event = self._plan_visit(self.nordlicht)
            self._as().check_in(event.id, position)
            self.assertFalse(event.crm_visit_ids.latitude)
            self._as().check_out(event.id)

    def test_place_on_no_earth_is_refused(self):
        visit = self._plan_visit(self.nordlicht).crm_visit_ids
        with self.assertRaises(ValidationError):
            visit.latitude = 99

    def test_place_where_one_checked_in_becomes_that_of_the_customer(self):
        self.nordlicht.write({"partner_latitude": 0, "partner_longitude": 0})
        event = self._plan_visit(self.nordlicht)
        with self.assertRaisesRegex(UserError, "No position"):
            self._as().take_position(event.id)
        self._as().check_in(event.id, {"latitude": 52.5, "longitude": 13.4})
        self.seller.group_ids += self.env.ref("base.group_partner_manager")
        self._as().take_position(event.id)
        self.assertEqual(self.nordlicht._place(), (52.5, 13.4))

    def test_order_is_begun_for_the_customer(self):
        event = self._plan_visit(self.nordlicht)
        action = self._as().new_order(event.id)
        orders = self.env["sale.order"].with_user(self.seller)
        with Form(orders.with_context(**action["context"])) as form:
            self.assertEqual(form.partner_id, self.nordlicht)

    def test_route_goes_by_the_nearest_and_the_rest_comes_last(self):
        self.anna.parent_id = False
        for partner in (self.anna, self.talisman, self.olivar, self.nordlicht):
            self._plan_visit(partner)
        plan = self._as().read_day()
        self.assertEqual(
            [stop["customer"] for stop in plan["stops"]],
            ["Nordlicht", "Olivar", "Talisman", "Anna Berg"],
        )
        self.assertEqual(plan["lost"], 1)
        self.assertEqual(len(plan["drawing"]["dots"]), 3)
        self.assertIn("5.", plan["km"])

    def test_coordinates_in_the_sea_are_none(self):
        self.olivar.write({"partner_latitude": 0, "partner_longitude": 0})
        self._plan_visit(self.olivar)
        plan = self._as().read_day()
        self.assertEqual((plan["lost"], plan["drawing"]), (1, False))

    def test_contacts_and_promises_are_told_at_the_door(self):
        event = self._plan_visit(self.nordlicht)
        self._promise(self.anna, name="Bring the samples")
        for number in range(4):
            self.env["crm.interaction"].create(
                {"name": f"Talk {number}", "partner_id": self.anna.id}
            )
        told = self._as().read_stop(event.id)
        self.assertEqual([line["name"] for line in told["promises"]],
                         ["Bring the samples"])  # fmt: skip
        self.assertEqual(len(told["contacts"]), 3)

    def test_page_of_a_day_takes_few_queries(self):
        for partner in (self.nordlicht, self.olivar, self.talisman):
            self._plan_visit(partner)
        visits = self._as()
        visits.read_day()
        self.env.invalidate_all()
        with self.assertQueryCount(20):
            visits.read_day()


@tagged("post_install", "-at_install")
class TestVisitRights(DayCase):
    def test_visits_are_for_the_visitor_and_who_leads_him(self):
        visit = self._plan_visit(self.nordlicht).crm_visit_ids
        for user in (self.seller, self.leader, self.manager):
            self.assertTrue(self._found(visit, user))
        for user in (self.colleague, self.rival):
            self.assertFalse(self._found(visit, user))
        for user in (self.outsider, self._portal()):
            with self.assertRaises(AccessError):
                visit.with_user(user).read(["latitude"])

    def _found(self, visit, user):
        return visit.with_user(user).search([("id", "=", visit.id)])

    def _portal(self):
        return new_test_user(self.env, "sfa_portal", groups="base.group_portal")

    def test_visits_of_another_company_are_out_of_sight(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        visit = self._plan_visit(self.nordlicht).crm_visit_ids
        visit.company_id = other
        for user in (self.seller, self.manager):
            self.assertFalse(self._found(visit, user))

    def test_times_are_not_typed(self):
        visit = self._plan_visit(self.nordlicht).crm_visit_ids
        for user in (self.seller, self.manager):
            with self.assertRaises(AccessError):
                visit.with_user(user).write({"date_in": fields.Datetime.now()})

    def test_nobody_checks_in_for_a_colleague(self):
        event = self._plan_visit(self.nordlicht)
        for user in (self.colleague, self.leader):
            with self.assertRaises(UserError):
                self.env["crm.visit"].with_user(user).check_in(event.id)
        with self.assertRaises(AccessError):
            self.env["crm.visit"].with_user(self.outsider).check_in(event.id)

    def test_route_of_another_is_for_who_leads_him(self):
        self._plan_visit(self.nordlicht)
        visits = self.env["crm.visit"]
        plan = visits.with_user(self.leader).read_day(user_id=self.seller.id)
        self.assertEqual(len(plan["stops"]), 1)
        with self.assertRaises(AccessError):
            visits.with_user(self.colleague).read_day(user_id=self.seller.id)


@tagged("post_install", "-at_install")
class TestVisitPlan(DayCase):
    def _plan(self, customers, by=None, **vals):
        plans = self.env["crm.visit.plan"].with_user(by or self.seller)
        lines = [(0, 0, {"partner_id": customer.id}) for customer in customers]
        plan = plans.create({"duration": 1, "gap": 0.5} | vals)
        plan.line_ids = [(5, 0, 0), *lines]
        return plan

    def _visits(self, user=None):
        user = user or self.seller
        return self.env["crm.visit"].search([("user_id", "=", user.id)], order="start")

    @freeze_time(NOON)
    def test_customers_are_put_one_after_another_on_a_short_way(self):
        everybody = self.talisman | self.olivar | self.nordlicht
        self._plan(everybody, date="2026-03-05").action_plan()
        visits = self._visits()
        self.assertEqual(visits.partner_id.mapped("name"),
                         ["Nordlicht", "Olivar", "Talisman"])  # fmt: skip
        self.assertEqual([str(visit.start)[11:16] for visit in visits],
                         ["00:00", "01:30", "03:00"])  # fmt: skip
        self.assertFalse(visits.event_id.partner_ids & everybody, "no mail to them")

    @freeze_time(NOON)
    def test_what_is_planned_already_and_what_is_past_is_left_free(self):
        self._plan_visit(self.nordlicht, minutes=60)
        self._plan(self.olivar, date="2026-03-04").action_plan()
        start = self._visits().filtered(lambda v: v.partner_id == self.olivar).start
        self.assertEqual(str(start), "2026-03-04 13:31:00")

    @freeze_time(NOON)
    def test_who_does_not_fit_is_told(self):
        action = self._plan(
            self.nordlicht | self.olivar, date="2026-03-04", duration=8
        ).action_plan()
        self.assertIn("No time is left for Olivar", action["params"]["message"])
        self.assertEqual(len(self._visits()), 1)

    @freeze_time(NOON)
    def test_plan_for_who_is_away_goes_to_the_stand_in(self):
        self._stand_in()
        plan = self._plan(
            self.nordlicht, by=self.leader, user_id=self.seller.id, date="2026-03-05"
        )
        self.assertIn("Cora Colleague stands in", plan.note)
        plan.action_plan()
        self.assertEqual(self._visits(self.colleague).partner_id, self.nordlicht)

    def _stand_in(self):
        self.env["crm.stand.in"].create(
            {
                "user_id": self.seller.id,
                "stand_in_id": self.colleague.id,
                "date_from": "2026-03-04",
                "date_to": "2026-03-06",
            }
        ).action_confirm()

    @freeze_time(NOON)
    def test_plan_for_who_has_left_goes_to_the_leader_of_the_team(self):
        self.colleague.action_archive()
        plan = self._plan(
            self.nordlicht, by=self.leader, user_id=self.colleague.id, date="2026-03-05"
        )
        self.assertIn("Lea Leader, who leads the team", plan.note)
        plan.action_plan()
        self.assertEqual(self._visits(self.leader).partner_id, self.nordlicht)

    def test_nobody_plans_for_a_colleague(self):
        with self.assertRaises(AccessError):
            self._plan(self.nordlicht, user_id=self.colleague.id).action_plan()

    def test_bad_numbers_are_refused(self):
        yesterday = self.today - timedelta(days=1)
        for vals in ({"date": yesterday}, {"duration": 0}, {"gap": -1}, {"radius": 0}):
            with self.subTest(**vals), self.assertRaises(ValidationError):
                self._plan(self.nordlicht, **vals)

    def test_customers_nearby_are_proposed_by_distance(self):
        plan = (
            self.env["crm.visit.plan"]
            .with_user(self.seller)
            .create({"choice": "near", "near_id": self.nordlicht.id, "radius": 2})
        )
        self.assertEqual(plan.line_ids.partner_id, self.nordlicht | self.olivar)
        plan.radius = 9
        self.assertEqual(
            plan.line_ids.mapped("partner_id.name"), ["Nordlicht", "Olivar", "Talisman"]
        )

    def test_customers_whose_contact_is_due_are_proposed(self):
        self.env["crm.contact.policy"].search([]).unlink()
        kind = self.env.ref("crm_base.crm_contact_kind_visit")
        policy = self.env["crm.contact.policy"].create(
            {"name": "All", "min_days": 1, "kind_ids": [(6, 0, kind.ids)]}
        )
        for partner, user in ((self.olivar, self.seller), (self.talisman, self.rival)):
            self.env["crm.contact.status"].create(
                {
                    "partner_id": partner.id,
                    "company_id": self.env.company.id,
                    "policy_id": policy.id,
                    "user_id": user.id,
                    "next_contact_due": self.today,
                }
            )
        plan = self.env["crm.visit.plan"].with_user(self.seller).create({})
        self.assertEqual(plan.line_ids.partner_id, self.olivar)
