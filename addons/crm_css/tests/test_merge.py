from odoo.tests import tagged

from .common import ServiceCase


@tagged("post_install", "-at_install")
class TestMergedCustomer(ServiceCase):
    """What a ticket has copied of its customer is right after each merge."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        partners = cls.env["res.partner"]
        cls.keep = cls.petr
        cls.double = partners.create({"name": "Pjotr Ivanov"})
        cls.ticket = cls.env["helpdesk.ticket"].create(
            {"name": "Broken", "description": "x", "partner_id": cls.double.id}
        )

    def _assert_ticket(self, person, company):
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertRecordValues(
            self.ticket,
            [{"partner_id": person.id, "commercial_partner_id": company.id}],
        )

    def test_ticket_follows_our_merge_and_its_undo(self):
        self._assert_ticket(self.double, self.double)
        merge = self.env["crm.merge"]._merge(self.keep, self.double, {})
        self._assert_ticket(self.keep, self.talisman)
        merge.action_undo()
        self._assert_ticket(self.double, self.double)

    def test_ticket_follows_odoos_merge(self):
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge((self.keep | self.double).ids, self.keep)
        self._assert_ticket(self.keep, self.talisman)
