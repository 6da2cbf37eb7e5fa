from datetime import date

from odoo.tests import HttpCase, tagged

from .owned_common import OwnedCase


@tagged("post_install", "-at_install")
class TestOwnedTour(HttpCase, OwnedCase):
    def setUp(self):
        super().setUp()
        self.agent.password = "css_agent"
        self.item = self._create_item(date_bought=date.today())

    def test_agent_types_the_number_sees_the_coverage_and_quotes(self):
        self.agent.group_ids += self.env.ref("sales_team.group_sale_salesman")
        ticket = self._create_ticket(self.anna)
        self.start_tour(
            f"/odoo/helpdesk.ticket/{ticket.id}", "crm_css_owned", login="css_agent"
        )
        self.assertEqual(ticket.owned_item_id, self.item)
        self.assertEqual(ticket.sale_order_ids.partner_id, self.anna)

    def test_agent_on_the_phone_asks_whether_a_number_is_covered(self):
        self.start_tour(
            "/odoo/action-crm_css.crm_coverage_check_action",
            "crm_css_is_it_covered",
            login="css_agent",
        )
