from datetime import date, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, new_test_user, tagged

from .test_pipeline import PipelineCase

# A Monday.
MONDAY = date(2026, 6, 15)


class PlaybookCase(PipelineCase):
    """A playbook on deals, started by hand unless told otherwise."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["resource.calendar.leaves"].search([]).unlink()
        cls.todo = cls.env.ref("mail.mail_activity_data_todo")
        cls.meeting = cls.env.ref("mail.mail_activity_data_meeting")
        cls.agent = new_test_user(cls.env, "sfa_agent", name="Ada Agent")
        cls.second = new_test_user(cls.env, "sfa_second", name="Bob Agent")

    @classmethod
    def _create_playbook(cls, *steps, **vals):
        vals = {
            "name": "First offer",
            "step_ids": [(0, 0, {"name": "Call"} | step) for step in steps or [{}]],
        } | vals
        return cls.env["crm.playbook"].create(vals)

    @classmethod
    def _department(cls, *users):
        people = [user.id for user in users]
        return cls.env["crm.playbook.department"].create(
            {"name": "Technicians", "user_ids": [(6, 0, people)]}
        )

    def _start(self, playbook, record=None, user=None, on=MONDAY):
        record = record or self.deal
        with freeze_time(f"{on} 09:00:00"):
            runs = playbook.with_user(user or self.seller)._start(record)
        return runs.sudo()

    def _cron(self, on):
        with freeze_time(f"{on} 09:00:00"), self.enter_registry_test_mode():
            self.env.ref("crm_sfa.crm_playbook_cron_plan").method_direct_trigger()
        self.env.invalidate_all()

    def _stand_in(self, absent, acting, first, last):
        return self.env["crm.stand.in"].create(
            {
                "user_id": absent.id,
                "stand_in_id": acting.id,
                "date_from": first,
                "date_to": last,
                "step": "confirmed",
            }
        )

    def assertSteps(self, run, *expected):
        steps = run.step_ids.sorted("sequence")
        found = [(step.name, step.state) for step in steps]
        self.assertEqual(found, list(expected))


@tagged("post_install", "-at_install")
class TestPlaybookSteps(PlaybookCase):
    def test_step_is_an_activity_of_the_seller_at_once(self):
        run = self._start(self._create_playbook({"days": 2, "note": "<p>Ask</p>"}))
        self.assertRecordValues(
            run.step_ids.activity_id,
            [
                {
                    "summary": "Call",
                    "user_id": self.seller.id,
                    "date_deadline": date(2026, 6, 17),
                    "res_model": "crm.lead",
                    "res_id": self.deal.id,
                }
            ],
        )
        self.assertIn("Ask", run.step_ids.activity_id.note)
        self.assertEqual(run.step_ids.state, "planned")

    def test_working_days_skip_the_weekend(self):
        run = self._start(self._create_playbook({"days": 5}))
        self.assertEqual(run.step_ids.date_due, date(2026, 6, 22))

    def test_own_calendar_of_the_owner_counts(self):
        calendar = self.env["resource.calendar"].create(
            {
                "name": "Fridays",
                "attendance_ids": [
                    (5, 0, 0),
                    (
                        0,
                        0,
                        {
                            "name": "Friday",
                            "dayofweek": "4",
                            "hour_from": 8,
                            "hour_to": 16,
                        },
                    ),
                ],
            }
        )
        self.env["resource.resource"].create(
            {
                "name": "Sam",
                "user_id": self.seller.id,
                "calendar_id": calendar.id,
            }
        )
        run = self._start(self._create_playbook({"days": 1}))
        self.assertEqual(run.step_ids.date_due, date(2026, 6, 19))

    def test_step_before_a_start_that_lies_ahead(self):
        playbook = self._create_playbook({"days": -2})
        with freeze_time(f"{MONDAY} 09:00:00"):
            run = playbook._start(self.deal, date(2026, 6, 24))
        self.assertEqual(run.step_ids.date_due, date(2026, 6, 22))

    def test_step_that_should_have_been_before_today_is_due_today(self):
        run = self._start(self._create_playbook({"days": -30}))
        self.assertEqual(run.step_ids.date_due, MONDAY)
        self.assertEqual(run.step_ids.state, "planned")

    def test_done_activity_is_a_done_step_and_begins_the_next(self):
        playbook = self._create_playbook(
            {"sequence": 1}, {"name": "Offer", "sequence": 2}
        )
        call, offer = playbook.step_ids
        offer.write({"anchor": "step", "after_id": call.id, "days": 1})
        run = self._start(playbook)
        self.assertSteps(run, ("Call", "planned"), ("Offer", "waiting"))
        with freeze_time("2026-06-18 09:00:00"):
            activity = run.step_ids.activity_id.with_user(self.seller)
            activity.action_feedback("Reached")
        self.assertSteps(run, ("Call", "done"), ("Offer", "planned"))
        self.assertEqual(run.step_ids[1].date_due, date(2026, 6, 19))
        self.assertEqual(run.step_ids[0].days_over, 3)
        self.assertEqual(run.state, "running")

    def test_run_is_done_with_its_last_step(self):
        run = self._start(self._create_playbook())
        run.step_ids.with_user(self.seller).action_done()
        self.assertEqual(run.state, "done")
        self.assertEqual(run.settled_share, 100)

    def test_step_with_a_condition_waits_for_its_day_and_is_left_out(self):
        playbook = self._create_playbook(
            {"days": 1, "condition": "[('priority', '=', '3')]"}
        )
        run = self._start(playbook)
        self.assertSteps(run, ("Call", "waiting"))
        self._cron("2026-06-16")
        self.assertSteps(run, ("Call", "skipped"))
        self.assertEqual(run.state, "done")

    def test_step_with_a_condition_that_holds_is_planned_on_its_day(self):
        playbook = self._create_playbook(
            {"days": 1, "condition": "[('priority', '=', '3')]"}
        )
        run = self._start(playbook)
        self.deal.priority = "3"
        self._cron("2026-06-20")  # days late
        self._cron("2026-06-20")  # and twice
        self.assertSteps(run, ("Call", "planned"))
        self.assertEqual(len(self.deal.activity_ids), 1)
        self.assertEqual(run.step_ids.date_due, date(2026, 6, 16))

    def test_condition_that_broke_plans_the_step_and_says_so(self):
        playbook = self._create_playbook()
        self.env.cr.execute(
            "UPDATE crm_playbook_step SET condition = %s WHERE id = %s",
            ["[('field_gone', '=', 1)]", playbook.step_ids.id],
        )
        playbook.step_ids.invalidate_recordset()
        run = self._start(playbook)
        self.assertSteps(run, ("Call", "planned"))
        self.assertIn("field_gone", run.step_ids.activity_id.note)

    def test_meeting_comes_into_the_calendar_of_its_owner(self):
        playbook = self._create_playbook(
            {"name": "Tasting", "activity_type_id": self.meeting.id, "days": 1}
        )
        run = self._start(playbook)
        event = run.step_ids.activity_id.calendar_event_id
        self.assertEqual(event.user_id, self.seller)
        self.assertEqual(event.partner_ids, self.seller.partner_id)
        self.assertEqual(event.start.date(), date(2026, 6, 16))
        self.assertEqual(event.opportunity_id, self.deal)
        self.assertEqual(len(self.deal.activity_ids), 1)

    def test_change_of_the_playbook_leaves_running_ones_alone(self):
        playbook = self._create_playbook({"days": 2})
        run = self._start(playbook)
        playbook.step_ids.write({"name": "Visit", "days": 9})
        playbook.write({"step_ids": [(0, 0, {"name": "More"})]})
        self.assertSteps(run, ("Call", "planned"))
        playbook.step_ids.unlink()
        playbook.unlink()
        self.assertSteps(run, ("Call", "planned"))
        self.assertEqual(run.name, "First offer")

    def test_required_activity_is_not_deleted_by_hand(self):
        run = self._start(self._create_playbook())
        with self.assertRaisesRegex(UserError, "required by the playbook"):
            run.step_ids.activity_id.with_user(self.seller).unlink()

    def test_deleted_activity_of_another_step_cancels_it(self):
        run = self._start(self._create_playbook({"is_required": False}))
        run.step_ids.activity_id.with_user(self.seller).unlink()
        self.assertSteps(run, ("Call", "cancelled"))
        self.assertEqual(run.state, "done")

    def test_late_steps_are_found(self):
        run = self._start(self._create_playbook())
        mine = [("run_id", "=", run.id), ("is_late", "=", True)]
        with freeze_time("2026-06-15 20:00:00"):
            self.assertFalse(run.step_ids.search(mine))
        run.step_ids.invalidate_recordset()
        with freeze_time("2026-06-17 09:00:00"):
            self.assertEqual(run.step_ids.search(mine), run.step_ids)
            self.assertTrue(run.step_ids.is_late)

    def test_copy_of_a_playbook_keeps_its_order(self):
        playbook = self._create_playbook({"sequence": 1}, {"name": "B", "sequence": 2})
        call, second = playbook.step_ids
        second.write({"anchor": "step", "after_id": call.id})
        new = playbook.copy()
        self.assertEqual(new.step_ids[1].after_id, new.step_ids[0])


@tagged("post_install", "-at_install")
class TestPlaybookOwners(PlaybookCase):
    def _owner(self, **step):
        run = self._start(self._create_playbook(step))
        return run.step_ids.owner_id, run.step_ids.owner_note or ""

    def test_leader_of_the_team(self):
        self.assertEqual(self._owner(owner_kind="leader"), (self.leader, ""))

    def test_team_member_with_a_job(self):
        self.colleague.partner_id.function = "Engineer"
        owner, note = self._owner(owner_kind="job", job=" engineer")
        self.assertEqual((owner, note), (self.colleague, ""))

    def test_people_of_a_department_take_turns(self):
        department = self._department(self.agent, self.second)
        step = {"owner_kind": "department", "department_id": department.id}
        playbook = self._create_playbook(step)
        owners = [
            self._start(playbook, self._create_deal()).step_ids.owner_id
            for _time in range(3)
        ]
        self.assertEqual(owners, [self.agent, self.second, self.agent])

    def test_other_department_does_its_step_without_the_deal(self):
        department = self._department(self.agent)
        step = {"owner_kind": "department", "department_id": department.id}
        run = self._start(self._create_playbook(step))
        run.step_ids.activity_id.with_user(self.agent).action_feedback("Checked")
        self.assertSteps(run, ("Call", "done"))

    def test_who_is_away_on_the_day_is_stood_in_for(self):
        self._stand_in(self.seller, self.colleague, MONDAY, MONDAY + timedelta(days=2))
        owner, note = self._owner(days=1)
        self.assertEqual(owner, self.colleague)
        self.assertIn("stands in for Sam Seller", note)

    def test_who_is_back_on_the_day_does_it(self):
        self._stand_in(self.seller, self.colleague, MONDAY, MONDAY + timedelta(days=2))
        self.assertEqual(self._owner(days=4), (self.seller, ""))

    def test_department_passes_over_who_is_away(self):
        self._stand_in(self.seller, self.colleague, MONDAY, MONDAY + timedelta(days=2))
        department = self._department(self.seller, self.agent)
        owner, note = self._owner(owner_kind="department", department_id=department.id)
        self.assertEqual((owner, note), (self.agent, ""))

    def test_who_has_left_is_replaced_by_the_leader_who_is_told(self):
        self.agent.active = False
        owner, note = self._owner(owner_kind="user", user_id=self.agent.id)
        self.assertEqual(owner, self.leader)
        self.assertIn("Ada Agent is not there any more", note)

    def test_without_a_leader_a_manager_gets_it(self):
        self.team.user_id = False
        owner, note = self._owner(owner_kind="leader")
        self.assertTrue(owner.has_group("sales_team.group_sale_manager"))
        self.assertIn("a manager does it", note)

    def test_who_leaves_meanwhile_hands_over_to_the_leader(self):
        step = {"owner_kind": "user", "user_id": self.agent.id, "days": 3}
        run = self._start(self._create_playbook(step))
        self.agent.action_archive()
        self._cron("2026-06-16")
        self.assertRecordValues(
            run.step_ids.activity_id,
            [{"user_id": self.leader.id, "date_deadline": date(2026, 6, 18)}],
        )
        self.assertIn("Ada Agent", run.step_ids.activity_id.note)
        self.assertEqual(run.step_ids.owner_id, self.leader)

    def test_step_follows_an_activity_that_is_handed_over(self):
        run = self._start(self._create_playbook())
        run.step_ids.activity_id.user_id = self.colleague
        self.assertEqual(run.step_ids.owner_id, self.colleague)


@tagged("post_install", "-at_install")
class TestPlaybookStart(PlaybookCase):
    def _runs(self, playbook, deal=None):
        domain = [
            ("playbook_id", "=", playbook.id),
            ("lead_id", "=", (deal or self.deal).id),
        ]
        return self.env["crm.playbook.run"].search(domain)

    def test_arriving_in_a_stage_starts_once_while_it_runs(self):
        playbook = self._create_playbook(trigger="stage", stage_id=self.middle.id)
        self._move(self.middle)
        self._move(self.first)
        self._move(self.middle)
        self.assertEqual(len(self._runs(playbook)), 1)
        self.assertEqual(len(self.deal.activity_ids), 1)

    def test_finished_playbook_starts_anew(self):
        playbook = self._create_playbook(trigger="stage", stage_id=self.middle.id)
        self._move(self.middle)
        self._runs(playbook).step_ids.action_done()
        self._move(self.first)
        self._move(self.middle)
        self.assertEqual(len(self._runs(playbook)), 2)

    def test_deal_created_in_the_stage_starts_it(self):
        playbook = self._create_playbook(trigger="stage", stage_id=self.first.id)
        deal = self._create_deal()
        self.assertTrue(self._runs(playbook, deal))

    def test_lead_starts_it_when_it_becomes_a_deal(self):
        playbook = self._create_playbook(trigger="stage", stage_id=self.first.id)
        lead = self._create_deal(type="lead")
        self.assertFalse(self._runs(playbook, lead))
        lead.convert_opportunity(self.nordlicht)
        self.assertTrue(self._runs(playbook, lead))

    def test_winning_starts_it(self):
        playbook = self._create_playbook(trigger="won")
        self.deal.with_user(self.seller).action_set_won()
        self.assertTrue(self._runs(playbook))

    def test_losing_stops_what_runs_and_starts_what_comes_after(self):
        running = self._start(self._create_playbook())
        after = self._create_playbook(trigger="lost", name="Ask why")
        self.deal.with_user(self.seller).action_set_lost()
        self.assertEqual(running.state, "stopped")
        self.assertSteps(running, ("Call", "cancelled"))
        self.assertSteps(self._runs(after), ("Call", "planned"))

    def test_sent_quotation_and_confirmed_order_start_it(self):
        sent = self._create_playbook(trigger="sent")
        confirmed = self._create_playbook(trigger="confirmed")
        order = self._create_order(opportunity_id=self.deal.id)
        self.assertFalse(self._runs(sent))
        order.with_user(self.seller).action_quotation_sent()
        self.assertTrue(self._runs(sent))
        self.assertFalse(self._runs(confirmed))
        order.with_user(self.seller).action_confirm()
        self.assertTrue(self._runs(confirmed))

    def test_only_deals_of_its_teams_and_domain_start_it(self):
        team = self.env["crm.team"].create({"name": "Tea"})
        other = self._create_playbook(trigger="won", team_ids=team.ids)
        rich = self._create_playbook(
            trigger="won", domain="[('expected_revenue', '>', 10)]"
        )
        self.deal.action_set_won()
        self.assertFalse(self._runs(other) | self._runs(rich))

    def test_broken_playbook_says_so_and_lets_the_deal_go(self):
        playbook = self._create_playbook(trigger="stage", stage_id=self.middle.id)
        self.env.cr.execute(
            "UPDATE crm_playbook SET domain = %s WHERE id = %s",
            ["[('field_gone', '=', 1)]", playbook.id],
        )
        playbook.invalidate_recordset()
        self._move(self.middle)
        self.assertEqual(self.deal.stage_id, self.middle)
        self.assertFalse(self._runs(playbook))
        self.assertTrue(
            any("First offer" in body for body in self.deal.message_ids.mapped("body"))
        )

    def test_playbook_on_the_customer(self):
        playbook = self._create_playbook(target="res.partner", trigger="won")
        self.deal.action_set_won()
        run = playbook.run_ids
        self.assertEqual((run.partner_id, run.lead_id.id), (self.nordlicht, False))
        self.assertEqual(run.step_ids.activity_id.res_model, "res.partner")

    def test_seller_starts_it_by_hand_and_not_twice(self):
        playbook = self._create_playbook()
        wizard = self.env["crm.playbook.start"].with_user(self.seller)
        vals = {"playbook_id": playbook.id, "lead_ids": self.deal.ids}
        wizard.create(vals).action_start()
        self.assertEqual(self._runs(playbook).user_id, self.seller)
        with self.assertRaisesRegex(UserError, "runs here already"):
            wizard.create(vals).action_start()

    def test_nobody_starts_it_on_the_deal_of_a_colleague(self):
        wizard = self.env["crm.playbook.start"].with_user(self.colleague)
        vals = {"playbook_id": self._create_playbook().id, "lead_ids": self.deal.ids}
        with self.assertRaises(AccessError):
            wizard.create(vals).action_start()

    def test_seller_stops_it_and_takes_back_what_is_planned(self):
        playbook = self._create_playbook(
            {"activity_type_id": self.meeting.id}, {"name": "Write"}
        )
        run = self._start(playbook)
        events = run.step_ids.activity_id.calendar_event_id
        run.with_user(self.seller).action_stop()
        self.assertEqual(run.state, "stopped")
        self.assertIn("Sam Seller", run.reason)
        self.assertFalse(self.deal.activity_ids)
        self.assertFalse(events.exists())

    def test_nobody_stops_it_on_the_deal_of_a_colleague(self):
        run = self._start(self._create_playbook())
        with self.assertRaises(AccessError):
            run.with_user(self.colleague).action_stop()

    def test_deleted_deal_takes_its_playbooks_along(self):
        run = self._start(self._create_playbook())
        self.deal.unlink()
        self.assertFalse(run.exists())


@tagged("post_install", "-at_install")
class TestPlaybookInput(PlaybookCase):
    def test_circle_of_steps_is_refused_and_named(self):
        playbook = self._create_playbook({"sequence": 1}, {"name": "B", "sequence": 2})
        call, second = playbook.step_ids
        second.write({"anchor": "step", "after_id": call.id})
        with self.assertRaisesRegex(ValidationError, "circle.*Call.*B"):
            call.write({"anchor": "step", "after_id": second.id})

    def test_step_before_the_one_it_comes_after_is_refused(self):
        playbook = self._create_playbook({"sequence": 1}, {"name": "B", "sequence": 2})
        call, second = playbook.step_ids
        with self.assertRaisesRegex(ValidationError, "no less than 0"):
            second.write({"anchor": "step", "after_id": call.id, "days": -1})

    def test_step_of_another_playbook_is_not_waited_for(self):
        other = self._create_playbook().step_ids
        step = self._create_playbook().step_ids
        with self.assertRaisesRegex(ValidationError, "same playbook"):
            step.write({"anchor": "step", "after_id": other.id})

    def test_step_without_its_person_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "who does"):
            self._create_playbook({"owner_kind": "user"})

    def test_playbook_of_a_stage_needs_the_stage(self):
        with self.assertRaisesRegex(ValidationError, "stage"):
            self._create_playbook(trigger="stage")

    def test_domains_that_mean_nothing_are_refused(self):
        for domain in ("[('nonsense', '=', 1)]", "oops("):
            with self.subTest(domain):
                with self.assertRaisesRegex(ValidationError, "First offer"):
                    self._create_playbook(domain=domain)
                with self.assertRaisesRegex(ValidationError, "Call"):
                    self._create_playbook({"condition": domain})

    def test_ten_thousand_letters_are_a_step(self):
        run = self._start(self._create_playbook({"name": "x" * 10_000}))
        self.assertEqual(len(run.step_ids.activity_id.summary), 10_000)

    def test_script_in_an_instruction_is_taken_out(self):
        playbook = self._create_playbook({"note": "<script>alert(1)</script>Ask"})
        self.assertNotIn("script", playbook.step_ids.note)


@tagged("post_install", "-at_install")
class TestPlaybookAccess(PlaybookCase):
    def test_seller_sees_runs_of_the_own_deals_only(self):
        run = self._start(self._create_playbook())
        runs = self.env["crm.playbook.run"]
        mine = [("id", "=", run.id)]
        self.assertTrue(runs.with_user(self.seller).search(mine))
        self.assertFalse(runs.with_user(self.colleague).search(mine))
        self.assertTrue(runs.with_user(self.leader).search(mine))

    def test_colleague_sees_a_step_that_is_hers(self):
        step = {"owner_kind": "user", "user_id": self.colleague.id}
        run = self._start(self._create_playbook(step))
        self.assertEqual(run.with_user(self.colleague).step_ids.name, "Call")

    def test_sellers_do_not_change_playbooks_or_runs(self):
        run = self._start(self._create_playbook())
        for record in (run, run.step_ids, run.playbook_id, run.playbook_id.step_ids):
            with self.subTest(record=record), self.assertRaises(AccessError):
                record.with_user(self.seller).write({"name": "Mine"})

    def test_managers_keep_playbooks(self):
        playbook = self._create_playbook().with_user(self.manager)
        playbook.step_ids.days = 3
        self.assertEqual(playbook.step_ids.days, 3)

    def test_other_company_sees_nothing(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            "sfa_stranger",
            groups="sales_team.group_sale_manager",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        playbook = self._create_playbook(company_id=self.env.company.id)
        self.deal.company_id = self.env.company
        run = self._start(playbook)
        for record in (playbook, playbook.step_ids, run, run.step_ids):
            with self.subTest(record=record), self.assertRaises(AccessError):
                record.with_user(stranger).read(["name"])

    def test_outsiders_and_portal_users_read_nothing(self):
        self._start(self._create_playbook())
        portal = new_test_user(self.env, "sfa_portal", groups="base.group_portal")
        models = ("", ".step", ".run", ".run.step", ".department")
        for user in (self.outsider, portal, self.env.ref("base.public_user")):
            for model in models:
                with (
                    self.subTest(user=user.login, model=model),
                    self.assertRaises(AccessError),
                ):
                    self.env[f"crm.playbook{model}"].with_user(user).search([])

    def test_stranger_who_deletes_an_activity_is_not_told_its_step(self):
        run = self._start(self._create_playbook())
        portal = new_test_user(self.env, "sfa_portal", groups="base.group_portal")
        with self.assertRaises(AccessError):
            run.step_ids.activity_id.with_user(portal).unlink()

    def test_person_forgotten_is_not_named_any_more(self):
        person = self.env["res.partner"].create({"name": "Xaverine Quellmalz"})
        deal = self._create_deal(partner_id=person.id)
        playbook = self._create_playbook({"name": "Call Xaverine Quellmalz"})
        run = self._start(playbook, deal)
        person._forget("letter")
        self.env.invalidate_all()
        self.assertNotIn("Quellmalz", run.step_ids.name)
        self.assertEqual(run.date_start, fields.Date.to_date(MONDAY))
