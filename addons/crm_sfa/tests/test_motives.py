from dateutil.relativedelta import relativedelta
from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .test_pipeline import PipelineCase


class MotiveCase(PipelineCase):
    """Two motives, two competitors, and deals won and lost for them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.price, cls.service = cls.env["crm.motive"].create(
            [
                {"name": "Too dear", "kind": "objection"},
                {"name": "Service nearby", "kind": "need"},
            ]
        )
        cls.roast, cls.bean = cls.env["crm.competitor"].create(
            [
                {"name": "Roast Masters", "battle_card": "<p>Ask for spare parts</p>"},
                {"name": "Bean Team"},
            ]
        )

    @classmethod
    def _closed(cls, outcome, motives=(), rivals=(), **vals):
        """A deal that was closed after ten days."""
        deal = cls._create_deal(
            motive_ids=[(0, 0, {"motive_id": motive.id}) for motive in motives],
            rival_ids=[(0, 0, {"competitor_id": rival.id}) for rival in rivals],
            **vals,
        )
        getattr(deal, f"action_set_{outcome}")()
        return deal

    @classmethod
    def _close_on(cls, deal, day):
        """Have a deal closed on a day after ten days of work."""
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE crm_lead SET create_date = %s, date_closed = %s WHERE id = %s",
            [day - relativedelta(days=10), day, deal.id],
        )
        deal.invalidate_recordset()

    def _figures(self, view, *groups, user=None, domain=()):
        report = self.env["crm.motive.report"].with_user(user or self.leader)
        rows = report._read_group(
            [("view", "=", view), ("team_id", "=", self.team.id), *domain],
            list(groups),
            ["deals:sum", "win_rate:avg", "discount:avg", "cycle_days:avg"],
        )
        return {row[: len(groups)]: row[len(groups) :] for row in rows}


@tagged("post_install", "-at_install")
class TestMotives(MotiveCase):
    def test_win_rate_and_cycle_by_motive(self):
        now = fields.Datetime.now()
        for outcome in ("won", "lost", "lost", "lost"):
            self._close_on(self._closed(outcome, [self.price]), now)
        self._close_on(self._closed("won", [self.price, self.service]), now)
        figures = self._figures("motive", "motive_id")
        self.assertEqual(figures[(self.price,)], (5, 40, False, 10))
        self.assertEqual(figures[(self.service,)], (1, 100, False, 10))

    def test_deal_with_two_motives_counts_once_by_competitor(self):
        self._closed("lost", [self.price, self.service], [self.roast])
        figures = self._figures("competitor", "competitor_id")
        self.assertEqual(figures[(self.roast,)][:2], (1, 0))

    def test_pairs_of_motive_and_competitor(self):
        self._closed("lost", [self.price], [self.roast, self.bean])
        self._closed("won", [self.price], [self.roast])
        figures = self._figures("pair", "motive_id", "competitor_id")
        self.assertEqual(figures[self.price, self.roast][:2], (2, 50))
        self.assertEqual(figures[self.price, self.bean][:2], (1, 0))

    def test_open_deals_count_and_have_no_win_rate(self):
        self.deal.motive_ids = [(0, 0, {"motive_id": self.price.id})]
        figures = self._figures("motive", "motive_id")
        self.assertEqual(figures[(self.price,)], (1, False, False, False))

    def test_discount_is_that_of_the_orders_before_the_quotations(self):
        deal = self._create_deal(motive_ids=[(0, 0, {"motive_id": self.price.id})])
        first = self._create_order(opportunity_id=deal.id)
        first.order_line.discount = 50
        second = self._create_order(opportunity_id=deal.id)
        second.order_line.discount = 10
        figures = self._figures("motive", "motive_id", user=self.leader)
        self.assertAlmostEqual(figures[(self.price,)][2], 30)
        second.action_confirm()
        figures = self._figures("motive", "motive_id", user=self.leader)
        self.assertAlmostEqual(figures[(self.price,)][2], 10)

    def test_seller_counts_only_what_the_seller_may_see(self):
        self._closed("won", [self.price])
        self._closed("won", [self.price], user_id=self.colleague.id)
        own = self._figures("motive", "motive_id", user=self.seller)
        whole = self._figures("motive", "motive_id")
        self.assertEqual(own[(self.price,)][0], 1)
        self.assertEqual(whole[(self.price,)][0], 2)

    def test_these_days_stand_beside_those_of_a_year_before(self):
        now = fields.Datetime.now()
        for days in (0, 30, 100):
            deal = self._closed("won", [self.price])
            self._close_on(deal, now - relativedelta(years=1, days=days))
        deal = self._closed("lost", [self.price])
        self._close_on(deal, now - relativedelta(days=5))
        figures = self._figures("motive", "period")
        self.assertEqual(figures[("before",)][:2], (2, 100))
        self.assertEqual(figures[("now",)][:2], (1, 0))
        self.assertEqual(figures[(False,)][0], 1)

    def test_report_sees_what_is_not_flushed(self):
        deal = self._closed("won", [self.price])
        self.assertEqual(len(self._figures("motive", "lead_id")), 1)
        deal.motive_ids.unlink()
        self.assertFalse(self._figures("motive", "lead_id"))

    def test_row_opens_the_deal(self):
        deal = self._closed("won", [self.price])
        row = self.env["crm.motive.report"].search([("lead_id", "=", deal.id)])
        self.assertEqual(row.action_open_deal()["res_id"], deal.id)

    def test_lost_wizard_notes_motives_and_who_got_it(self):
        self.deal.motive_ids = [(0, 0, {"motive_id": self.price.id, "weight": "5"})]
        wizard = self.env["crm.lead.lost"].with_user(self.seller)
        wizard.create(
            {
                "lead_ids": self.deal.ids,
                "motive_ids": (self.price | self.service).ids,
                "competitor_id": self.bean.id,
            }
        ).action_lost_reason_apply()
        self.assertEqual(self.deal.won_status, "lost")
        self.assertRecordValues(
            self.deal.motive_ids.sorted("weight", reverse=True),
            [
                {"motive_id": self.price.id, "weight": "5"},
                {"motive_id": self.service.id, "weight": "3"},
            ],
        )
        self.assertRecordValues(
            self.deal.rival_ids, [{"competitor_id": self.bean.id, "is_winner": True}]
        )

    def test_lost_wizard_does_not_insist(self):
        wizard = self.env["crm.lead.lost"].with_user(self.seller)
        wizard.create({"lead_ids": self.deal.ids}).action_lost_reason_apply()
        self.assertEqual(self.deal.won_status, "lost")

    def test_battle_cards_stand_on_the_deal(self):
        rivals = self.roast | self.bean
        self.deal.rival_ids = [(0, 0, {"competitor_id": one.id}) for one in rivals]
        cards = self.deal.with_user(self.seller).battle_cards
        self.assertIn("Ask for spare parts", cards)
        self.assertNotIn("Bean Team", cards)

    def test_script_in_a_battle_card_is_taken_out(self):
        self.roast.battle_card = "<p onclick='x()'>Hi</p><script>alert(1)</script>"
        self.roast.name = "<b>Roast</b>"
        self.deal.rival_ids = [(0, 0, {"competitor_id": self.roast.id})]
        cards = self.deal.battle_cards
        self.assertIn("Hi", cards)
        self.assertNotIn("script", cards)
        self.assertNotIn("onclick", cards)
        self.assertIn("&lt;b&gt;Roast", cards)

    def test_same_motive_stands_once_on_a_deal(self):
        line = {"lead_id": self.deal.id, "motive_id": self.price.id}
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            self.env["crm.lead.motive"].create([line, line])

    def test_merged_deals_keep_all_motives_once(self):
        other = self._create_deal()
        for deal, motives in (
            (self.deal, self.price),
            (other, self.price | self.service),
        ):
            deal._note_motives(motives)
        merged = (self.deal | other).merge_opportunity()
        self.assertEqual(merged.motive_ids.motive_id, self.price | self.service)
        self.assertEqual(len(merged.motive_ids), 2)

    def test_prices_of_a_competitor_stand_beside_ours(self):
        price = self.env["crm.competitor.price"].with_user(self.seller)
        line = price.create(
            {
                "competitor_id": self.roast.id,
                "name": "RM 200",
                "price": 90,
                "product_id": self.grinder.id,
            }
        )
        self.assertEqual(line.our_price, 100)


@tagged("post_install", "-at_install")
class TestMotiveAccess(MotiveCase):
    def test_sellers_note_motives_on_own_deals_only(self):
        lines = self.env["crm.lead.motive"]
        vals = {"lead_id": self.deal.id, "motive_id": self.price.id}
        line = lines.with_user(self.seller).create(vals)
        with self.assertRaises(AccessError):
            line.with_user(self.colleague).weight = "5"
        with self.assertRaises(AccessError):
            lines.with_user(self.colleague).create(
                vals | {"motive_id": self.service.id}
            )

    def test_sellers_do_not_change_dictionaries(self):
        for record in (self.price, self.roast):
            with self.subTest(record=record), self.assertRaises(AccessError):
                record.with_user(self.seller).name = "Mine"

    def test_managers_keep_dictionaries(self):
        self.price.with_user(self.manager).answer = "Show what it saves"
        self.roast.with_user(self.manager).strengths = "Cheap"
        self.assertEqual(self.roast.strengths, "Cheap")

    def test_competitor_of_another_company_is_not_seen(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.roast.company_id = company
        with self.assertRaises(AccessError):
            self.roast.with_user(self.seller).read(["name"])

    def test_outsiders_and_portal_users_read_nothing(self):
        portal = new_test_user(self.env, "sfa_portal", groups="base.group_portal")
        names = (
            "crm.motive",
            "crm.lead.motive",
            "crm.competitor",
            "crm.competitor.price",
            "crm.lead.competitor",
            "crm.motive.report",
        )
        for user in (self.outsider, portal, self.env.ref("base.public_user")):
            for name in names:
                with (
                    self.subTest(user=user.login, model=name),
                    self.assertRaises(AccessError),
                ):
                    self.env[name].with_user(user).search([])

    def test_every_menu_of_the_pipeline_opens_for_each_role(self):
        menus = self.env["ir.model.data"].search(
            [("module", "=", "crm_sfa"), ("model", "=", "ir.ui.menu")]
        )
        for user in (self.seller, self.leader, self.manager):
            seen = self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
            for menu in self.env["ir.ui.menu"].browse(menus.mapped("res_id")):
                if menu.id not in seen or not menu.action:
                    continue
                action = menu.action.sudo()
                if action._name != "ir.actions.act_window":
                    continue
                with self.subTest(user=user.login, menu=menu.complete_name):
                    model = self.env[action.res_model].with_user(user)
                    model.get_views([*action.views, (False, "search")])
                    model.search_count([], limit=1)
