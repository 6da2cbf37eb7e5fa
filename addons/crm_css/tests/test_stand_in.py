from datetime import date

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged

from .common import ServiceCase

BEFORE, DURING, AFTER = "2026-03-01 12:00", "2026-03-04 12:00", "2026-03-07 12:00"


@tagged("post_install", "-at_install")
class TestStandInForService(ServiceCase):
    """Two agents who see their own tickets only; one goes away."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        group = "helpdesk_mgmt.group_helpdesk_user_own"
        cls.absent = new_test_user(cls.env, "css_absent", groups=group, tz="UTC")
        cls.other = new_test_user(cls.env, "css_other", groups=group, tz="UTC")
        cls.ticket = cls._create_ticket(cls.anna, user_id=cls.absent.id)
        cls.foreign = cls._create_ticket(
            cls.petr, user_id=cls.absent.id, name="Нет счёта"
        )

    def _stand_in(self, **vals):
        vals = {
            "stand_in_id": self.other.id,
            "date_from": date(2026, 3, 2),
            "date_to": date(2026, 3, 6),
        } | vals
        record = self.env["crm.stand.in"].with_user(self.absent).create(vals)
        record.action_confirm()
        return record

    def _chosen(self):
        partner_ids = [Command.set(self.nordlicht.ids)]
        return self._stand_in(scope="chosen", partner_ids=partner_ids)

    def _assert_may(self, ticket):
        self.env.invalidate_all()
        ticket = ticket.with_user(self.other)
        self.assertIn(ticket, ticket.search([("id", "=", ticket.id)]))
        ticket.priority = "3"

    def _assert_may_not(self, ticket):
        self.env.invalidate_all()
        ticket = ticket.with_user(self.other)
        self.assertNotIn(ticket, ticket.search([("id", "=", ticket.id)]))
        with self.assertRaises(AccessError):
            ticket.read(["name"])
        with self.assertRaises(AccessError):
            ticket.priority = "3"

    def test_tickets_open_for_the_time_only(self):
        with freeze_time(BEFORE):
            self._stand_in()
            self._assert_may_not(self.ticket)
        with freeze_time(DURING):
            self._assert_may(self.ticket)
        with freeze_time(AFTER):
            self._assert_may_not(self.ticket)

    def test_only_the_chosen_customers_open(self):
        with freeze_time(DURING):
            self._chosen()
            self._assert_may(self.ticket)
            self._assert_may_not(self.foreign)

    def test_brief_tells_open_tickets(self):
        with freeze_time(DURING):
            brief = self._chosen().brief
        self.assertIn("Grinder stops", brief)
        self.assertNotIn("Нет счёта", brief)
