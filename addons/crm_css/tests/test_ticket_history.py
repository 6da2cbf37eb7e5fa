from odoo.tests import new_test_user, tagged

from .common import ServiceCase


@tagged("post_install", "-at_install")
class TestTicketHistory(ServiceCase):
    def _subjects(self, partner, user):
        page = self.env["crm.timeline"].with_user(user).read_page(partner.id)
        return [row["subject"] for row in page["rows"]]

    def test_ticket_and_its_mails_stand_on_the_time_line(self):
        ticket = self._create_ticket(self.anna)
        ticket.message_post(
            author_id=self.anna.id, message_type="comment", body="Any news?",
            subtype_xmlid="mail.mt_comment",
        )  # fmt: skip
        self.assertEqual(
            set(self._subjects(self.nordlicht, self.agent)),
            {ticket.display_name, "Any news?"},
        )

    def test_ticket_of_others_is_not_there_for_an_agent_with_own_tickets_only(self):
        limited = new_test_user(
            self.env, "css_limited", groups="helpdesk_mgmt.group_helpdesk_user_own"
        )
        hidden = self._create_ticket(self.anna, user_id=self.agent.id)
        hidden.message_post(
            author_id=self.anna.id, message_type="comment", body="Secret",
            subtype_xmlid="mail.mt_comment",
        )  # fmt: skip
        self.assertEqual(self._subjects(self.nordlicht, limited), [])
        self.assertEqual(len(self._subjects(self.nordlicht, self.agent)), 2)

    def test_card_counts_open_tickets_the_reader_may_see(self):
        done = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        self._create_ticket(self.anna)
        self._create_ticket(self.anna, stage_id=done.id)
        card = self.nordlicht.with_user(self.agent).crm_card()
        part = next(part for part in card["parts"] if part["key"] == "open_tickets")
        self.assertEqual((part["value"], part["warn"]), ("1", True))
        behind = self.env["helpdesk.ticket"].with_user(self.agent)
        self.assertEqual(behind.search_count(part["action"]["domain"]), 1)

    def test_card_of_who_is_no_agent_has_no_figure_of_tickets(self):
        self._create_ticket(self.anna)
        seller = new_test_user(
            self.env, "css_seller", groups="crm_base.crm_base_group_user"
        )
        parts = self.nordlicht.with_user(seller).crm_card()["parts"]
        self.assertNotIn("open_tickets", {part["key"] for part in parts})

    def test_agents_are_users_of_the_customer_base(self):
        self.assertTrue(self.agent.has_group("crm_base.crm_base_group_user"))
