from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .contact_common import ContactPolicyCase


@tagged("post_install", "-at_install")
class TestContactPolicyTour(HttpCase, ContactPolicyCase):
    def _overdue(self):
        self.user.password = "crm_user"
        customers = self.env["res.partner"].create(
            [
                {"name": name, "value_class": "a", "user_id": self.user.id}
                for name in ("Tour Alpha", "Tour Beta")
            ]
        )
        long_ago = fields.Datetime.now() - timedelta(days=99)
        for customer in customers:
            self._note(customer, "Long ago", date=long_ago)
        self._note(self.customer, "Just now", date=fields.Datetime.now())
        self._sweep()
        return customers

    def _assert_planned(self, customers):
        activities = self.env["mail.activity"]
        planned = activities.search(activities._planned_contacts(customers))
        self.assertEqual(len(planned), 2)
        self.assertEqual(planned.user_id, self.user)

    def test_two_contacts_are_planned_from_the_list(self):
        customers = self._overdue()
        self.start_tour("/odoo", "crm_base_contact_policy", login="crm_user")
        self._assert_planned(customers)


@tagged("post_install", "-at_install")
class TestContactPolicyTourOnPhone(TestContactPolicyTour):
    browser_size = "375x667"
    touch_enabled = True

    def test_two_contacts_are_planned_from_the_list(self):
        customers = self._overdue()
        self.start_tour(
            "/odoo/action-crm_base.crm_contact_status_action",
            "crm_base_contact_policy_phone",
            login="crm_user",
        )
        self._assert_planned(customers)
