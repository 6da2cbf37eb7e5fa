from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from .common import ServiceCase


@tagged("post_install", "-at_install")
class TestPriority(ServiceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gold = cls.env["crm.service.level"].create(
            {"name": "Gold", "rank": 3, "points": 20}
        )
        cls.contract = cls.env["contract.contract"].create(
            {
                "name": "Service",
                "partner_id": cls.nordlicht.id,
                "service_level_id": cls.gold.id,
            }
        )
        cls.done = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        cls.manager = new_test_user(
            cls.env, "css_manager", groups="helpdesk_mgmt.group_helpdesk_manager"
        )

    def assertPriority(self, ticket, priority, points):
        self.assertEqual((ticket.priority, ticket.priority_points), (priority, points))

    def test_ticket_of_nobody_special_is_medium_and_says_so(self):
        ticket = self._create_ticket(self.anna)
        self.assertPriority(ticket, "1", 0)
        self.assertEqual(ticket.priority_reason, "Medium: nothing special")

    def test_reasons_add_up_and_are_named(self):
        self.nordlicht.value_class = "a"
        ticket = self._create_ticket(
            self.anna, severity="2", contract_id=self.contract.id
        )
        self.assertPriority(ticket, "3", 70)
        self.assertEqual(
            ticket.priority_reason,
            "Very High: customer of class A (+30), major trouble (+20), Gold (+20)",
        )

    def test_question_of_a_small_customer_is_low(self):
        self.nordlicht.value_class = "c"
        ticket = self._create_ticket(self.anna, severity="0")
        self.assertPriority(ticket, "0", -10)

    def test_class_is_the_one_in_the_company_of_the_ticket(self):
        other = self.env["res.company"].create({"name": "Branch"})
        self.nordlicht.with_company(other).value_class = "a"
        self.assertFalse(self._create_ticket(self.anna).value_class)
        ticket = self._create_ticket(self.anna, company_id=other.id, team_id=False)
        self.assertEqual(ticket.value_class, "a")

    def test_open_tickets_follow_the_class_of_the_customer(self):
        ticket = self._create_ticket(self.anna)
        closed = self._create_ticket(self.anna, stage_id=self.done.id)
        self.nordlicht.value_class = "a"
        self.assertPriority(ticket, "2", 30)
        self.assertPriority(closed, "1", 0)
        self.assertFalse(closed.value_class)

    def test_open_tickets_follow_the_contract_and_its_level(self):
        ticket = self._create_ticket(self.anna, contract_id=self.contract.id)
        self.assertPriority(ticket, "1", 20)
        self.gold.points = 35
        self.assertPriority(ticket, "2", 35)
        ticket.contract_id = False
        self.assertPriority(ticket, "1", 0)

    def test_open_tickets_follow_a_changed_new_or_deleted_rule(self):
        ticket = self._create_ticket(self.anna, severity="3")
        self.assertPriority(ticket, "2", 40)
        rule = self.env.ref("crm_css.crm_priority_rule_standstill")
        rule.points = 65
        self.assertPriority(ticket, "3", 65)
        rule.unlink()
        self.assertPriority(ticket, "1", 0)
        self.env["crm.priority.rule"].create(
            {"name": "team", "team_id": self.team.id, "points": 31}
        )
        self.assertPriority(ticket, "2", 31)

    def test_class_written_by_a_job_arrives_with_the_cron_once(self):
        ticket = self._create_ticket(self.anna)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET value_class = %s WHERE id = %s",
            (f'{{"{self.env.company.id}": "a"}}', self.anna.id),
        )
        self.env.invalidate_all()
        cron = self.env.ref("crm_css.ir_cron_follow_class")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
            cron.method_direct_trigger()
        self.assertPriority(ticket, "2", 30)

    def test_rule_asks_for_the_tag_of_the_customer_and_all_its_conditions(self):
        tag = self.env["res.partner.category"].create({"name": "Press"})
        self.env["crm.priority.rule"].create(
            {
                "name": "press",
                "category_id": tag.id,
                "severity": "2",
                "points": 50,
            }
        )
        ticket = self._create_ticket(self.nordlicht, severity="2")
        self.assertPriority(ticket, "1", 20)
        self.nordlicht.category_id = tag
        self.assertPriority(ticket, "3", 70)

    def test_rule_without_a_condition_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "no condition"):
            self.env["crm.priority.rule"].create({"name": "all"})

    def test_override_needs_a_reason_and_holds_against_changes(self):
        ticket = self._create_ticket(self.anna)
        with self.assertRaisesRegex(ValidationError, "Say why"):
            ticket.priority_by_hand = "3"
        ticket.write({"priority_by_hand": "3", "priority_hand_reason": "Trade fair"})
        self.nordlicht.value_class = "b"
        self.assertPriority(ticket, "3", 15)
        self.assertEqual(ticket.priority_reason, "Very High, set by hand: Trade fair")
        ticket.action_reset_priority()
        self.assertPriority(ticket, "1", 15)

    def test_priority_set_by_other_code_stays_and_is_told(self):
        ticket = self._create_ticket(self.anna, priority="3")
        ticket.severity = "2"
        self.assertPriority(ticket, "3", 20)
        self.assertIn("Set by", ticket.priority_reason)

    def test_agent_overrides_in_the_small_form(self):
        ticket = self._create_ticket(self.anna).with_user(self.agent)
        action = ticket.action_override_priority()
        view = self.env["ir.ui.view"].browse(action["views"][0][0])
        with Form(ticket, view=view) as form:
            form.priority_by_hand = "2"
            form.priority_hand_reason = "Trade fair"
        self.assertEqual(ticket.priority, "2")

    def test_manager_may_change_rules_and_an_agent_may_not(self):
        rule = self.env.ref("crm_css.crm_priority_rule_major")
        rule.with_user(self.manager).points = 21
        with self.assertRaises(AccessError):
            rule.with_user(self.agent).points = 99
        with self.assertRaises(AccessError):
            rule.with_user(new_test_user(self.env, "css_none")).read(["points"])

    def test_level_is_read_by_agents_and_written_by_managers(self):
        self.gold.with_user(self.manager).points = 21
        self.assertEqual(self.gold.with_user(self.agent).points, 21)
        with self.assertRaises(AccessError):
            self.gold.with_user(self.agent).points = 99

    def test_rule_of_another_company_does_not_hold(self):
        other = self.env["res.company"].create({"name": "Branch"})
        rule = self.env.ref("crm_css.crm_priority_rule_standstill")
        rule.company_id = other
        self.assertPriority(self._create_ticket(self.anna, severity="3"), "1", 0)

    def test_customer_reads_the_own_ticket_and_not_what_is_thought_of_him(self):
        portal = new_test_user(self.env, "css_portal", groups="base.group_portal")
        self.nordlicht.value_class = "a"
        ticket = self._create_ticket(portal.partner_id).with_user(portal)
        self.assertEqual(ticket.read(["name"])[0]["name"], "Grinder stops")
        for name in (
            "value_class",
            "priority_reason",
            "priority_by_hand",
            "priority_hand_reason",
        ):
            with self.assertRaises(AccessError):
                ticket.read([name])

    def test_many_tickets_do_not_cost_a_query_each(self):
        tickets = self._create_ticket(self.anna)
        for _i in range(29):
            tickets |= self._create_ticket(self.anna)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(12):
            self.env["helpdesk.ticket"]._rate_anew()
            self.env.flush_all()
