from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged

from .sla_common import SlaCase

MONDAY_10 = "2026-03-02 09:00:00"
MODELS = (
    "crm.sla.clock",
    "crm.sla.interval",
    "crm.sla.notice",
    "crm.sla.report",
)


@tagged("post_install", "-at_install")
class TestSlaRights(SlaCase):
    """One ticket of somebody else, breached; who may see what became of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls._policy()
        cls.owner = cls._user("css_owner", "helpdesk_mgmt.group_helpdesk_user_own")
        cls.other = cls._user("css_other", "helpdesk_mgmt.group_helpdesk_user_own")
        cls.manager = cls._user("css_manager", "helpdesk_mgmt.group_helpdesk_manager")
        cls.outsider = cls._user("css_outsider", "base.group_user")
        cls.portal = cls._user("css_portal", "base.group_portal")
        cls.public = cls.env.ref("base.public_user")
        cls.team.user_ids |= cls.owner
        cls.ticket = cls._ticket_at(MONDAY_10, user_id=cls.owner.id)

    @classmethod
    def _user(cls, login, groups):
        return new_test_user(cls.env, login, groups=groups)

    def setUp(self):
        super().setUp()
        self._sweep("2026-03-03 09:00:00")

    def _found(self, model, user):
        domain = [("ticket_id", "=", self.ticket.id)]
        return self.env[model].with_user(user).search(domain)

    def test_who_sees_the_ticket_sees_its_clocks(self):
        for user in (self.owner, self.agent, self.manager):
            for model in MODELS:
                with self.subTest(user=user.login, model=model):
                    found = self._found(model, user)
                    self.assertTrue(found)
                    found.read(["ticket_id"])

    def test_agent_with_own_tickets_only_sees_none_of_others(self):
        for model in MODELS:
            with self.subTest(model=model):
                self.assertFalse(self._found(model, self.other))
        for records in (self.ticket.sla_clock_ids, self.ticket.sla_interval_ids):
            with self.assertRaises(AccessError):
                records.with_user(self.other).read(["ticket_id"])

    def test_others_have_no_access_at_all(self):
        for user in (self.outsider, self.portal, self.public):
            for model in (*MODELS, "crm.sla.policy", "crm.sla.forecast"):
                records = self.env[model].with_user(user)
                with (
                    self.subTest(user=user.login, model=model),
                    self.assertRaises(AccessError),
                ):
                    records.search([])

    def test_nobody_writes_clocks_by_hand(self):
        clock = self._clock(self.ticket)
        for user in (self.owner, self.manager):
            for attempt in (
                lambda user: clock.with_user(user).write({"state": "met"}),
                lambda user: clock.with_user(user).unlink(),
                lambda user: clock.with_user(user).copy(),
                lambda user: self.ticket.sla_interval_ids.with_user(user).write(
                    {"party": "customer"}
                ),
            ):
                with self.assertRaises(AccessError):
                    attempt(user)

    def test_only_managers_change_policies(self):
        with self.assertRaises(AccessError):
            self.policy.with_user(self.agent).first_answer_hours = 99
        self.policy.with_user(self.manager).first_answer_hours = 5
        self.assertEqual(self.policy.with_user(self.agent).first_answer_hours, 5)

    def test_manager_of_another_company_sees_nothing(self):
        company = self.env["res.company"].create({"name": "Other"})
        stranger = self._user("css_stranger", "helpdesk_mgmt.group_helpdesk_manager")
        stranger.write({"company_ids": [(6, 0, company.ids)], "company_id": company.id})
        for model in MODELS:
            with self.subTest(model=model):
                self.assertFalse(self._found(model, stranger))
        policies = self.env["crm.sla.policy"].with_user(stranger).search([])
        self.assertNotIn(self.policy, policies)

    def test_agent_without_rights_on_hours_may_move_a_ticket_and_close_it(self):
        with freeze_time("2026-03-03 10:00:00"):
            ticket = self.ticket.with_user(self.owner)
            ticket.stage_id = self.stages["in_progress"]
            ticket.stage_id = self.stages["done"]
        self.assertFalse(ticket.sla_due_date)

    def test_outsider_who_follows_a_ticket_reads_it_without_the_clocks(self):
        self.ticket.message_subscribe(partner_ids=self.outsider.partner_id.ids)
        ticket = self.ticket.with_user(self.outsider)
        self.assertEqual(ticket.name, self.ticket.name)
        for name in ("sla_clock_ids", "sla_interval_ids", "sla_state", "sla_hint"):
            with self.subTest(name=name), self.assertRaises(AccessError):
                ticket.read([name])

    def test_customer_makes_and_answers_a_ticket_on_the_portal(self):
        self.portal.partner_id.parent_id = self.nordlicht
        self.portal.partner_id.portal_company_tickets = True
        with freeze_time("2026-03-03 10:00:00"):
            self.ticket._note_answer(self.ticket.create_date)
            self.policy.next_answer_hours = 2
            self.ticket.with_user(self.portal).message_post(
                body="Again", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
        self.assertEqual(self._clock(self.ticket, "next_answer").state, "running")
