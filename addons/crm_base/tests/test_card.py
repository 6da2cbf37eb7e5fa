from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import CrmCase


@tagged("post_install", "-at_install")
class TestCard(CrmCase):
    def _card(self, partner, user=None):
        return partner.with_user(user or self.user).crm_card()

    def test_person_has_the_class_of_the_company(self):
        self.assertEqual(self._card(self.anna)["value_class"], "a")
        self.assertEqual(self._card(self.stranger)["value_class"], "")
        self.assertEqual(self.anna.value_class, "a")

    def test_class_is_per_company_of_ours(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.assertFalse(self.customer.with_company(other).value_class)

    def test_figure_opens_its_records(self):
        self._note(self.anna, "Call")
        self._note(self.jonas, "Visit", kind="visit")
        self._note(self.stranger, "Not theirs")
        part = next(
            p for p in self._card(self.customer)["parts"] if p["key"] == "contacts"
        )
        action = part["action"]
        behind = (
            self.env[action["res_model"]].with_user(self.user).search(action["domain"])
        )
        self.assertEqual(part["value"], "2")
        self.assertEqual(set(behind.mapped("name")), {"Call", "Visit"})

    def test_card_holds_the_newest_page(self):
        self._note(self.anna, "Call")
        timeline = self._card(self.customer)["timeline"]
        self.assertEqual([row["subject"] for row in timeline["rows"]], ["Call"])
        self.assertFalse(timeline["more"])

    def test_empty_customer_has_an_empty_card(self):
        card = self._card(self.stranger)
        self.assertFalse(card["timeline"]["rows"])
        self.assertTrue(all(part["value"].startswith("0") for part in card["parts"]))

    def test_card_is_for_users_of_the_suite(self):
        portal = new_test_user(self.env, "crm_portal_user", groups="base.group_portal")
        for user in (self.outsider, portal, self.env.ref("base.public_user")):
            with self.assertRaises(AccessError):
                self._card(self.customer, user)
