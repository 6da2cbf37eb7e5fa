from datetime import date

from odoo.tests import freeze_time, tagged

from odoo.addons.crm_css.tests.contract_common import ContractCase


@tagged("post_install", "-at_install")
@freeze_time("2026-11-10 10:00")
class TestRenewalOpportunity(ContractCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._contract(contract_line_ids=[cls._line()])

    def _renew(self):
        self.contract.with_user(self.manager).action_renew()
        return self.contract.order_ids

    def test_renewal_stands_in_the_pipeline(self):
        opportunity = self._renew().opportunity_id
        self.assertRecordValues(
            opportunity,
            [
                {
                    "name": "Renewal: Gold for all machines",
                    "type": "opportunity",
                    "partner_id": self.nordlicht.id,
                    "expected_revenue": 1440,
                    "date_deadline": date(2026, 12, 31),
                    "won_status": "pending",
                }
            ],
        )

    def test_pressed_twice_there_is_one_opportunity(self):
        self._renew()
        self._renew()
        opportunities = self.env["crm.lead"].search(
            [("partner_id", "=", self.nordlicht.id)]
        )
        self.assertEqual(len(opportunities), 1)

    def test_confirmed_it_is_won(self):
        order = self._renew()
        order.action_confirm()
        self.assertEqual(order.opportunity_id.won_status, "won")

    def test_use_beyond_the_contract_is_no_opportunity(self):
        self._book(self.contract, 12, reason="Standstill")
        self.assertFalse(self.contract.order_ids.opportunity_id)
