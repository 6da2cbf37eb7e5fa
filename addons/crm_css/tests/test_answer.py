from odoo.tests import freeze_time, tagged

from .common import ServiceCase


@tagged("post_install", "-at_install")
class TestAnswer(ServiceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time("2026-03-02 08:00:00"):
            cls.ticket = cls._create_ticket(cls.anna)
        cls.done = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        cls.awaiting = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_awaiting")

    def _say(self, author, at, **kwargs):
        comment = {"message_type": "comment", "subtype_xmlid": "mail.mt_comment"}
        kwargs = comment | kwargs
        with freeze_time(at):
            self.ticket.message_post(author_id=author.id, body="Hello", **kwargs)

    def _at(self, field):
        return self.ticket[field] and self.ticket[field].strftime("%d %H:%M")

    def test_customer_waits_from_the_ticket_on_until_our_first_answer(self):
        self.assertEqual(self._at("asked_date"), "02 08:00")
        self._say(self.anna, "2026-03-02 08:30:00")
        self.assertEqual(self._at("asked_date"), "02 08:00")
        self._say(self.agent.partner_id, "2026-03-02 09:00:00")
        self.assertFalse(self.ticket.asked_date)
        self.assertEqual(self._at("first_answer_date"), "02 09:00")

    def test_first_answer_stays_when_another_follows(self):
        self._say(self.agent.partner_id, "2026-03-02 09:00:00")
        self._say(self.agent.partner_id, "2026-03-03 10:00:00")
        self.assertEqual(self._at("first_answer_date"), "02 09:00")
        self.assertEqual(self._at("last_answer_date"), "03 10:00")

    def test_note_among_colleagues_is_no_answer(self):
        self._say(
            self.agent.partner_id, "2026-03-02 09:00:00", subtype_xmlid="mail.mt_note"
        )
        self.assertFalse(self.ticket.first_answer_date)

    def test_mail_of_a_machine_is_no_answer(self):
        self._say(
            self.agent.partner_id, "2026-03-02 09:00:00", message_type="auto_comment"
        )
        self.assertTrue(self.ticket.asked_date)

    def test_answer_of_the_customer_brings_a_waiting_ticket_back(self):
        self.ticket.stage_id = self.awaiting
        self._say(self.anna, "2026-03-03 09:00:00")
        self.assertEqual(self.ticket.stage_id.party, "us")
        self.assertFalse(self.ticket.unattended)
        self.assertEqual(self.ticket.reopen_count, 0)

    def test_answer_of_the_customer_reopens_a_closed_ticket(self):
        with freeze_time("2026-03-02 12:00:00"):
            self.ticket.stage_id = self.done
        self.assertEqual(self._at("closed_date"), "02 12:00")
        self._say(self.anna, "2026-03-04 09:00:00")
        self.assertFalse(self.ticket.closed)
        self.assertFalse(self.ticket.closed_date)
        self.assertEqual(self.ticket.reopen_count, 1)
        self.assertEqual(self._at("first_closed_date"), "02 12:00")
        self.assertEqual(self._at("asked_date"), "04 09:00")

    def test_ticket_made_in_a_closed_stage_has_its_date_and_nobody_waits(self):
        ticket = self._create_ticket(self.anna, stage_id=self.done.id)
        self.assertTrue(ticket.closed_date)
        self.assertFalse(ticket.asked_date)

    def test_customer_on_the_portal_may_answer_and_thereby_reopen(self):
        portal = self.env["res.users"].create(
            {
                "name": "Anna",
                "login": "css_anna",
                "partner_id": self.anna.id,
                "group_ids": [(6, 0, self.env.ref("base.group_portal").ids)],
            }
        )
        self.ticket.stage_id = self.done
        self.ticket.with_user(portal).message_post(
            body="Again", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.assertFalse(self.ticket.closed)

    def test_territory_is_the_one_of_the_customer_when_the_ticket_came(self):
        north, south = self.env["crm.territory"].create(
            [{"name": "North"}, {"name": "South"}]
        )
        self.anna.commercial_partner_id.territory_id = north
        ticket = self._create_ticket(self.anna)
        self.assertEqual(ticket.territory_id, north)
        self.anna.commercial_partner_id.territory_id = south
        self.assertEqual(ticket.territory_id, north)

    def test_service_level_comes_from_the_contract(self):
        gold = self.env["crm.service.level"].create({"name": "Gold", "rank": 3})
        contract = self.env["contract.contract"].create(
            {
                "name": "Service",
                "partner_id": self.nordlicht.id,
                "service_level_id": gold.id,
            }
        )
        self.ticket.contract_id = contract
        self.assertEqual(self.ticket.service_level_id, gold)
