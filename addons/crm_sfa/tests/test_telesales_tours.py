from odoo.tests import HttpCase, tagged

from .test_deal_registration import DealCase
from .test_telesales import TelesalesCase


@tagged("post_install", "-at_install")
class TestTelesalesTour(HttpCase, TelesalesCase):
    browser_size = "1366x768"

    def test_a_seller_calls_sells_and_takes_a_wrong_click_back(self):
        self.seller.password = self.seller.login
        self.talisman.child_ids.write({"name": "Petr Ivanov", "phone": "+74951234568"})
        self.anna.value_class = "a"
        script = self.env["crm.call.script"].create({"name": "Harvest"})
        hello, offer = self.env["crm.call.script.step"].create(
            [
                {
                    "script_id": script.id,
                    "name": "Greeting",
                    "text": "Good day, {person}. Do you have two minutes?",
                },
                {
                    "script_id": script.id,
                    "name": "Offer",
                    "text": "Shall I put together what you usually take?",
                },
            ]
        )
        self.env["crm.call.script.answer"].create(
            {"step_id": hello.id, "name": "Yes", "next_step_id": offer.id}
        )
        self.call_list.script_id = script
        self._fill(self.anna | self.petr)
        self.start_tour(
            f"/odoo/crm.call.list/{self.call_list.id}",
            "crm_sfa_telesales",
            login=self.seller.login,
        )
        anna, petr = self.call_list.line_ids.sorted("priority")
        self.assertEqual((anna.state, petr.state), ("success", "call_back"))
        self.assertEqual(anna.order_ids.state, "sale")
        self.assertEqual(anna.attempt_ids.note, "Wants them on Friday")
        self.assertEqual(len(petr.attempt_ids), 1)


@tagged("post_install", "-at_install")
class TestDealTour(HttpCase, DealCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_a_reseller_registers_a_deal_on_a_phone(self):
        self.start_tour("/my", "crm_sfa_register_deal", login="sfa_ines")
        domain = [("reseller_id", "=", self.reseller.id)]
        deal = self.env["crm.deal.registration"].search(domain)
        self.assertEqual((deal.state, deal.amount), ("submitted", 9600))
