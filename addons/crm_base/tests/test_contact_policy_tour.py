from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .contact_common import ContactPolicyCase


@tagged("post_install", "-at_install")
class TestContactPolicyTour(HttpCase, ContactPolicyCase):
    def test_two_contacts_are_planned_from_the_list(self):
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
        self.start_tour("/odoo", "crm_base_contact_policy", login="crm_user")
        activities = self.env["mail.activity"]
        planned = activities.search(activities._planned_contacts(customers))
        self.assertEqual(len(planned), 2)
        self.assertEqual(planned.user_id, self.user)
