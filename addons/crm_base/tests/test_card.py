from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged, users, warmup

from ..models import crm_timeline, res_partner_card
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

    def test_card_tells_that_there_are_others_and_no_more(self):
        other = self.env["res.company"].create({"name": "Other"})
        self._note(self.anna, "Mine", date="2026-01-05 09:00:00")
        self.assertFalse(self._card(self.anna)["others"])
        self._note(
            self.anna,
            "Secret",
            date="2026-02-05 09:00:00",
            company_id=other.id,
            user_id=self.colleague.id,
        )
        card = self._card(self.anna)
        self.assertEqual(card["others"], "02/05/2026")
        self.assertNotIn("Secret", str(card))
        self.assertNotIn(self.colleague.name, str(card))

    def test_card_tells_the_last_contact_by_kind_and_whom(self):
        self._note(self.anna, "Old call", date="2026-01-05 09:00:00")
        self._note(self.jonas, "Call", date="2026-03-05 09:00:00")
        self._note(self.jonas, "Visit", kind="visit", date="2026-02-05 09:00:00")
        facts = {one["key"]: one["value"] for one in self._card(self.anna)["facts"]}
        self.assertEqual(facts["last_call"], f"03/05/2026, {self.user.name}")
        self.assertEqual(facts["last_visit"], f"02/05/2026, {self.user.name}")

    def test_card_tells_who_works_with_the_customer(self):
        self.customer.user_id = self.manager
        self._note(self.anna, "Call")
        self._note(self.anna, "Long ago", date="2020-01-05", user_id=self.colleague.id)
        names = [one["name"] for one in self._card(self.anna)["colleagues"]]
        self.assertEqual(names, [self.manager.name, self.user.name])

    def test_card_tells_the_next_planned_contact(self):
        self.anna.activity_schedule(
            date_deadline="2999-01-05", summary="Call back", user_id=self.user.id
        )
        facts = {one["key"]: one for one in self._card(self.customer)["facts"]}
        self.assertEqual(facts["next_planned"]["value"], "01/05/2999, Call back")

    @users("crm_user")
    @warmup
    def test_card_takes_the_same_queries_for_small_and_big(self):
        for number in range(40):
            self._note(self.jonas, f"Note {number}")
        self.env.flush_all()
        customer = self.customer.with_env(self.env)
        for _round in range(2):
            self.env.invalidate_all()
            with self.assertQueryCount(__system__=19, crm_user=19):
                customer.crm_card()

    @users("crm_user")
    @warmup
    def test_kinds_of_documents_on_the_page_cost_no_query_each(self):
        self._note(self.anna, "Call")
        self.env["calendar.event"].sudo().create(
            {
                "name": "Review",
                "start": "2026-01-05 09:00:00",
                "stop": "2026-01-05 10:00:00",
                "partner_ids": [Command.set(self.anna.ids)],
            }
        )
        self.env.flush_all()
        customer = self.customer.with_env(self.env)
        for _round in range(2):
            self.env.invalidate_all()
            with self.assertQueryCount(__system__=19, crm_user=19):
                rows = customer.crm_card()["timeline"]["rows"]
        self.assertEqual([row["subject"] for row in rows], ["Call", "Review"])

    def test_number_that_is_capped_opens_all_records(self):
        self.patch(res_partner_card, "MOST", 3)
        for number in range(5):
            self._note(self.jonas, f"Note {number}")
        part = next(
            p for p in self._card(self.customer)["parts"] if p["key"] == "contacts"
        )
        action = part["action"]
        self.assertEqual(part["value"], "2+")
        self.assertEqual(
            self.env[action["res_model"]].search_count(action["domain"]), 5
        )

    def test_page_goes_on_where_what_one_may_see_is_older(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.patch(crm_timeline, "LATEST", 3)
        self._note(self.anna, "Old", date="2025-01-05 09:00:00")
        for day in range(1, 5):
            self._note(
                self.anna,
                "Secret",
                date=f"2026-02-0{day} 09:00:00",
                company_id=other.id,
            )
        card = self._card(self.anna)
        self.assertEqual([row["subject"] for row in card["timeline"]["rows"]], ["Old"])
        self.assertEqual(card["others"], "02/04/2026")

    def test_first_page_is_the_one_that_is_read_alone(self):
        for number in range(30):
            date = f"2026-01-{number + 1:02} 09:00:00"
            self._note(self.anna, f"Call {number}", date=date)
        self.assertEqual(
            self._card(self.customer)["timeline"],
            self.env["crm.timeline"].with_user(self.user).read_page(self.customer.id),
        )

    def test_meeting_to_come_is_next_and_not_last(self):
        self.env["calendar.event"].create(
            {
                "name": "Review",
                "start": "2999-01-05 09:00:00",
                "stop": "2999-01-05 10:00:00",
                "partner_ids": [Command.set(self.anna.ids)],
            }
        )
        facts = {one["key"]: one["value"] for one in self._card(self.anna)["facts"]}
        self.assertNotIn("last_meeting", facts)
        self.assertEqual(facts["next_planned"], "01/05/2999, Review")

    def test_card_tells_how_complete_the_data_are(self):
        facts = {one["key"]: one["value"] for one in self._card(self.anna)["facts"]}
        self.assertEqual(facts["completeness"], f"{self.anna.completeness} %")
