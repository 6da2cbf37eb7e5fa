from odoo.tests import HttpCase, tagged

from .contract_common import ContractCase


@tagged("post_install", "-at_install")
class TestContractTour(HttpCase, ContractCase):
    def test_contract_from_offer_to_renewal(self):
        sales = self.env.ref("sales_team.group_sale_salesman_all_leads")
        self.manager.write({"password": "css_manager", "group_ids": [(4, sales.id)]})
        self.agent.password = "css_agent"
        ticket = self._create_ticket(self.anna, user_id=self.agent.id)
        self.start_tour(
            "/odoo/service-contracts", "crm_css_contract_offer", login="css_manager"
        )
        contract = self.env["contract.contract"].search(
            [("name", "=", "Gold for the roastery")]
        )
        self.assertEqual(ticket.contract_id, contract)
        self.start_tour(
            f"/odoo/helpdesk.ticket/{ticket.id}",
            "crm_css_contract_book",
            login="css_agent",
        )
        self.assertRecordValues(
            contract.use_ids,
            [{"quantity": 3.5, "user_id": self.agent.id, "ticket_id": ticket.id}],
        )
        self.start_tour(
            "/odoo/service-contracts", "crm_css_contract_renew", login="css_manager"
        )
        self.assertEqual(contract.service_state, "renewed")
        line = contract.contract_line_ids.successor_contract_line_id
        self.assertEqual(line.price_unit, 120)
