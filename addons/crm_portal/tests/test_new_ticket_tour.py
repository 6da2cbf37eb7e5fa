from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.crm_css.tests.common import ServiceCase


@tagged("post_install", "-at_install")
class TestNewTicketTour(HttpCase, ServiceCase):
    """On a phone: a new ticket, the answer to it, and who else sees it."""

    browser_size = "375x667"
    touch_enabled = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.ticket_team_id = cls.team
        jonas = cls.env["res.partner"].create(
            {"name": "Jonas Weber", "parent_id": cls.nordlicht.id}
        )
        for partner, login in ((cls.anna, "portal_new"), (jonas, "portal_jonas")):
            new_test_user(
                cls.env, login, password=login, groups="base.group_portal",
                partner_id=partner.id,
            )  # fmt: skip
        jonas.name = "Jonas Weber"  # not that of the login
        cls.jonas = jonas

    def test_customer_opens_a_ticket_and_sees_the_answer(self):
        self.start_tour("/my", "crm_portal_new_ticket", login="portal_new")
        ticket = self.env["helpdesk.ticket"].search([("name", "=", "Steam wand leaks")])
        self.assertEqual((ticket.partner_id, ticket.team_id), (self.anna, self.team))
        ticket.with_user(self.agent).message_post(
            body="New seal is on its way",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.start_tour("/my/tickets", "crm_portal_see_answer", login="portal_new")

    def test_administrator_of_the_customer_opens_tickets_to_a_colleague(self):
        self.anna.portal_administrator = True
        self.start_tour("/my", "crm_portal_company", login="portal_new")
        self.assertTrue(self.jonas.portal_company_tickets)
