from odoo.tests import new_test_user, tagged

from .common import ServiceCase


@tagged("post_install", "-at_install")
class TestContractPortal(ServiceCase):
    """OCA's contract gives customers the lines and changes of all contracts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = new_test_user(
            cls.env, "css_customer", groups="base.group_portal"
        )
        cls.contract = cls.env["contract.contract"].create(
            {
                "name": "Secret terms",
                "partner_id": cls.nordlicht.id,
                "contract_line_ids": [(0, 0, {"name": "Line", "price_unit": 99})],
                "modification_ids": [
                    (0, 0, {"date": "2026-03-02", "description": "x"})
                ],
            }
        )

    def _seen(self, records):
        found = records.with_user(self.customer).search([("id", "in", records.ids)])
        return bool(found)

    def test_customer_sees_nothing_of_anothers_contract(self):
        contract = self.contract
        for part in (contract, contract.contract_line_ids, contract.modification_ids):
            self.assertTrue(part)
            self.assertFalse(self._seen(part), part._name)

    def test_customer_who_follows_the_contract_sees_it_whole(self):
        contract = self.contract
        contract.message_subscribe(self.customer.partner_id.ids)
        for part in (contract, contract.contract_line_ids, contract.modification_ids):
            self.assertTrue(self._seen(part), part._name)
