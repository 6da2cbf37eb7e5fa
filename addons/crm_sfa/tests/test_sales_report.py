from datetime import datetime, timedelta

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from .common import SalesCase

REPORTS = ("crm.sales.report", "crm.stage.report", "crm.effort.report",
           "crm.stale.report")  # fmt: skip


class AnalysisCase(SalesCase):
    """Deals that were won and lost, last year and this one, through three stages."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.today()
        cls.first, cls.middle, cls.last, cls.sure = cls.env["crm.stage"].create(
            [
                {"name": "Talk", "sequence": 101, "team_ids": cls.team.ids},
                {"name": "Tasting", "sequence": 102, "team_ids": cls.team.ids},
                {"name": "Offer", "sequence": 103, "team_ids": cls.team.ids},
                {
                    "name": "Signed",
                    "sequence": 104,
                    "is_won": True,
                    "team_ids": cls.team.ids,
                },
            ]
        )
        cls.reason = cls.env["crm.lost.reason"].create({"name": "Too dear"})

    @classmethod
    def _deal(cls, outcome=None, begun=None, closed=None, stages=(), **vals):
        """A deal that went through stages, two days in each.

        :param begun: when; by default 20 days before it was closed, or today
        """
        vals = {"stage_id": cls.first.id, "expected_revenue": 1000} | vals
        deal = cls._create_lead(**vals)
        closed = closed or datetime.combine(cls.today, datetime.min.time())
        begun = begun or (closed - timedelta(days=20))
        for at, stage in enumerate(stages, 1):
            cls._move(deal, stage, begun + timedelta(days=2 * at))
        if outcome == "won":
            cls._move(deal, cls.sure, closed)
        elif outcome == "lost":
            deal.action_set_lost(lost_reason_id=cls.reason.id)
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE crm_lead SET create_date = %s, date_closed = %s WHERE id = %s",
            [begun, closed if outcome else None, deal.id],
        )
        deal.invalidate_recordset()
        return deal

    @classmethod
    def _move(cls, deal, stage, moment):
        """Move a deal, with the trace of it that Odoo keeps."""
        message = cls.env["mail.message"].create(
            {"model": "crm.lead", "res_id": deal.id, "message_type": "notification"}
        )
        tracking = cls.env["mail.tracking.value"].create(
            {
                "mail_message_id": message.id,
                "field_id": cls.env.ref("crm.field_crm_lead__stage_id").id,
                "old_value_integer": deal.stage_id.id,
                "new_value_integer": stage.id,
            }
        )
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE mail_tracking_value SET create_date = %s WHERE id = %s",
            [moment, tracking.id],
        )
        deal.stage_id = stage

    def _rows(self, model, domain=(), user=None):
        self.env.flush_all()
        report = self.env[model].with_user(user or self.leader)
        return report.search([("team_id", "=", self.team.id), *domain])


@tagged("post_install", "-at_install")
class TestSalesReport(AnalysisCase):
    def _sums(self, *groups, user=None, domain=()):
        report = self.env["crm.sales.report"].with_user(user or self.leader)
        rows = report._read_group(
            [("team_id", "=", self.team.id), *domain],
            list(groups),
            ["deals:sum", "won:sum", "win_rate:avg", "cycle_days:avg"],
        )
        return {row[0]: row[1:] for row in rows}

    def test_win_rate_and_days_to_win_by_person(self):
        self._deal("won")
        self._deal("lost")
        self._deal("won", user_id=self.colleague.id)
        self._deal()
        sums = self._sums("user_id")
        self.assertEqual(sums[self.seller], (3, 1, 50, 20))
        self.assertEqual(sums[self.colleague], (1, 1, 100, 20))

    def test_lost_deals_stand_by_their_reason(self):
        self._deal("lost")
        sums = self._sums("lost_reason_id", domain=[("won_status", "=", "lost")])
        self.assertEqual(sums[self.reason][0], 1)

    def test_deals_stand_by_class_and_territory_of_the_customer(self):
        territory = self.env["crm.territory"].create({"name": "Coast"})
        self.nordlicht.write({"value_class": "a", "territory_id": territory.id})
        self._deal("won", partner_id=self.anna.id)
        self.assertEqual(self._sums("value_class")["a"][0], 1)
        self.assertEqual(self._sums("territory_id")[territory][0], 1)

    def test_month_stands_beside_the_same_month_a_year_before(self):
        now = datetime(2026, 3, 10)
        self._deal("won", closed=now)
        self._deal("won", closed=now - relativedelta(years=1))
        rows = self._rows("crm.sales.report", [("month", "=", "03")])
        self.assertEqual(sorted(rows.mapped("year")), ["2025", "2026"])

    def test_month_is_that_of_the_clock_on_the_wall_of_the_company(self):
        self.env.company.partner_id.tz = "Asia/Tokyo"
        self._deal("won", closed=datetime(2025, 12, 31, 20))
        row = self._rows("crm.sales.report")
        self.assertEqual((row.month, row.year), ("01", "2026"))

    def test_row_opens_its_deal(self):
        deal = self._deal("lost")
        action = self._rows("crm.sales.report").action_open_deal()
        self.assertEqual((action["res_model"], action["res_id"]), ("crm.lead", deal.id))

    def test_seller_analyses_own_deals_only(self):
        self._deal("won")
        self._deal("won", user_id=self.colleague.id)
        for model in REPORTS[:3]:
            rows = self._rows(model, user=self.seller)
            self.assertEqual(rows.user_id, self.seller, model)

    def test_outsiders_and_portal_users_read_no_report(self):
        portal = new_test_user(self.env, "analysis_portal", groups="base.group_portal")
        for user in self.outsider | portal:
            for model in REPORTS:
                with self.assertRaises(AccessError):
                    self.env[model].with_user(user).search([])

    def test_deals_of_another_company_are_not_counted(self):
        company = self.env["res.company"].create({"name": "Other"})
        self.team.company_id = False
        self._deal("won", company_id=company.id, partner_id=False, user_id=False)
        self.assertFalse(self._rows("crm.sales.report"))
        self.assertFalse(self._rows("crm.stage.report"))


@tagged("post_install", "-at_install")
class TestStageReport(AnalysisCase):
    def _stages(self, deal):
        rows = self._rows("crm.stage.report", [("lead_id", "=", deal.id)])
        return {row.stage_id: row for row in rows.filtered("stage_id.team_ids")}

    def test_days_in_each_stage(self):
        stages = self._stages(self._deal("won", stages=[self.middle, self.last]))
        days = [stages[stage].days for stage in (self.first, self.middle, self.last)]
        self.assertEqual([round(one, 3) for one in days], [2, 2, 16])
        self.assertEqual(stages[self.sure].days, 0)

    def test_stage_that_was_jumped_over_is_reached_without_days(self):
        stages = self._stages(self._deal(stages=[self.last]))
        self.assertEqual(stages[self.middle].skipped, 1)
        self.assertEqual(stages[self.middle].moved_on, 1)
        report = self.env["crm.stage.report"]
        [(days,)] = report._read_group(
            [("stage_id", "=", self.middle.id)], [], ["days:avg"]
        )
        self.assertFalse(days)

    def test_lost_deal_drops_off_where_it_came_furthest(self):
        stages = self._stages(self._deal("lost", stages=[self.middle, self.first]))
        self.assertEqual(stages[self.middle].lost_here, 1)
        self.assertEqual(stages[self.middle].conversion, 0)
        self.assertEqual(stages[self.first].conversion, 100)
        self.assertNotIn(self.last, stages)

    def test_time_in_a_stage_adds_up_when_a_deal_comes_back(self):
        stages = self._stages(self._deal("lost", stages=[self.middle, self.first]))
        self.assertAlmostEqual(stages[self.first].days, 2 + 16)

    def test_open_deal_stands_in_its_stage_until_now(self):
        begun = fields.Datetime.now() - timedelta(days=5)
        stages = self._stages(self._deal(begun=begun))
        self.assertEqual(list(stages), [self.first])
        self.assertAlmostEqual(stages[self.first].days, 5, 2)
        self.assertEqual(stages[self.first].stands_here, 1)

    def test_history_is_read_once_however_many_deals(self):
        for _number in range(3):
            self._deal("won", stages=[self.middle, self.last])
        self.env.flush_all()
        report = self.env["crm.stage.report"]
        explain = SQL("EXPLAIN (ANALYZE, FORMAT JSON) %s", report._table_query)
        [[[plan]]] = self.env.execute_query(explain)
        nodes, scans = [plan["Plan"]], []
        while nodes:
            node = nodes.pop()
            nodes += node.get("Plans", [])
            if node.get("CTE Name") == "move":
                scans.append(node["Actual Loops"])
        self.assertEqual(scans, [1, 1])

    def test_stages_of_other_teams_are_not_passed(self):
        away = self.env["crm.team"].create({"name": "Elsewhere"})
        self.middle.team_ids = away
        stages = self._stages(self._deal(stages=[self.last]))
        self.assertNotIn(self.middle, stages)


@tagged("post_install", "-at_install")
class TestEffortReport(AnalysisCase):
    def test_contacts_and_offers_for_one_won_deal(self):
        self._deal("won")
        for _number in range(3):
            self._create_order()
        for kind in ("call", "call", "visit"):
            self.env["crm.interaction"].create(
                {
                    "partner_id": self.anna.id,
                    "name": "Grinders",
                    "kind": kind,
                    "user_id": self.seller.id,
                }
            )
        self.env.flush_all()
        names = ["contacts_per_won:avg", "calls_per_won:avg", "visits_per_won:avg",
                 "offers_per_won:avg"]  # fmt: skip
        report = self.env["crm.effort.report"].with_user(self.seller)
        [row] = report._read_group([("user_id", "=", self.seller.id)], [], names)
        self.assertEqual(row, (3, 2, 1, 3))

    def test_without_a_won_deal_there_is_no_ratio(self):
        self._create_order()
        self.env.flush_all()
        report = self.env["crm.effort.report"].with_user(self.seller)
        [(ratio,)] = report._read_group([], [], ["offers_per_won:avg"])
        self.assertFalse(ratio)

    def test_row_opens_the_document_it_stands_for(self):
        order = self._create_order()
        [row] = self._rows("crm.effort.report", [("kind", "=", "offer")])
        action = row.action_open_document()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("sale.order", order.id)
        )


@tagged("post_install", "-at_install")
class TestStaleReport(AnalysisCase):
    """Six deals a year ago, of which four with the motive; two of six now."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.motive, cls.other = cls.env["crm.motive"].create(
            [{"name": "Taste", "kind": "need"}, {"name": "Price", "kind": "need"}]
        )
        cls.campaign = cls.env["utm.campaign"].create(
            {"name": "Fair", "crm_channel": "event"}
        )
        now = datetime.combine(cls.today, datetime.min.time())
        then = now - relativedelta(years=1)
        for day, count, outcome in ((then, 4, "won"), (now, 2, "lost")):
            for number in range(6):
                motive = cls.motive if number < count else cls.other
                cls._deal(
                    outcome,
                    closed=day,
                    motive_ids=[(0, 0, {"motive_id": motive.id})],
                    campaign_id=number < count and cls.campaign.id,
                )

    def _row(self, **wanted):
        self.env.flush_all()
        report = self.env["crm.stale.report"].with_user(self.leader)
        return report.search(
            [(name, "=", record.id) for name, record in wanted.items()]
        )

    def test_share_and_win_rate_against_the_year_before(self):
        row = self._row(motive_id=self.motive)
        self.assertEqual((row.deals_before, row.deals), (4, 2))
        self.assertAlmostEqual(row.share_change, 100 * (2 - 4) / 6)
        self.assertEqual(row.win_rate_change, -100)
        self.assertTrue(row.falling)
        self.assertEqual(row.name, "Taste")

    def test_campaign_that_brings_less_is_falling(self):
        row = self._row(campaign_id=self.campaign)
        self.assertEqual((row.view, row.channel), ("channel", "event"))
        self.assertEqual((row.deals_before, row.deals), (4, 2))

    def test_few_deals_are_told_to_be_few(self):
        self.assertTrue(self._row(motive_id=self.motive).few)

    def test_product_category_of_what_was_offered(self):
        deals = self.env["crm.lead"].with_context(active_test=False)
        deal = deals.search([("campaign_id", "=", self.campaign.id)], limit=1)
        categ = self.env["product.category"].create({"name": "Grinders"})
        self.grinder.categ_id = categ
        self._create_order(opportunity_id=deal.id)
        self.assertEqual(self._row(categ_id=categ).deals, 1)

    def test_row_opens_its_deals_of_both_years(self):
        action = self._row(motive_id=self.motive).action_open_deals()
        leads = self.env["crm.lead"].with_context(**action["context"])
        self.assertEqual(leads.search_count(action["domain"]), 6)
