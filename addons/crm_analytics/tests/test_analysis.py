from contextlib import suppress
from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from ..models.crm_analytics_job import Stopped
from .common import AnalyticsCase


class AnalysisCase(AnalyticsCase):
    """An analysis of 2025, and a way to run it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.analysis = cls.env["crm.analysis"].create(
            {
                "name": "Year",
                "company_id": cls.company.id,
                "months": 12,
                "until": "2026-01-01",
            }
        )


@tagged("post_install", "-at_install")
class TestAnalysis(AnalysisCase):
    def _go(self, **vals):
        """Run by the cron itself."""
        self.analysis.write(vals)
        run = self.analysis._begin()
        with self.enter_registry_test_mode():
            self.env.ref("crm_analytics.crm_analysis_run_cron").method_direct_trigger()
        self.env.invalidate_all()
        return run

    def _classes(self, run, name="abc"):
        return {
            result.partner_id.name: result[name] or ""
            for result in run.result_ids.sorted("rank")
        }

    def test_whoever_crosses_the_border_is_still_above_it(self):
        self._create_order(self.nordlicht, "2025-02-01", 700)
        self._create_order(self.olivar, "2025-02-01", 200)
        self._create_order(self.talisman, "2025-02-01", 100)
        run = self._go()
        self.assertEqual(run.state, "done", run.problem)
        self.assertEqual(
            self._classes(run), {"Nordlicht": "a", "Olivar": "a", "Talisman": "b"}
        )
        first = run.result_ids[0]
        self.assertEqual((first.rank, first.share, first.cumulated), (1, 70, 70))
        self.assertEqual(run.turnover, 1000)
        self.assertEqual(run.customer_count, 3)

    def test_people_count_with_their_company(self):
        self._create_order(self.anna, "2025-02-01", 300)
        self._create_order(self.nordlicht, "2025-03-01", 200)
        (result,) = self._go().result_ids
        self.assertEqual(result.partner_id, self.nordlicht)
        self.assertEqual((result.turnover, result.orders), (500, 2))
        self.assertEqual(result.last_date, date(2025, 3, 1))
        self.assertEqual(result.days, 305)

    def test_ties_are_not_torn(self):
        for partner in self.nordlicht | self.olivar | self.talisman:
            self._create_order(partner, "2025-02-01", 100)
        run = self._go(abc_a=50, abc_b=60)
        self.assertEqual(set(self._classes(run).values()), {"a"})
        self.assertEqual(set(run.result_ids.mapped("rank")), {1})
        self.assertEqual({(r.r, r.f, r.m) for r in run.result_ids}, {(1, 1, 1)})

    def test_one_customer_is_an_a_customer(self):
        self._create_order(self.olivar, "2025-02-01", 5)
        (result,) = self._go().result_ids
        self.assertEqual((result.abc, result.xyz, result.rank), ("a", "z", 1))

    def test_nobody_to_classify_is_said(self):
        run = self._go()
        self.assertEqual(run.state, "failed")
        self.assertIn("2025-01-01", run.problem)
        self.assertFalse(run.result_ids)

    def test_customers_without_orders_are_there_if_wanted(self):
        self._create_order(self.olivar, "2025-02-01", 5)
        names = ("Nordlicht", "Olivar", "Talisman")
        run = self._go(has_silent=True, domain=repr([("name", "in", names)]))
        self.assertEqual(
            self._classes(run), {"Olivar": "a", "Nordlicht": "c", "Talisman": "c"}
        )
        silent = run.result_ids.filtered(lambda one: one.partner_id == self.talisman)
        self.assertFalse(silent.last_date)
        self.assertEqual((silent.r, silent.rfm_group, silent.xyz), (0, False, "z"))

    def test_several_measures_weigh_by_their_shares(self):
        # Nordlicht: 3/4 of the turnover, 1/3 of the orders.
        self._create_order(self.nordlicht, "2025-02-01", 300)
        self._create_order(self.olivar, "2025-02-01", 50)
        self._create_order(self.olivar, "2025-03-01", 50)
        run = self._go(weight_turnover=50, weight_orders=50)
        shares = {one.partner_id: one.share for one in run.result_ids}
        self.assertAlmostEqual(shares[self.nordlicht], 100 * (3 / 4 + 1 / 3) / 2, 3)
        self.assertAlmostEqual(sum(shares.values()), 100, 3)

    def test_borders_may_be_values_or_shares_of_the_customers(self):
        self._create_order(self.nordlicht, "2025-02-01", 300)
        self._create_order(self.olivar, "2025-02-01", 200)
        self._create_order(self.talisman, "2025-02-01", 100)
        run = self._go(abc_by="value", abc_a=200, abc_b=150)
        self.assertEqual(list(self._classes(run).values()), ["a", "a", "c"])
        run = self._go(abc_by="quantile", abc_a=30, abc_b=60)
        self.assertEqual(list(self._classes(run).values()), ["a", "b", "c"])

    def test_regular_customers_are_x(self):
        for month in range(1, 13):
            self._create_order(self.nordlicht, f"2025-{month:02}-10", 10)
            if month % 2:
                self._create_order(self.olivar, f"2025-{month:02}-10", 10)
        self._create_order(self.talisman, "2025-06-10", 10)
        run = self._go()
        self.assertEqual(
            self._classes(run, "xyz"),
            {"Nordlicht": "x", "Olivar": "y", "Talisman": "z"},
        )
        results = {one.partner_id: one.variation for one in run.result_ids}
        self.assertEqual(results[self.nordlicht], 0)
        self.assertAlmostEqual(results[self.olivar], 1, 4)

    def test_contacts_have_a_regularity_of_their_own(self):
        self._create_order(self.nordlicht, "2025-06-10", 10)
        self._create_order(self.olivar, "2025-06-10", 10)
        self.env["crm.interaction"].create(
            [
                {
                    "partner_id": self.anna.id,
                    "name": "Call",
                    "kind": "call",
                    "date": f"2025-{month:02}-05 10:00:00",
                    "company_id": self.company.id,
                }
                for month in range(1, 13)
            ]
        )
        run = self._go(has_contacts=True)
        self.assertEqual(
            self._classes(run, "contact_xyz"), {"Nordlicht": "x", "Olivar": "z"}
        )
        self.assertEqual(set(self._classes(run, "xyz").values()), {"z"})

    def test_fixed_borders_of_the_scores(self):
        self._create_order(self.nordlicht, "2025-12-20", 6000)
        self._create_order(self.olivar, "2025-02-01", 900)
        run = self._go(
            rfm_by="value",
            recency_limits="30, 90, 180, 365",
            frequency_limits="1,3,6,12",
            money_limits="1000 5000 20000 100000",
        )
        scores = {one.partner_id: (one.r, one.f, one.m) for one in run.result_ids}
        self.assertEqual(scores[self.nordlicht], (5, 1, 3))
        self.assertEqual(scores[self.olivar], (2, 1, 1))
        groups = {one.partner_id: one.rfm_group for one in run.result_ids}
        self.assertEqual(groups[self.nordlicht], "potential")
        self.assertEqual(groups[self.olivar], "hibernating")

    # Definitions that cannot be

    def test_senseless_definitions_are_refused(self):
        cases = [
            {"abc_a": 95, "abc_b": 80},
            {"abc_b": 120},
            {"abc_by": "value", "abc_a": 10, "abc_b": 20},
            {"abc_by": "value", "weight_margin": 10},
            {"xyz_x": 2, "xyz_y": 1},
            {"xyz_by": "quantile", "xyz_x": 20, "xyz_y": 200},
            {"months": 1},
            {"months": 3, "xyz_step": "quarter"},
            {"rfm_by": "value", "recency_limits": "1, 2, three, 4"},
            {"rfm_by": "value", "money_limits": "5, 4, 3, 2"},
            {"domain": "[('no_such_field', '=', 1)]"},
            {"domain": "import os"},
        ]
        for vals in cases:
            with self.subTest(vals=vals), self.assertRaises(ValidationError):
                self.analysis.write(vals)

    def test_condition_that_breaks_later_is_told(self):
        self.env.cr.execute(
            "UPDATE crm_analysis SET domain = %s WHERE id = %s",
            ["[('gone_field', '=', 1)]", self.analysis.id],
        )
        self.analysis.invalidate_recordset()
        with self.assertRaisesRegex(ValidationError, "Choose it anew"):
            self.analysis.action_run()

    # History, contacts

    def test_classes_reach_the_contacts_and_their_history(self):
        self.analysis.is_in_use = True
        self._create_order(self.nordlicht, "2025-02-01", 900)
        self._create_order(self.talisman, "2025-02-01", 1)
        self.olivar.with_company(self.company).value_class = "b"
        run = self._go()
        nordlicht = self.nordlicht.with_company(self.company)
        self.assertEqual(nordlicht.value_class, "a")
        self.assertEqual(self.anna.with_company(self.company).value_class, "a")
        self.assertEqual(self.talisman.with_company(self.company).value_class, "c")
        # By hand, and never in a result.
        self.assertEqual(self.olivar.with_company(self.company).value_class, "b")
        self.assertEqual(run.changed_count, 3)
        other = self.env.ref("base.main_company")
        self.assertFalse(self.nordlicht.with_company(other).value_class)
        change = self.env["crm.relationship.change"].search(
            [("partner_id", "=", self.nordlicht.id), ("kind", "=", "class")]
        )
        self.assertEqual(
            (change.old, change.new, change.reason), (False, "a", "analysis")
        )
        self.assertEqual(change.company_id, self.company)
        self.assertEqual(self._go().changed_count, 0)

    def test_who_drops_out_becomes_c(self):
        self.analysis.is_in_use = True
        order = self._create_order(self.nordlicht, "2025-02-01", 900)
        self._create_order(self.olivar, "2025-02-01", 10)
        self._go()
        order.state = "cancel"
        self._go()
        self.assertEqual(self.nordlicht.with_company(self.company).value_class, "c")
        self.assertEqual(self.olivar.with_company(self.company).value_class, "a")

    def _class_of(self, partner):
        return partner.with_company(self.company).value_class

    def test_class_that_a_stopped_run_gave_is_taken_back(self):
        self.analysis.is_in_use = True
        order = self._create_order(self.nordlicht, "2025-02-01", 900)
        self._create_order(self.olivar, "2025-02-01", 10)

        def stop(percent, step):
            if percent > 70:  # some contacts are written
                raise Stopped

        with suppress(Stopped):
            self.analysis._begin()._work(stop)
        self.analysis.run_ids.state = "stopped"
        self.assertEqual(self._class_of(self.nordlicht), "a")
        order.state = "cancel"
        self._go()
        self.assertEqual(self._class_of(self.nordlicht), "c")
        self.assertEqual(self._class_of(self.anna), "c")

    def test_class_of_a_run_of_an_older_time_is_taken_back(self):
        self.analysis.is_in_use = True
        self._create_order(self.nordlicht, "2025-02-01", 900)
        self._create_order(self.olivar, "2024-02-01", 10)
        self._go()
        self._go(until="2025-01-01")
        self.assertEqual(self._class_of(self.olivar), "a")
        self._go(until="2026-01-01")
        self.assertEqual(self._class_of(self.olivar), "c")
        self.assertEqual(self._class_of(self.nordlicht), "a")

    def test_class_given_by_hand_to_who_dropped_out_stays(self):
        self.analysis.is_in_use = True
        order = self._create_order(self.nordlicht, "2025-02-01", 900)
        self._create_order(self.olivar, "2025-02-01", 10)
        self._go()
        order.state = "cancel"
        self._go()
        self.nordlicht.with_company(self.company).value_class = "a"
        self.assertEqual(self._go().changed_count, 0)
        self.assertEqual(self._class_of(self.nordlicht), "a")

    def test_another_analysis_in_use_takes_back_the_classes_of_the_first(self):
        self.analysis.is_in_use = True
        self._create_order(self.nordlicht, "2025-02-01", 900)
        self._create_order(self.olivar, "2025-02-01", 10)
        self._go()
        self.assertEqual(self._class_of(self.nordlicht), "a")
        other = self.analysis.copy({"domain": f"[('id', '=', {self.olivar.id})]"})
        self.analysis.is_in_use = False
        other.is_in_use = True
        other._begin()._work(lambda percent, step: None)
        self.env.invalidate_all()
        self.assertEqual(self._class_of(self.nordlicht), "c")
        self.assertEqual(self._class_of(self.olivar), "a")

    def test_contacts_show_and_find_their_classes(self):
        self.analysis.is_in_use = True
        self._create_order(self.nordlicht, "2025-12-01", 900)
        self._create_order(self.olivar, "2025-02-01", 10)
        run = self._go()
        partners = self.env["res.partner"].with_user(self.outsider)
        anna = partners.browse(self.anna.id)
        self.assertEqual(anna.rfm_group, run.result_ids[0].rfm_group)
        self.assertEqual(anna.xyz_class, "z")
        family = self.nordlicht | self.anna
        ids = (family | self.olivar | self.talisman).ids
        found = partners.search([("id", "in", ids), ("rfm_group", "=", anna.rfm_group)])
        self.assertEqual(found, family.with_env(found.env))
        none = partners.search([("id", "in", ids), ("rfm_group", "=", False)])
        self.assertEqual(none.ids, self.talisman.ids)
        self.assertTrue(
            any(fact["key"] == "rfm_group" for fact in anna.crm_card()["facts"])
        )

    def test_moves_have_the_money_of_both_times(self):
        order = self._create_order(self.nordlicht, "2025-02-01", 900)
        self._create_order(self.olivar, "2025-02-01", 10)
        first = self._go()
        order.state = "cancel"
        self._create_order(self.talisman, "2025-03-01", 500)
        second = self._go()
        self.assertEqual(second.previous_id, first)
        runs = self.env["crm.analysis.run"].with_user(self.reader)
        board = runs.read_matrix(second.id)
        moves = {(move["old"], move["new"]): move for move in board["moves"]["abc"]}
        self.assertEqual(set(moves), {("a", "absent"), ("absent", "a"), ("c", "c")})
        self.assertEqual(moves["a", "absent"]["was"], 900)
        results = self.env["crm.analysis.result"].with_user(self.reader)
        for (old, new), partner in {
            ("a", "absent"): self.nordlicht,
            ("absent", "a"): self.talisman,
            ("c", "c"): self.olivar,
        }.items():
            with self.subTest(old=old, new=new):
                found = results.search(moves[old, new]["domain"])
                self.assertEqual(found.partner_id.ids, partner.ids)
        # The past picture is as it was.
        past = runs.read_matrix(first.id)
        self.assertEqual(past["run"]["turnover"], 910)
        self.assertEqual(past["moves"], {})

    def test_cells_hold_everybody_once(self):
        for number in range(7):
            partner = self.env["res.partner"].create({"name": f"Customer {number}"})
            self._create_order(partner, f"2025-{number + 1:02}-05", 10 * 2**number)
        run = self._go()
        results = self.env["crm.analysis.result"].with_user(self.reader)
        board = self.env["crm.analysis.run"].with_user(self.reader).read_matrix(run.id)
        for picture in ("abc_xyz", "groups", "rfm"):
            with self.subTest(picture=picture):
                cells = board[picture]
                self.assertEqual(sum(cell["count"] for cell in cells), 7)
                self.assertAlmostEqual(sum(c["turnover"] for c in cells), run.turnover)
                for cell in cells:
                    found = results.search(cell["domain"])
                    self.assertEqual(len(found), cell["count"])

    def test_picture_takes_few_queries(self):
        self._create_order(self.nordlicht, "2025-02-01", 900)
        self._go()
        run = self._go()
        runs = self.env["crm.analysis.run"].with_user(self.reader)
        runs.read_matrix(run.id)
        self.env.invalidate_all()
        with self.assertQueryCount(20):
            runs.read_matrix(run.id)

    # Running

    def test_second_run_says_that_one_is_running(self):
        analysis = self.analysis.with_user(self.manager)
        analysis.action_run()
        with self.assertRaisesRegex(UserError, "being computed"):
            analysis.action_run()

    def test_waiting_run_can_be_stopped_and_tried_again(self):
        self._create_order(self.olivar, "2025-02-01", 10)
        run = self.analysis.with_user(self.manager)._begin()
        run.action_stop()
        self.assertEqual(run.state, "stopped")
        with self.enter_registry_test_mode():
            self.env.ref("crm_analytics.crm_analysis_run_cron").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(run.state, "stopped")
        with self.assertRaises(UserError):
            run.action_stop()
        run.action_retry()
        with self.enter_registry_test_mode():
            self.env.ref("crm_analytics.crm_analysis_run_cron").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(run.state, "done")

    def test_interrupted_run_is_done_again_and_given_up_at_last(self):
        self._create_order(self.olivar, "2025-02-01", 10)
        run = self._go()
        self.assertEqual(len(run.result_ids), 1)
        run.sudo().state = "running"  # as a kill leaves it
        self._go()
        self.assertEqual(run.state, "done")
        self.assertEqual(len(run.result_ids), 1)
        run.sudo().write({"state": "running", "tries": 3})
        self._go()
        self.assertEqual(run.state, "failed")
        self.assertIn("interrupted", run.problem)

    def test_schedule_begins_once_however_late(self):
        self.analysis.write({"interval": "week", "next_date": "2026-01-05"})
        self.env["crm.analysis"]._cron_schedule()
        self.assertEqual(len(self.analysis.run_ids), 1)
        self.assertGreater(self.analysis.next_date, date(2026, 11, 1))
        self.env["crm.analysis"]._cron_schedule()
        self.assertEqual(len(self.analysis.run_ids), 1)

    def _plan(self, day):
        """What is planned begins, and what waits is computed, on a day."""
        with freeze_time(f"{day} 12:00:00"):
            self.env["crm.analysis"]._cron_schedule()
            run = self.analysis.run_ids.sorted("id")[-1:]
            with self.enter_registry_test_mode():
                run._job_cron().method_direct_trigger()
        self.env.invalidate_all()
        return run

    def test_plan_of_the_last_day_of_a_month_stays_there(self):
        self.analysis.write({"interval": "month", "next_date": "2026-01-31"})
        for day in ("2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"):
            self.assertEqual(str(self.analysis.next_date), day)
            with freeze_time(f"{day} 12:00:00"):
                self.env["crm.analysis"]._cron_schedule()
            self.analysis.run_ids.unlink()
        self.assertEqual(str(self.analysis.next_date), "2026-05-31")

    def test_planned_run_that_failed_is_tried_again_until_it_is_done(self):
        vals = {"interval": "month", "next_date": "2026-02-01", "until": False}
        self.analysis.write(vals)
        first = self._plan("2026-02-01")
        self.assertEqual((first.state, str(first.date_to)), ("failed", "2026-01-31"))
        self._create_order(self.nordlicht, "2026-01-30", 900)
        self.assertEqual(self._plan("2026-02-02"), first)
        self.assertEqual((first.state, first.customer_count), ("done", 1))
        self.assertEqual(self._plan("2026-02-03"), first)
        self.assertEqual(first.date_end.day, 2)

    def test_run_that_was_interrupted_too_often_is_not_tried_again_by_itself(self):
        self.analysis.write({"interval": "month", "next_date": "2026-02-01"})
        run = self._plan("2026-02-01")
        run.sudo().tries = 3
        self._create_order(self.nordlicht, "2025-02-01", 900)
        self.assertEqual(self._plan("2026-02-02").state, "failed")

    # Rights

    def test_readers_see_and_managers_run(self):
        self._create_order(self.olivar, "2025-02-01", 10)
        run = self._go()
        reading = run.with_user(self.reader)
        self.assertEqual(reading.result_ids.partner_id.ids, self.olivar.ids)
        self.assertEqual(reading.read_matrix()["run"]["id"], run.id)
        for action in (
            lambda: self.analysis.with_user(self.reader).action_run(),
            lambda: self.analysis.with_user(self.reader).write({"months": 6}),
            reading.action_stop,
            lambda: reading.result_ids.write({"turnover": 1}),
            lambda: run.with_user(self.manager).result_ids.write({"turnover": 1}),
            lambda: run.with_user(self.manager).create({}),
            lambda: run.with_user(self.manager).write({"date_to": "2025-06-30"}),
            lambda: run.with_user(self.manager).write({"company_id": 1}),
        ):
            with self.assertRaises(AccessError):
                action()

    def test_others_see_nothing(self):
        self._create_order(self.olivar, "2025-02-01", 10)
        run = self._go()
        seller = new_test_user(
            self.env, "analytics_seller", groups="sales_team.group_sale_salesman"
        )
        for user in self.outsider | seller:
            with self.subTest(user=user.login):
                for record in (self.analysis, run, run.result_ids):
                    self.assertFalse(record.with_user(user).has_access("read"))
                with self.assertRaises(AccessError):
                    run.with_user(user).read_matrix(run.id)

    def test_condition_reads_with_the_rights_of_who_wrote_it(self):
        fields_of_others = "[('user_ids.login', '=like', 'a%')]"
        self.analysis.with_user(self.manager).write({"domain": fields_of_others})
        self.assertEqual(self.analysis.user_id, self.manager)
        stranger = self.env["res.partner"].create(
            {"name": "Of another", "company_id": self.env.ref("base.main_company").id}
        )
        mine = repr([("id", "in", (stranger | self.olivar).ids)])
        self.analysis.with_user(self.manager).write(
            {"domain": mine, "has_silent": True}
        )
        run = self._go()
        self.assertEqual(run.result_ids.partner_id, self.olivar)

    def test_other_companies_are_closed(self):
        self._create_order(self.olivar, "2025-02-01", 10)
        run = self._go()
        stranger = new_test_user(
            self.env,
            "analytics_stranger",
            groups="crm_analytics.crm_analytics_group_manager",
            company_id=self.env.ref("base.main_company").id,
        )
        theirs = self.env(user=stranger, context={})
        for record in (self.analysis, run, run.result_ids):
            self.assertFalse(record.with_env(theirs).has_access("read"))
        runs = theirs["crm.analysis.run"]
        with self.assertRaises(UserError):
            runs.read_matrix(run.id)


@tagged("post_install", "-at_install")
class TestAct(AnalysisCase):
    def setUp(self):
        super().setUp()
        self._create_order(self.nordlicht, "2025-02-01", 900)
        self._create_order(self.olivar, "2025-02-01", 10)
        self.run_ = self.analysis._begin()
        with self.enter_registry_test_mode():
            self.env.ref("crm_analytics.crm_analysis_run_cron").method_direct_trigger()
        self.env.invalidate_all()

    def _act(self, kind, **vals):
        domain = [("run_id", "=", self.run_.id), ("abc", "=", "a")]
        acts = self.env["crm.analysis.act"].with_user(self.manager)
        return acts.create({"domain": repr(domain), "kind": kind} | vals)

    def test_cell_gets_a_tag(self):
        tag = self.env["res.partner.category"].create({"name": "Best"})
        act = self._act("tag", tag_id=tag.id)
        self.assertEqual((act.count, act.turnover), (1, 900))
        act.action_do()
        self.assertEqual(tag.partner_ids, self.nordlicht)

    def test_cell_gets_a_price_list(self):
        pricelist = self.env["product.pricelist"].create(
            {"name": "Best", "company_id": self.company.id}
        )
        self._act("pricelist", pricelist_id=pricelist.id).action_do()
        nordlicht = self.nordlicht.with_company(self.company)
        self.assertEqual(nordlicht.property_product_pricelist, pricelist)
        olivar = self.olivar.with_company(self.company)
        self.assertNotEqual(olivar.property_product_pricelist, pricelist)

    def test_cell_goes_onto_a_call_list(self):
        self.nordlicht.phone = "+49 30 1234567"
        call_list = self.env["crm.call.list"].create(
            {
                "name": "Best",
                "company_id": self.company.id,
                "user_id": self.manager.id,
                "user_ids": [(6, 0, self.manager.ids)],
            }
        )
        self._act("call", list_id=call_list.id).action_do()
        self.assertEqual(call_list.line_ids.partner_id, self.nordlicht)

    def test_cell_comes_under_a_policy(self):
        tag = self.env["res.partner.category"].create({"name": "Often"})
        policy = self.env["crm.contact.policy"].create(
            {
                "name": "Often",
                "company_id": self.company.id,
                "category_ids": tag.ids,
                "kind_ids": self.env["crm.contact.kind"].search([], limit=1).ids,
            }
        )
        self._act("policy", policy_id=policy.id).action_do()
        self.assertEqual(tag.partner_ids, self.nordlicht)

    def test_mailing_goes_to_the_cell(self):
        action = self._act("mailing").action_do()
        domain = action["context"]["default_mailing_domain"]
        self.assertIn("analysis_result_ids", domain)

    def test_nothing_chosen_and_nobody_left_are_said(self):
        with self.assertRaisesRegex(UserError, "Choose a"):
            self._act("tag").action_do()
        tag = self.env["res.partner.category"].create({"name": "Best"})
        act = self._act("tag", tag_id=tag.id)
        self.run_.sudo().result_ids.unlink()
        with self.assertRaisesRegex(UserError, "nobody"):
            act.action_do()
