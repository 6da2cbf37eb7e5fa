from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .leads_common import LeadsCase


@tagged("post_install", "-at_install")
class TestLeadAssign(LeadsCase):
    # Turns

    def test_weight_decides_how_many_somebody_gets(self):
        self.of_seller.assignment_weight = 2
        leads = self._create_leads(30)
        self._assign()
        self.assertEqual(self._counts(leads), (20, 10))

    def test_weights_hold_over_runs_of_one_lead(self):
        self.of_seller.assignment_weight = 2
        leads = self.env["crm.lead"]
        for _run in range(9):
            leads |= self._create_leads()
            self._assign()
        self.assertEqual(self._counts(leads), (6, 3))

    def test_nothing_is_thrown_the_same_leads_go_the_same_way(self):
        found = []
        for _try in range(2):
            with self.env.cr.savepoint() as savepoint:
                leads = self._create_leads(15)
                self._assign()
                found.append([lead.user_id for lead in leads])
                savepoint.rollback()
                self.env.invalidate_all()
        self.assertEqual(found[0], found[1])

    def test_weight_of_zero_gets_none(self):
        self.of_seller.assignment_weight = 0
        leads = self._create_leads(4)
        self._assign()
        self.assertEqual(self._counts(leads), (0, 4))

    def test_who_comes_back_is_not_drowned(self):
        self._stand_in(self.seller)
        self._create_leads(20)
        self._assign()
        self.env["crm.stand.in"].search([]).action_back()
        leads = self._create_leads(10)
        self._assign()
        self.assertEqual(self._counts(leads), (5, 5))

    # Who is there and has room

    def _stand_in(self, user):
        self.env["crm.stand.in"].create(
            {"user_id": user.id, "stand_in_id": self.manager.id}
        ).action_confirm()

    def test_who_has_a_stand_in_gets_none(self):
        self._stand_in(self.seller)
        leads = self._create_leads(4)
        self._assign()
        self.assertEqual(self._counts(leads), (0, 4))
        self.assertTrue(self.of_seller.is_away)

    def test_who_has_time_off_gets_none(self):
        now = fields.Datetime.now()
        resource = self.env["resource.resource"].create(
            {"name": "Sam", "user_id": self.seller.id}
        )
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "resource_id": resource.id,
                "date_from": now - timedelta(days=1),
                "date_to": now + timedelta(days=1),
            }
        )
        leads = self._create_leads(4)
        self._assign()
        self.assertEqual(self._counts(leads), (0, 4))

    def test_who_has_paused_gets_none(self):
        self.of_seller.assignment_optout = True
        leads = self._create_leads(4)
        self._assign()
        self.assertEqual(self._counts(leads), (0, 4))

    def test_nobody_gets_more_than_the_desk_holds(self):
        self.members.assignment_max = 3
        self._create_lead()  # one deal lies there already
        leads = self._create_leads(10)
        self._assign()
        self.assertEqual(self._counts(leads), (2, 3))
        self.assertEqual(self.of_seller.lead_open_count, 3)

    def test_desk_is_one_in_two_teams(self):
        other = self.env["crm.team"].create({"name": "Tea"})
        self.env["crm.team.member"].create(
            {"crm_team_id": other.id, "user_id": self.seller.id, "assignment_max": 3}
        )
        self.of_seller.assignment_max = 3
        self._create_leads(5)
        self._create_leads(5, team_id=other.id)
        (self.team | other)._assign_and_convert_leads()
        self.assertEqual(self.of_seller.lead_open_count, 3)

    # Fit

    def test_territory_goes_first(self):
        spain = self.env.ref("base.es")
        self.env["crm.territory"].create(
            {
                "name": "Iberia",
                "user_id": self.colleague.id,
                "rule_ids": [Command.create({"country_id": spain.id})],
            }
        )
        france = self.env.ref("base.fr")
        self.env["crm.territory"].create(
            {
                "name": "Gaul",
                "user_id": self.leader.id,
                "rule_ids": [Command.create({"country_id": france.id})],
            }
        )
        here = self._create_leads(4, country_id=spain.id)
        away = self._create_leads(4, country_id=france.id)
        self._assign()
        self.assertEqual(self._counts(here), (0, 4))
        # Who covers elsewhere gets what is nobody's last.
        self.assertEqual(self._counts(away), (4, 0))
        self.assertIn("covers the territory", here[0].assign_reason)

    def test_trade_goes_to_who_knows_it(self):
        trade = self.env["res.partner.industry"].create({"name": "Roasteries"})
        self.of_colleague.assignment_industry_ids = trade
        leads = self._create_leads(3, industry_id=trade.id)
        self._assign()
        self.assertEqual(self._counts(leads), (0, 3))

    def test_product_goes_to_who_knows_the_category_above(self):
        above = self.env["product.category"].create({"name": "Machines"})
        below = self.env["product.category"].create(
            {"name": "Grinders", "parent_id": above.id}
        )
        self.of_colleague.assignment_categ_ids = above
        leads = self._create_leads(3, interest_categ_id=below.id)
        self._assign()
        self.assertEqual(self._counts(leads), (0, 3))

    def test_language_goes_to_who_speaks_it(self):
        spanish = self.env["res.lang"]._activate_lang("es_ES")
        self.of_colleague.assignment_lang_ids = spanish
        leads = self._create_leads(3, lang_id=spanish.id)
        self._assign()
        self.assertEqual(self._counts(leads), (0, 3))
        self.assertIn("speaks the language", leads[0].assign_reason)

    def test_filter_of_a_member_holds(self):
        self.of_seller.assignment_domain = "[('name', 'ilike', 'big')]"
        small, big = self._create_leads(4), self._create_leads(4, name="Big one")
        self._assign()
        self.assertEqual(self._counts(small), (0, 4))
        self.assertTrue(self._counts(big)[0])

    def test_preference_of_a_member_comes_first(self):
        self.of_seller.assignment_domain_preferred = "[('name', 'ilike', 'big')]"
        big = self._create_leads(4, name="Big one")
        self._assign()
        self.assertEqual(self._counts(big), (4, 0))

    # What is kept of it

    def test_lead_becomes_a_deal_of_its_seller_who_is_told_once(self):
        self.of_colleague.assignment_optout = True
        leads = self._create_leads(5)
        before = self.env["mail.message"].search_count([("model", "=", "crm.lead")])
        self._assign()
        self.assertEqual(set(leads.mapped("type")), {"opportunity"})
        self.assertTrue(all(leads.mapped("date_open")))
        self.assertIn(self.seller.partner_id, leads.message_partner_ids)
        after = self.env["mail.message"].search_count([("model", "=", "crm.lead")])
        self.assertEqual(before, after)
        notices = self.env["mail.message"].search(
            [("subject", "=", "Leads for you: 5")]
        )
        self.assertEqual(notices.notified_partner_ids, self.seller.partner_id)

    def test_log_says_who_and_why(self):
        lead = self._create_leads()
        self._assign()
        log = lead.assign_log_ids
        self.assertRecordValues(
            log,
            [{"user_id": lead.user_id.id, "previous_user_id": False, "kind": "auto"}],
        )
        self.assertIn("next by weight among 2", log.reason)

    def test_change_by_hand_is_logged(self):
        lead = self._create_lead()
        lead.with_user(self.leader).user_id = self.colleague
        self.assertRecordValues(
            lead.assign_log_ids,
            [
                {
                    "user_id": self.colleague.id,
                    "previous_user_id": self.seller.id,
                    "by_user_id": self.leader.id,
                    "kind": "hand",
                }
            ],
        )

    def test_fairness_report_adds_up(self):
        self.of_seller.assignment_weight = 3
        self._create_leads(8)
        self._assign()
        shares = self.env["crm.lead.assign.share"].search(
            [("team_id", "=", self.team.id), ("user_id", "!=", False)]
        )
        by_user = {s.user_id: (round(s.wanted, 2), s.got) for s in shares}
        self.assertEqual(by_user, {self.seller: (6, 6), self.colleague: (2, 2)})
        self.assertEqual(sum(shares.mapped("difference")), 0)

    # Odoo's own ways in

    def test_leads_without_a_team_go_to_one_by_capacity(self):
        tea = self.env["crm.team"].create({"name": "Tea", "use_leads": True})
        user = new_test_user(
            self.env, "sfa_tea", groups="sales_team.group_sale_salesman"
        )
        self.env["crm.team.member"].create(
            {"crm_team_id": tea.id, "user_id": user.id, "assignment_max": 1000}
        )
        leads = self._create_leads(9, team_id=False)
        (self.team | tea).with_user(self.manager)._action_assign_leads()
        self.assertEqual(len(leads.filtered(lambda lead: lead.team_id == tea)), 3)
        self.assertTrue(all(leads.mapped("user_id")))

    def test_filter_of_a_team_holds(self):
        self.team.assignment_domain = "[('name', '=', 'Wanted')]"
        leads = self._create_leads(2, team_id=False)
        wanted = self._create_leads(1, team_id=False, name="Wanted")
        self.team.with_user(self.manager)._action_assign_leads()
        self.assertEqual((leads | wanted).filtered("team_id"), wanted)

    def test_leads_of_one_mail_are_merged_as_odoo_does(self):
        one, two = self._create_leads(
            2, team_id=False, email_from="anna@twice.example.com"
        )
        self.team.with_user(self.manager)._action_assign_leads()
        left = (one | two).exists()
        self.assertEqual(len(left), 1)
        self.assertEqual(left.team_id, self.team)

    def test_button_of_the_team_tells_what_was_done(self):
        self._create_leads(4, team_id=False)
        action = self.team.with_user(self.manager).action_assign_leads()
        self.assertIn("4 leads", action["params"]["message"])

    def test_job_may_run_twice(self):
        leads = self._create_leads(4)
        cron = self.env.ref("crm.ir_cron_crm_lead_assign")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
            owners = leads.mapped("user_id")
            cron.method_direct_trigger()
        self.assertTrue(all(leads.mapped("user_id")))
        self.assertEqual(leads.mapped("user_id"), owners)
        self.assertEqual(len(leads.assign_log_ids), 4)

    def test_queries_do_not_grow_with_the_leads(self):
        def queries(count):
            self._create_leads(count)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._assign()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries(10)
        few, many = queries(20), queries(200)
        self.assertLessEqual(many, few + 12)

    # Handing back

    def _hand_back(self, lead, user, reason="Not my trade"):
        wizard = self.env["crm.lead.hand.back"].with_user(user)
        wizard.create({"lead_id": lead.id, "reason": reason}).action_confirm()

    def test_lead_handed_back_goes_to_the_next_with_the_reason(self):
        lead = self._create_lead()
        self._hand_back(lead, self.seller)
        self.assertEqual(lead.user_id, self.colleague)
        self.assertIn("Sam Seller: Not my trade", lead.assign_reason)
        self.assertEqual(lead.assign_log_ids[:1].kind, "back")

    def test_lead_that_all_handed_back_waits_for_nobody(self):
        lead = self._create_lead()
        self._hand_back(lead, self.seller)
        self._hand_back(lead, self.colleague)
        self.assertFalse(lead.user_id)
        self.assertIn("nobody else", lead.assign_reason)

    def test_lead_of_a_colleague_is_not_handed_back(self):
        lead = self._create_lead(user_id=self.leader.id)
        with self.assertRaises(UserError):
            lead.with_user(self.leader)._hand_back("x") or self._hand_back(
                lead, self.colleague
            )

    def test_lead_that_is_won_is_not_handed_back(self):
        lead = self._create_lead()
        lead.action_set_won()
        with self.assertRaisesRegex(UserError, "closed"):
            self._hand_back(lead, self.seller)

    def test_blank_reason_is_refused(self):
        with self.assertRaisesRegex(UserError, "few words"):
            self._hand_back(self._create_lead(), self.seller, reason="  ")
