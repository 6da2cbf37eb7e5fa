from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged, warmup

from .common import SalesCase


@tagged("post_install", "-at_install")
class TestLeadDuplicate(SalesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.leads = cls.env["crm.lead"].with_user(cls.seller)
        cls.one = cls._lead("Пётр Иванов", phone="+7 495 123-45-68")
        cls.two = cls._lead("Petr Ivanov", phone="8 (495) 1234568", expected_revenue=9)

    @classmethod
    def _lead(cls, person, **vals):
        vals = {
            "name": "Ten grinders",
            "type": "lead",
            "contact_name": person,
            "country_id": cls.env.ref("base.ru").id,
            "user_id": cls.seller.id,
            "team_id": cls.team.id,
        } | vals
        return cls.env["crm.lead"].create(vals)

    def _pairs(self):
        duplicate = self.env["crm.duplicate"]
        source = duplicate._duplicate_source("crm.lead")
        duplicate._find(source, (self.one | self.two).ids, {})
        return duplicate.search(
            [("res_model", "=", "crm.lead"), ("res_id", "=", self.one.id)]
        )

    def _merge(self, survivor=None, user=None):
        wizard = self.env["crm.lead.merge"].with_user(user or self.seller)
        form = Form(
            wizard.with_context(
                active_model="crm.lead", active_ids=(self.one | self.two).ids
            )
        )
        form.survivor_id = survivor or self.one
        form.save().action_merge()
        merges = self.env["crm.merge"].with_user(user or self.seller)
        return merges.search([("res_model", "=", "crm.lead")], limit=1)

    def test_written_in_two_alphabets_they_are_found(self):
        pair = self._pairs()
        self.assertEqual((pair.other_id, pair.level), (self.two.id, "sure"))
        self.assertIn("phone", pair.explanation)

    def test_two_deals_of_one_customer_are_no_doubles(self):
        (self.one | self.two).write({"type": "opportunity", "partner_id": self.petr.id})
        self.assertFalse(self._pairs())

    def test_a_lost_lead_is_no_double(self):
        self.two.action_set_lost()
        self.assertFalse(self._pairs())

    def test_a_company_without_a_person_is_compared_by_its_name(self):
        self.one.write({"contact_name": False, "partner_name": "Talisman Trade"})
        self.two.write({"contact_name": False, "partner_name": "Талисман Трейд"})
        self.assertTrue(self._pairs())

    def test_a_new_lead_warns_before_it_is_saved(self):
        with Form(self.leads) as form:
            form.name = "Coffee"
            form.contact_name = "Petr Ivanow"
            form.phone = "+7 495 123-45-68"
            self.assertIn("Ten grinders", str(form.duplicate_warning))
        self.assertFalse(form.record.duplicate_warning)

    def test_the_queue_opens_the_preview_of_leads(self):
        action = self._pairs().with_user(self.seller).action_merge()
        self.assertEqual(action["res_model"], "crm.lead.merge")
        wizard = Form(self.env["crm.lead.merge"].with_context(**action["context"]))
        self.assertEqual(wizard.record_ids.ids, (self.one | self.two).ids)

    def test_everything_of_the_other_goes_to_the_one_that_stays(self):
        order = self.env["sale.order"].create(
            {"partner_id": self.petr.id, "opportunity_id": self.two.id}
        )
        self.two.tag_ids = [Command.create({"name": "Fair"})]
        self._merge()
        self.assertEqual(order.opportunity_id, self.one)
        self.assertEqual(self.one.tag_ids.name, "Fair")
        self.assertFalse(self.two.active)
        self.assertEqual(self.two.merged_into_id, self.one)
        # Not lost: it spoils nobody's figures.
        self.assertEqual(self.two.won_status, "pending")

    def test_undone_both_are_what_they_were(self):
        order = self.env["sale.order"].create(
            {"partner_id": self.petr.id, "opportunity_id": self.two.id}
        )
        self._merge().action_undo()
        self.assertEqual(order.opportunity_id, self.two)
        self.assertTrue(self.two.active)
        self.assertFalse(self.two.merged_into_id)

    def test_the_higher_amount_is_proposed_and_taken_back(self):
        merge = self._merge()
        self.assertEqual(self.one.expected_revenue, 9)
        merge.action_undo()
        self.assertEqual(self.one.expected_revenue, 0)

    def test_a_manager_of_sales_undoes_what_a_seller_merged(self):
        merge = self._merge()
        self.assertTrue(merge.with_user(self.manager).may_undo)
        self.assertFalse(merge.with_user(self.colleague).may_undo)

    def test_leads_of_different_customers_are_not_merged(self):
        self.one.partner_id, self.two.partner_id = self.anna, self.petr
        with self.assertRaisesRegex(UserError, "different customers"):
            self._merge()

    def test_a_won_deal_is_not_merged(self):
        self.two.action_set_won()
        with self.assertRaisesRegex(UserError, "won or lost"):
            self._merge(survivor=self.two)

    def test_nobody_merges_what_he_may_not_write(self):
        self.two.user_id = self.colleague
        with self.assertRaises(AccessError):
            self._merge()
        with self.assertRaises(AccessError):
            self._merge(user=self.outsider)

    @warmup
    def test_keys_cost_the_same_for_one_lead_and_for_many(self):
        vals = [
            {"name": f"Lead {n}", "contact_name": f"Person {n}", "type": "lead"}
            for n in range(20)
        ]
        keys = self.env["crm.duplicate.key"]
        leads = self.env["crm.lead"].create(vals)
        self.env.flush_all()
        with self.assertQueryCount(3):
            keys._refresh(leads)
