from datetime import date, timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, LockError, UserError
from odoo.tests import new_test_user, tagged

from .common import ServiceCase

AGENT = "helpdesk_mgmt.group_helpdesk_user_own"


class TeamCase(ServiceCase):
    """Two agents in a team that assigns by itself, and a second team for Spain."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.carla = new_test_user(cls.env, "css_carla", groups=AGENT, name="Carla")
        cls.ines = new_test_user(cls.env, "css_ines", groups=AGENT, name="Ines")
        cls.both = cls.carla | cls.ines
        territories = cls.env["crm.territory"]
        cls.europe = territories.create({"name": "Europe"})
        cls.spain = territories.create({"name": "Spain", "parent_id": cls.europe.id})
        cls.germany = territories.create({"name": "Germany"})
        cls.olivar.territory_id = cls.spain
        cls.nordlicht.territory_id = cls.germany
        cls.papers = cls.env["helpdesk.ticket.type"].create({"name": "Papers"})
        cls.skill = cls.env["crm.service.skill"].create(
            {"name": "Invoices", "type_ids": [Command.link(cls.papers.id)]}
        )
        cls.team.write(
            {
                "user_ids": [Command.set(cls.both.ids)],
                "takes_tickets": True,
                "assign_method": "fit",
            }
        )
        cls.team_spain = cls.env["helpdesk.ticket.team"].create(
            {
                "name": "Spain",
                "takes_tickets": True,
                "territory_ids": [Command.link(cls.europe.id)],
                "user_ids": [Command.set(cls.carla.ids)],
            }
        )
        cls.agents = cls.env["crm.service.agent"]._of(cls.both)
        cls.agent_carla, cls.agent_ines = (
            cls.agents.filtered(lambda a, u=user: a.user_id == u)
            for user in (cls.carla, cls.ines)
        )

    def _assigned(self, partner=None, **vals):
        """Make a ticket and run the job."""
        ticket = self._create_ticket(partner or self.petr, **vals)
        self._run()
        return ticket

    def _run(self):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("crm_css.crm_ticket_cron_assign").method_direct_trigger()
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestRoute(TeamCase):
    def test_ticket_without_team_goes_where_its_territory_is_served(self):
        ticket = self._assigned(self.lucia, team_id=False)
        self.assertEqual(ticket.team_id, self.team_spain)
        self.assertIn("Team Spain fits: Europe / Spain", ticket.assign_reason)
        self.assertFalse(ticket.user_id)  # this team assigns by hand

    def test_ticket_that_fits_no_team_goes_to_the_one_without_conditions(self):
        ticket = self._assigned(self.anna, team_id=False)
        self.assertEqual(ticket.team_id, self.team)
        self.assertIn("takes what fits no other", ticket.assign_reason)

    def test_ticket_stays_without_a_team_where_none_takes_it_and_says_so(self):
        self.team.takes_tickets = False
        ticket = self._assigned(self.anna, team_id=False)
        self.assertFalse(ticket.team_id)
        self.assertEqual(ticket.assign_reason, "No team takes tickets like this one.")

    def test_team_of_another_company_gets_nothing(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.team_spain.company_id = other
        ticket = self._assigned(self.lucia, team_id=False)
        self.assertEqual(ticket.team_id, self.team)

    def test_language_and_skill_count(self):
        self.env["res.lang"]._activate_lang("es_ES")
        lang = self.env["res.lang"]._lang_get("es_ES")
        self.petr.lang = "es_ES"
        team = self.team_spain.copy(
            {
                "name": "Invoices in Spanish",
                "territory_ids": False,
                "lang_ids": [Command.set(lang.ids)],
                "skill_ids": [Command.set(self.skill.ids)],
                "takes_tickets": True,
            }
        )
        asks = self._assigned(self.petr, team_id=False, type_id=self.papers.id)
        self.assertEqual(asks.team_id, team)
        no_skill = self._assigned(self.petr, team_id=False)
        self.assertEqual(no_skill.team_id, self.team)


@tagged("post_install", "-at_install")
class TestAssign(TeamCase):
    def test_who_has_less_to_do_gets_it_and_the_ticket_says_why(self):
        self._create_ticket(self.anna, user_id=self.carla.id, severity="3")
        ticket = self._assigned()
        self.assertEqual(ticket.user_id, self.ines)
        self.assertEqual(
            ticket.assign_reason, "Given to Ines: speaks English (US), the least to do"
            " (0 of 40)."
        )  # fmt: skip
        self.assertIn(ticket.assign_reason, ticket.message_ids.mapped("preview"))
        self.assertIn(self.ines.partner_id, ticket.message_partner_ids)

    def test_who_gets_tickets_is_told_once(self):
        tickets = [self._create_ticket(self.petr, name=f"No. {i}") for i in range(3)]
        self.team.user_ids = self.ines
        self._run()
        notices = self.env["mail.message"].search(
            [("partner_ids", "in", self.ines.partner_id.ids)]
        )
        self.assertEqual(notices.mapped("subject"), ["Tickets for you: 3"])
        for ticket in tickets:
            self.assertIn(ticket.name, notices.body)

    def test_skill_goes_before_load(self):
        self.agent_carla.skill_ids = self.skill
        self._create_ticket(self.anna, user_id=self.carla.id, severity="3")
        ticket = self._assigned(type_id=self.papers.id)
        self.assertEqual(ticket.user_id, self.carla)
        self.assertIn("knows the matter", ticket.assign_reason)

    def test_balanced_load_looks_at_the_load_only(self):
        self.team.assign_method = "balanced"
        self.agent_carla.skill_ids = self.skill
        self._create_ticket(self.anna, user_id=self.carla.id)
        self.assertEqual(self._assigned(type_id=self.papers.id).user_id, self.ines)

    def test_who_covers_the_territory_goes_before_load(self):
        self.europe.member_ids = self.carla
        self._create_ticket(self.anna, user_id=self.carla.id, severity="3")
        ticket = self._assigned(self.lucia)
        self.assertEqual(ticket.user_id, self.carla)
        self.assertIn("covers Europe / Spain", ticket.assign_reason)

    def test_load_is_measured_by_capacity(self):
        self.agent_carla.capacity = 100
        self._create_ticket(self.anna, user_id=self.carla.id)
        self._create_ticket(self.anna, user_id=self.ines.id, severity="0")
        self.assertEqual(self._assigned().user_id, self.carla)

    def test_ties_go_round(self):
        users = [self._assigned(severity="1").user_id for _ in range(4)]
        self.assertEqual(users[0], users[2])
        self.assertEqual(users[1], users[3])
        self.assertNotEqual(users[0], users[1])

    def test_many_at_once_are_spread(self):
        for number in range(10):
            self._create_ticket(self.petr, name=f"No. {number}")
        self._run()
        self.assertEqual(set(self.agents.mapped("load")), {10})

    def test_what_waits_for_the_customer_weighs_little(self):
        waiting = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_awaiting")
        ticket = self._create_ticket(
            self.anna, user_id=self.carla.id, severity="3", stage_id=waiting.id
        )
        self.assertEqual(self.agent_carla.load, 1)
        ticket.stage_id = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        self.agent_carla.invalidate_recordset(["load"])
        self.assertEqual(self.agent_carla.load, 0)

    def test_nobody_gets_more_than_the_capacity(self):
        self.agents.capacity = 1
        ticket = self._assigned(severity="3")
        self.assertFalse(ticket.user_id)
        self.assertIn("has too much to do", ticket.assign_reason)

    def test_job_run_again_says_nothing_twice(self):
        self.agents.capacity = 1
        ticket = self._assigned(severity="3")
        notes = len(ticket.message_ids)
        self._run()
        self.assertEqual(len(ticket.message_ids), notes)
        self.agents.capacity = 0
        self._run()
        self.assertTrue(ticket.user_id)
        user, reason = ticket.user_id, ticket.assign_reason
        self._run()
        self.assertEqual((ticket.user_id, ticket.assign_reason), (user, reason))

    def test_by_hand_means_by_hand(self):
        self.team.assign_method = "manual"
        self.assertFalse(self._assigned().user_id)

    def test_closed_and_archived_tickets_are_left_alone(self):
        done = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        self.assertFalse(self._assigned(stage_id=done.id).user_id)
        self.assertFalse(self._assigned(active=False).user_id)

    def test_who_assigns_by_hand_takes_the_reason_away(self):
        ticket = self._assigned()
        ticket.user_id = self.carla if ticket.user_id == self.ines else self.ines
        self.assertFalse(ticket.assign_reason)

    def test_new_ticket_wakes_the_job_up(self):
        cron = self.env.ref("crm_css.crm_ticket_cron_assign")
        triggers = self.env["ir.cron.trigger"]
        before = triggers.search_count([("cron_id", "=", cron.id)])
        self._create_ticket(self.petr)
        self.assertGreater(triggers.search_count([("cron_id", "=", cron.id)]), before)

    def test_new_ticket_wakes_nothing_up_where_all_is_by_hand(self):
        teams = self.env["helpdesk.ticket.team"].search([])
        teams.write({"takes_tickets": False, "assign_method": "manual"})
        cron = self.env.ref("crm_css.crm_ticket_cron_assign")
        triggers = self.env["ir.cron.trigger"]
        before = triggers.search_count([("cron_id", "=", cron.id)])
        self._create_ticket(self.petr)
        self.assertEqual(triggers.search_count([("cron_id", "=", cron.id)]), before)


@tagged("post_install", "-at_install")
class TestAway(TeamCase):
    def _assert_away(self, user):
        self.agents.invalidate_recordset(["is_away"])
        agent = self.agents.filtered(lambda a: a.user_id == user)
        self.assertTrue(agent.is_away)
        for _ in range(3):
            self.assertNotEqual(self._assigned().user_id, user)

    def test_whose_stand_in_acts_gets_nothing(self):
        self.env["crm.stand.in"].create(
            {
                "user_id": self.ines.id,
                "stand_in_id": self.carla.id,
                "date_from": date.today() - timedelta(days=1),
                "date_to": date.today() + timedelta(days=1),
            }
        ).action_confirm()
        self._assert_away(self.ines)

    def test_who_has_time_off_gets_nothing(self):
        calendar = self.env.company.resource_calendar_id
        resource = self.env["resource.resource"].create(
            {"name": "Ines", "user_id": self.ines.id, "calendar_id": calendar.id}
        )
        now = fields.Datetime.now()
        self.env["resource.calendar.leaves"].create(
            {
                "resource_id": resource.id,
                "calendar_id": calendar.id,
                "date_from": now - timedelta(hours=1),
                "date_to": now + timedelta(hours=1),
            }
        )
        self._assert_away(self.ines)

    def test_archived_user_gets_nothing(self):
        self.ines.active = False
        self._assert_away(self.ines)

    def test_whose_right_was_taken_gets_nothing(self):
        self.ines.group_ids = self.env.ref("base.group_user")
        self._assert_away(self.ines)

    def test_ticket_waits_while_everybody_is_away(self):
        self.both.group_ids = self.env.ref("base.group_user")
        ticket = self._assigned()
        self.assertFalse(ticket.user_id)
        self.assertIn("away", ticket.assign_reason)

    def test_tickets_of_who_is_away_are_listed(self):
        ticket = self._create_ticket(self.petr, user_id=self.ines.id)
        there = self._create_ticket(self.petr, user_id=self.carla.id)
        self.ines.active = False
        tickets = self.env["helpdesk.ticket"].with_user(self.agent)
        found = tickets.search(tickets.action_open_absent()["domain"])
        self.assertIn(ticket, found)
        self.assertNotIn(there, found)


@tagged("post_install", "-at_install")
class TestAssignAtOnce(TeamCase):
    def _thousand(self):
        """Copy one ticket in the database, with other customers and severities."""
        first = self._create_ticket(self.petr)
        self.env.flush_all()
        self.env.cr.execute(
            """INSERT INTO helpdesk_ticket SELECT (jsonb_populate_record(t,
                    jsonb_build_object(
                        'id', nextval('helpdesk_ticket_id_seq'),
                        'number', 'N' || i,
                        'severity', (i %% 4)::text,
                        'team_id', CASE WHEN i %% 3 > 0 THEN t.team_id END,
                        'partner_id', CASE WHEN i %% 2 > 0 THEN t.partner_id
                            ELSE %s END
                    ))).* FROM helpdesk_ticket AS t, generate_series(1, 1000) AS i
                WHERE t.id = %s RETURNING id""",
            [self.lucia.id, first.id],
        )
        return first.browse(row[0] for row in self.env.cr.fetchall())

    def test_thousand_tickets_take_few_queries(self):
        tickets = self._thousand()
        self.agents.capacity = 10000
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(250):
            tickets._assign()
            self.env.flush_all()
        ours = tickets.filtered(lambda t: t.team_id == self.team)
        self.assertGreater(len(ours), 800)
        self.assertEqual(ours.user_id, self.both)
        self.assertLess(abs(self.agent_carla.load - self.agent_ines.load), 6)

    def test_second_one_who_assigns_waits_until_the_first_is_done(self):
        ticket = self._create_ticket(self.petr)
        taken = patch.object(
            type(self.agents), "lock_for_update", side_effect=LockError("")
        )
        with taken, self.assertRaisesRegex(LockError, "being assigned"):
            ticket._assign()
        self.assertFalse(ticket.user_id)

    def test_button_assigns_with_the_rights_of_an_agent(self):
        self.team.assign_method = "manual"
        ticket = self._create_ticket(self.petr).with_user(self.carla)
        ticket.action_assign()
        self.assertIn(ticket.sudo().user_id, self.both)

    def test_button_on_what_somebody_has_says_so(self):
        ticket = self._create_ticket(self.petr, user_id=self.carla.id)
        with self.assertRaises(UserError):
            ticket.with_user(self.carla).action_assign()

    def test_button_is_not_for_who_may_not_change_the_ticket(self):
        ticket = self._create_ticket(self.petr, team_id=False)
        with self.assertRaises(AccessError):
            ticket.with_user(self.carla).action_assign()
        outsider = new_test_user(self.env, "css_out", groups="base.group_user")
        with self.assertRaises(AccessError):
            ticket.with_user(outsider).action_assign()
