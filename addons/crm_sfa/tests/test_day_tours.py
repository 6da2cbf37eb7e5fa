from odoo.tests import HttpCase, tagged

from .day_common import DayCase


@tagged("post_install", "-at_install")
class TestDayTours(HttpCase, DayCase):
    def _tour(self, path, name, user):
        user.password = user.login
        self.start_tour(path, name, login=user.login)

    def test_seller_works_through_the_day(self):
        call = self._plan_activity(self.nordlicht, kind="call", summary="Call Anna")
        later = self._plan_activity(self.olivar, summary="Send the list")
        self._tour("/odoo/my-visits", "crm_sfa_my_day", self.seller)
        self.assertFalse(call.active)
        self.assertEqual(self.nordlicht.interaction_ids.outcome, "reached")
        self.assertGreater(later.date_deadline, self.today)

    def test_leader_sees_the_load_of_the_team(self):
        self._plan_activity(self.nordlicht, summary="Call Anna")
        self._tour("/odoo/team-load", "crm_sfa_team_load", self.leader)


@tagged("post_install", "-at_install")
class TestVisitTour(HttpCase, DayCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_seller_visits_a_customer_with_a_phone(self):
        event = self._plan_visit(self.nordlicht)
        self._plan_visit(self.olivar)
        self._promise(self.anna, name="Bring the samples")
        self.seller.password = self.seller.login
        self.start_tour("/odoo/my-visits", "crm_sfa_visits", login=self.seller.login)
        visit = event.crm_visit_ids
        self.assertEqual(visit.state, "done")
        self.assertEqual(visit.interaction_id.outcome, "call_back")
        self.assertEqual(self.nordlicht.activity_ids.summary, "Bring an offer")
