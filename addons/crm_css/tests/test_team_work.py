from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .test_assign import AGENT, TeamCase


@tagged("post_install", "-at_install")
class TestHelpers(TeamCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._create_ticket(cls.anna, user_id=cls.carla.id)

    def test_colleague_with_own_tickets_only_does_not_see_it(self):
        ticket = self.ticket.with_user(self.ines)
        self.assertFalse(ticket.search([("id", "=", ticket.id)]))
        with self.assertRaises(AccessError):
            ticket.name = "Mine"

    def test_helper_sees_and_changes_it_but_deletes_nothing(self):
        self.ticket.with_user(self.carla).helper_ids = self.ines
        ticket = self.ticket.with_user(self.ines)
        self.assertTrue(ticket.search([("id", "=", ticket.id)]))
        ticket.priority = "3"
        self.assertEqual(self.ticket.priority, "3")
        with self.assertRaises(AccessError):
            ticket.unlink()

    def test_helper_who_is_taken_out_sees_it_no_more(self):
        self.ticket.helper_ids = self.ines
        self.ticket.helper_ids = False
        self.ticket.message_unsubscribe(self.ines.partner_id.ids)
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self.ticket.with_user(self.ines).read(["name"])

    def test_helper_hears_of_it(self):
        self.ticket.helper_ids = self.ines
        self.assertIn(self.ines.partner_id, self.ticket.message_partner_ids)

    def test_customer_reads_neither_helpers_nor_reason(self):
        portal = new_test_user(self.env, "css_anna", groups="base.group_portal")
        portal.partner_id.parent_id = self.nordlicht
        for name in ("helper_ids", "assign_reason"):
            with self.subTest(field=name), self.assertRaises(AccessError):
                self.ticket.with_user(portal).read([name])


@tagged("post_install", "-at_install")
class TestHandOver(TeamCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._create_ticket(cls.anna, user_id=cls.carla.id)

    def _hand_over(self, user=None, **vals):
        vals = {
            "ticket_ids": [Command.set(self.ticket.ids)],
            "user_id": self.ines.id,
            "note": "Fuse ordered. Call on Monday.",
        } | vals
        wizard = self.env["crm.ticket.hand.over"].with_user(user or self.carla)
        wizard.create(vals).action_confirm()

    def test_ticket_goes_to_the_colleague_with_the_note(self):
        self._hand_over()
        self.assertEqual(self.ticket.user_id, self.ines)
        note = self.ticket.message_ids.filtered(lambda m: "Fuse" in m.body)
        self.assertTrue(note.subtype_id.internal)
        self.assertEqual(note.author_id, self.carla.partner_id)
        self.assertIn(self.ines.partner_id, note.notified_partner_ids)
        self.assertNotIn(self.anna, note.notified_partner_ids)

    def test_one_before_stays_as_a_helper_where_wished(self):
        self._hand_over(stays_helper=True)
        self.assertIn(self.carla, self.ticket.helper_ids)
        self.env.invalidate_all()
        self.assertTrue(self.ticket.with_user(self.carla).name)

    def test_whoever_fits_best_is_never_the_one_who_gives_it_away(self):
        self._hand_over(to="anybody", user_id=False)
        self.assertEqual(self.ticket.user_id, self.ines)
        self.assertIn("Given to Ines", self.ticket.assign_reason)

    def test_closed_ticket_is_not_handed_over(self):
        self.ticket.stage_id = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        with self.assertRaises(UserError):
            self._hand_over()

    def test_colleague_who_is_away_is_refused(self):
        self.ines.active = False
        with self.assertRaises(UserError):
            self._hand_over()

    def test_somebody_without_tickets_is_refused(self):
        seller = new_test_user(self.env, "css_seller2", groups="base.group_user")
        with self.assertRaises(UserError):
            self._hand_over(user_id=seller.id)

    def test_ticket_of_others_is_not_given_away(self):
        with self.assertRaises(AccessError):
            self._hand_over(user=self.ines)

    def test_note_in_html_is_text(self):
        self._hand_over(note="<script>alert(1)</script>")
        self.assertIn("&lt;script&gt;", "".join(self.ticket.message_ids.mapped("body")))


@tagged("post_install", "-at_install")
class TestSkillsAndAgents(TeamCase):
    def test_agents_read_skills_and_managers_write_them(self):
        manager = new_test_user(
            self.env, "css_boss", groups="helpdesk_mgmt.group_helpdesk_manager"
        )
        self.assertTrue(self.skill.with_user(self.carla).name)
        with self.assertRaises(AccessError):
            self.skill.with_user(self.carla).name = "Mine"
        with self.assertRaises(AccessError):
            self.agent_carla.with_user(self.carla).capacity = 1
        self.skill.with_user(manager).name = "Accounting"
        self.agent_carla.with_user(manager).capacity = 5

    def test_outsiders_and_customers_read_neither(self):
        for login, group in (
            ("css_o", "base.group_user"),
            ("css_p", "base.group_portal"),
        ):
            user = new_test_user(self.env, login, groups=group)
            for record in (self.skill, self.agent_carla):
                with self.subTest(user=login), self.assertRaises(AccessError):
                    record.with_user(user).read(["display_name"])

    def test_skill_of_another_company_is_not_seen(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.skill.company_id = other
        with self.assertRaises(AccessError):
            self.skill.with_user(self.carla).read(["name"])

    def test_customer_is_no_agent(self):
        portal = new_test_user(self.env, "css_p2", groups="base.group_portal")
        with self.assertRaises(ValidationError):
            self.env["crm.service.agent"].create({"user_id": portal.id})

    def test_members_get_their_lines_by_the_button_of_the_team(self):
        new = new_test_user(self.env, "css_new", groups=AGENT)
        self.team.user_ids |= new
        action = self.team.action_open_agents()
        agents = self.env["crm.service.agent"].search(action["domain"])
        self.assertEqual(agents.user_id, self.both | new)
        with self.assertRaises(AccessError):
            self.team.with_user(self.carla).action_open_agents()
