import doctest
from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged

from ..tools import board as tools
from .common import AnalyticsCase

NOW = "2026-05-20 10:00:00"
MAY = {"date_from": "2026-05-01", "date_to": "2026-05-31"}


class BoardCase(AnalyticsCase):
    """A May with orders of three customers, and a history of two years."""

    @classmethod
    def setUpClass(cls):
        with freeze_time(NOW):
            super().setUpClass()
            cls.team = cls.env["crm.team"].create(
                {"name": "Coffee", "company_id": cls.company.id}
            )
            cls.other = cls.env["res.company"].create({"name": "Another"})
            cls.env.user.company_ids |= cls.other
            cls.manager.group_ids += cls.env.ref("sales_team.group_sale_manager")
            cls._fill()

    @classmethod
    def _fill(cls):
        mine = {"team_id": cls.team.id, "user_id": cls.manager.id}
        none = {"team_id": False, "user_id": False}
        cls._create_order(cls.anna, "2026-05-02", 300, **mine)
        cls._create_order(cls.nordlicht, "2026-05-20", 100, **mine)
        cls._create_order(cls.olivar, "2026-05-03", 200, **none)
        cls._create_order(cls.nordlicht, "2026-04-03", 250, **mine)
        cls._create_order(cls.talisman, "2025-05-03", 500, **none)
        cls._create_order(cls.nordlicht, "2025-05-03", 150, **none)
        cls.drafts = cls._create_order(cls.olivar, "2026-05-04", 70, "draft", **none)
        cls.nordlicht.with_company(cls.company).value_class = "a"
        cls.company._make_months()

    def _read(self, code, user=None, company=None, **filters):
        self.env.flush_all()
        self.env.invalidate_all()
        boards = self.env["crm.board"].with_user(user or self.reader)
        boards = boards.with_company(company or self.company)
        with freeze_time(NOW):
            return boards.read_board(code, MAY | filters)

    def _tile(self, board, key):
        [tile] = [tile for tile in board["tiles"] if tile["key"] == key]
        return tile

    def _values(self, board, key):
        tile = self._tile(board, key)
        return [tile["value"], *tile["compared"]]

    def _block(self, board, key):
        [block] = [block for block in board["blocks"] if block["key"] == key]
        return block

    def _opened(self, action, user=None):
        model = self.env[action["res_model"]].with_user(user or self.manager)
        return model.with_context(**action["context"]).search(action["domain"])


@tagged("post_install", "-at_install")
class TestManagementBoard(BoardCase):
    def test_periods_are_cut_as_their_doctests_say(self):
        self.assertFalse(doctest.testmod(tools).failed)

    def test_money_of_the_month_before_and_the_year_before(self):
        board = self._read("management")
        self.assertEqual(self._values(board, "turnover"), [600, 250, 650])
        self.assertEqual(self._values(board, "margin"), [420, 190, 530])
        self.assertEqual(self._values(board, "orders"), [3, 1, 2])
        self.assertEqual(self._values(board, "average"), [200, 250, 325])
        self.assertEqual(self._values(board, "margin_rate")[0], 70)

    def test_customers_count_once_with_all_their_people(self):
        board = self._read("management")
        self.assertEqual(self._values(board, "active"), [2, 1, 2])
        self.assertEqual(self._values(board, "best"), [50, 100, 50])
        opened = self._opened(self._tile(board, "active")["action"])
        self.assertEqual(opened, self.nordlicht | self.olivar)

    def test_new_customers_are_those_whose_first_order_it_was(self):
        board = self._read("management")
        self.assertEqual(self._values(board, "new"), [1, 0, 2])
        self.assertEqual(self._opened(self._tile(board, "new")["action"]), self.olivar)

    def test_who_did_not_order_for_a_year_is_lost(self):
        board = self._read("management")
        self.assertEqual(self._values(board, "lost"), [1, 0, 0])
        opened = self._opened(self._tile(board, "lost")["action"])
        self.assertEqual(opened, self.talisman)

    def test_months_to_come_lose_nobody(self):
        filters = {"date_from": "2027-01-01", "date_to": "2027-12-31"}
        board = self._read("management", **filters)
        self.assertEqual(self._values(board, "lost")[0], 0)

    def test_movers_are_told_with_both_years(self):
        rows = self._block(self._read("management"), "movers")["rows"]
        self.assertEqual(
            [row["cells"] for row in rows],
            [
                ["Nordlicht", 400, 150, 250],
                ["Olivar", 200, 0, 200],
                ["Talisman", 0, 500, -500],
            ],
        )

    def test_the_chart_sets_each_month_beside_that_of_the_year_before(self):
        chart = self._block(self._read("management"), "turnover")
        now, before = (series["values"] for series in chart["series"])
        self.assertEqual(now[-2:], [250, 600])
        self.assertEqual(before[-2:], [0, 650])
        self.assertEqual(len(chart["labels"]), 24)

    def test_a_territory_leaves_out_the_customers_of_others(self):
        territory = self.env["crm.territory"].create({"name": "North"})
        self.olivar.territory_id = territory
        board = self._read("management", territory_id=territory.id)
        self.assertEqual(self._values(board, "turnover"), [200, 0, 0])
        self.assertEqual(self._values(board, "active"), [1, 0, 0])

    def test_orders_of_a_territory_open_the_months_of_its_customers(self):
        territory = self.env["crm.territory"].create({"name": "North"})
        self.nordlicht.territory_id = territory
        board = self._read("management", territory_id=territory.id)
        tile = self._tile(board, "orders")
        opened = self._opened(tile["action"])
        self.assertEqual((tile["value"], sum(opened.mapped("orders"))), (2, 2))

    def test_archived_customers_are_opened_with_the_others(self):
        self.olivar.active = False
        board = self._read("management")
        for key in ("active", "new"):
            opened = self._opened(self._tile(board, key)["action"])
            self.assertIn(self.olivar, opened)
            self.assertEqual(len(opened), self._values(board, key)[0])

    def test_nothing_is_overdue_and_no_ticket_is_open(self):
        board = self._read("management")
        self.assertEqual(self._values(board, "overdue"), [0])
        self.assertEqual(self._values(board, "tickets"), [0])

    def test_each_instalment_is_overdue_by_its_own_day(self):
        self._owe({"2026-05-10": 30, "2026-06-10": 70})
        board = self._read("management", self.manager)
        tile = self._tile(board, "overdue")
        opened = self._opened(tile["action"], self.env.user)
        self.assertEqual(tile["value"], 30)
        self.assertEqual(opened.mapped("amount_residual"), [30])

    def _owe(self, amounts):
        """Book what Olivar owes on which days."""
        income, customers = self.env["account.account"].create(
            [
                {"name": "Income", "code": "400000", "account_type": "income"},
                {
                    "name": "Customers",
                    "code": "121000",
                    "account_type": "asset_receivable",
                },
            ]
        )
        journal = self.env["account.journal"].create(
            {
                "name": "Others",
                "code": "OTH",
                "type": "general",
                "company_id": self.company.id,
            }
        )
        lines = [
            {
                "account_id": customers.id,
                "partner_id": self.olivar.id,
                "debit": amount,
                "date_maturity": day,
            }
            for day, amount in amounts.items()
        ]
        lines.append({"account_id": income.id, "credit": sum(amounts.values())})
        entry = self.env["account.move"].create(
            {
                "journal_id": journal.id,
                "date": "2026-05-01",
                "line_ids": [Command.create(line) for line in lines],
            }
        )
        entry.action_post()

    def test_summed_months_agree_with_the_facts(self):
        self.env.cr.execute(
            "SELECT sum(amount), sum(margin), sum(orders) FROM crm_customer_month"
            " WHERE company_id = %s",
            [self.company.id],
        )
        summed = self.env.cr.fetchone()
        facts = self._facts("2000-01-01", "2027-12-31")
        self.assertEqual(
            [float(value) for value in summed],
            [
                float(sum(fact[name] for fact in facts))
                for name in ("amount", "margin", "orders")
            ],
        )

    def test_summing_up_again_changes_nothing_but_what_changed(self):
        months = self.env["crm.customer.month"].search([]).mapped("amount")
        self.company._make_months()
        again = self.env["crm.customer.month"].search([])
        self.assertEqual(again.mapped("amount"), months)
        self._create_order(self.olivar, "2026-05-09", 50)
        self.company._make_months()
        board = self._read("management")
        self.assertEqual(self._values(board, "turnover")[0], 650)

    def test_the_job_sums_up_each_company_and_says_when(self):
        self.company.crm_months_date = False
        self.assertFalse(self._read("management")["dated"])
        with self.enter_registry_test_mode():
            self.env.ref("crm_analytics.ir_cron_make_months").method_direct_trigger()
        self.assertTrue(self.company.crm_months_date)
        self.assertTrue(self._read("management")["dated"])

    def test_another_companys_orders_stay_out(self):
        self._create_order(self.olivar, "2026-05-09", 999, company_id=self.other.id)
        (self.company | self.other)._make_months()
        for code, key in (("management", "turnover"), ("sales", "income")):
            self.assertEqual(self._values(self._read(code), key)[0], 600)
        months = self.env["crm.customer.month"].with_user(self.reader)
        self.assertEqual(months.search([]).company_id, self.company)


@tagged("post_install", "-at_install")
class TestSalesBoard(BoardCase):
    def test_income_is_that_of_the_board_of_results(self):
        board = self._read("sales")
        self.assertEqual(self._values(board, "income"), [600, 250, 650])
        leader = new_test_user(
            self.env,
            "board_leader",
            groups="sales_team.group_sale_salesman_all_leads",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        with freeze_time(NOW):
            results = (
                self.env["crm.sales.report"]
                .with_user(leader)
                .with_company(self.company)
                .read_results("month")
            )
        [income] = [row for row in results["figures"] if row["key"] == "income"]
        self.assertEqual(income["value"], 600)
        self.assertEqual(income["before"], 650)

    def test_a_team_and_a_person_leave_out_others(self):
        for limit in ({"team_id": self.team.id}, {"user_id": self.manager.id}):
            board = self._read("sales", self.manager, **limit)
            self.assertEqual(self._values(board, "income"), [400, 250, 0])
            opened = self._opened(self._tile(board, "income")["action"])
            self.assertEqual(sum(opened.mapped("amount_untaxed")), 400)

    def test_breakdowns_add_up_to_the_income(self):
        board = self._read("sales")
        for key in ("team", "user", "categ"):
            rows = self._block(board, key)["rows"]
            self.assertEqual(sum(row["cells"][1] for row in rows), 600)
        rows = [row["cells"] for row in self._block(board, "team")["rows"]]
        self.assertEqual(
            rows, [["Coffee", 400, 66.7, 0, 70.0], ["None", 200, 33.3, 650, 70.0]]
        )

    def test_discount_is_what_the_lines_would_have_cost_more(self):
        order = self._create_order(self.olivar, "2026-05-06", 200)
        order.order_line.discount = 25
        self.company._make_months()
        board = self._read("sales", self.manager)
        self.assertEqual(self._values(board, "discount"), [6.2, 0, 0])
        self.assertEqual(self._opened(self._tile(board, "discount")["action"]), order)

    def test_a_line_that_knows_no_discount_has_none(self):
        order = self._create_order(self.olivar, "2026-05-06", 200)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order_line SET discount = NULL WHERE order_id = %s", [order.id]
        )
        self.company._make_months()
        self.assertEqual(self._values(self._read("sales"), "discount")[0], 0)

    def test_sections_are_no_goods_without_a_category(self):
        self.grinder.categ_id = self.env["product.category"].create({"name": "Mills"})
        order = self._create_order(self.olivar, "2026-05-06", 200)
        section = {"display_type": "line_section", "name": "Mills"}
        order.order_line = [Command.create(section)]
        kettle = self.env["product.product"].create(
            {"name": "Kettle", "type": "consu", "categ_id": False}
        )
        stray = self._create_order(self.olivar, "2026-05-07", 10)
        stray.order_line.write({"product_id": kettle.id, "price_unit": 10})
        self.company._make_months()
        rows = self._block(self._read("sales", self.manager), "categ")["rows"]
        [action] = [row["action"] for row in rows if row["cells"][0] == "None"]
        self.assertEqual(self._opened(action), stray)

    def test_deals_pipeline_and_quotations_are_counted(self):
        deals = self.env["crm.lead"].create(
            [
                {
                    "name": "Grinders",
                    "type": "opportunity",
                    "company_id": self.company.id,
                    "expected_revenue": amount,
                    "probability": 50,
                    "team_id": self.team.id,
                    "date_deadline": "2026-05-30",
                }
                for amount in (700, 100)
            ]
        )
        with freeze_time(NOW):
            deals[1].action_set_won()
        board = self._read("sales")
        self.assertEqual(self._values(board, "won"), [1, 0, 0])
        self.assertEqual(self._values(board, "win_rate"), [100, None, None])
        self.assertEqual(self._values(board, "pipeline"), [700])
        self.assertEqual(self._values(board, "forecast"), [450])
        self.assertEqual(self._values(board, "waiting_amount"), [70])
        self.assertEqual(self._block(board, "stages")["series"][1]["values"], [350])


@tagged("post_install", "-at_install")
class TestOtherBoards(BoardCase):
    def test_service_counts_what_came_was_done_and_how_soon(self):
        team = self.env["helpdesk.ticket.team"].create(
            {"name": "Support", "company_id": self.company.id}
        )
        closed = self.env["helpdesk.ticket.stage"].search(
            [("closed", "=", True)], limit=1
        )
        with freeze_time("2026-05-04 08:00:00"):
            tickets = self.env["helpdesk.ticket"].create(
                [
                    {
                        "name": name,
                        "description": "<p>It stops.</p>",
                        "company_id": self.company.id,
                        "team_id": team.id,
                    }
                    for name in ("Grinder stops", "Grinder is loud")
                ]
            )
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE helpdesk_ticket SET create_date = '2026-05-04 08:00:00'"
                " WHERE id IN %s",
                [tickets._ids],
            )
        with freeze_time("2026-05-04 14:00:00"):
            tickets[0].stage_id = closed
        tickets[0].closed_date = "2026-05-04 14:00:00"
        board = self._read("service", team_id=team.id)
        self.assertEqual(self._values(board, "came"), [2, 0, 0])
        self.assertEqual(self._values(board, "resolved"), [1, 0, 0])
        self.assertEqual(self._values(board, "backlog"), [1])
        self.assertEqual(self._values(board, "resolution"), [6.0, None, None])
        [row] = self._block(board, "teams")["rows"]
        self.assertEqual(row["cells"][:2], [team.display_name, 2])

    def test_marketing_counts_mails_leads_orders_and_what_they_cost(self):
        campaign = self.env["utm.campaign"].create(
            {"name": "Tasting", "crm_cost": 100, "company_id": self.company.id}
        )
        deal = self.env["crm.lead"].create(
            {
                "name": "Grinders",
                "type": "opportunity",
                "company_id": self.company.id,
                "campaign_id": campaign.id,
            }
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = '2026-05-04' WHERE id = %s", [deal.id]
        )
        self._create_order(self.olivar, "2026-05-06", 300, opportunity_id=deal.id)
        self._create_mailing()
        board = self._read("marketing")
        self.assertEqual(self._values(board, "sent")[0], 2)
        self.assertEqual(self._values(board, "opened")[0], 50)
        self.assertEqual(self._values(board, "leads"), [1, 0, 0])
        self.assertEqual(self._values(board, "income"), [300, 0, 0])
        self.assertEqual(self._values(board, "return"), [200])
        [row] = self._block(board, "campaigns")["rows"]
        self.assertEqual(row["cells"][1:5], [1, 1, 300, 100])

    def test_marketing_leaves_out_what_other_companies_sold_and_ran(self):
        shared, foreign = self.env["utm.campaign"].create(
            [
                {"name": "Shared", "crm_cost": 100, "company_id": False},
                {"name": "Foreign", "crm_cost": 50, "company_id": self.other.id},
            ]
        )
        deals = self.env["crm.lead"].create(
            [
                {
                    "name": "Grinders",
                    "type": "opportunity",
                    "company_id": company.id,
                    "campaign_id": campaign.id,
                    "user_id": False,
                    "team_id": False,
                }
                for company, campaign in (
                    (self.company, shared),
                    (self.other, shared),
                    (self.company, foreign),
                )
            ]
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = '2026-05-04' WHERE id IN %s",
            [deals._ids],
        )
        companies = (self.company, self.other, self.company)
        for deal, company, price in zip(deals, companies, (300, 999, 70), strict=True):
            sold = {"opportunity_id": deal.id, "company_id": company.id}
            self._create_order(self.olivar, "2026-05-06", price, **sold)
        board = self._read("marketing")
        self.assertEqual(self._values(board, "leads")[0], 1)
        self.assertEqual(self._values(board, "income")[0], 300)
        self.assertEqual(self._values(board, "return"), [200])
        [row] = self._block(board, "campaigns")["rows"]
        self.assertEqual(row["cells"], ["Shared", 1, 1, 300, 100, 100, 200, 200])

    def _create_mailing(self):
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "Come and taste",
                "mailing_model_id": self.env.ref("base.model_res_partner").id,
                "user_id": self.manager.id,
                "state": "done",
                "sent_date": "2026-05-05 10:00:00",
            }
        )
        self.env["mailing.trace"].create(
            [
                {
                    "mass_mailing_id": mailing.id,
                    "model": "res.partner",
                    "res_id": partner.id,
                    "trace_status": status,
                    "sent_datetime": "2026-05-05 10:00:00",
                }
                for partner, status in ((self.anna, "open"), (self.olivar, "sent"))
            ]
        )

    def test_quality_counts_what_customers_lack(self):
        mine = {"user_id": self.manager.id, "company_id": self.company.id}
        (self.olivar | self.talisman).write(mine)
        board = self._read("quality", user_id=self.manager.id)
        self.assertEqual(self._values(board, "customers"), [2])
        self.assertEqual(self._values(board, "no_class"), [2])
        self.assertEqual(self._values(board, "no_owner"), [0])
        self.assertEqual(self._tile(board, "no_territory")["share"], 100)
        spread = self._block(board, "completeness")["series"][0]["values"]
        self.assertEqual(sum(spread), 2)
        opened = self._opened(self._tile(board, "no_class")["action"])
        self.assertEqual(opened, self.olivar | self.talisman)

    def test_companies_of_a_group_are_customers(self):
        subsidiary = self.env["res.partner"].create(
            {
                "name": "Nordlicht South",
                "is_company": True,
                "parent_id": self.nordlicht.id,
                "user_id": self.manager.id,
            }
        )
        board = self._read("quality", user_id=self.manager.id)
        tile = self._tile(board, "customers")
        self.assertEqual(tile["value"], 1)
        self.assertEqual(self._opened(tile["action"]), subsidiary)


@tagged("post_install", "-at_install")
class TestBoardAccess(BoardCase):
    def test_only_who_has_the_group_sees_boards(self):
        seller = new_test_user(
            self.env,
            "board_seller",
            groups="sales_team.group_sale_salesman",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        portal = new_test_user(self.env, "board_portal", groups="base.group_portal")
        for user in (seller, self.outsider, portal):
            for code in ("management", "quality"):
                with self.assertRaises(AccessError):
                    self._read(code, user)
            with self.assertRaises(AccessError):
                self.env["crm.customer.month"].with_user(user).search([])
            with self.assertRaises(AccessError):
                self.env["crm.sale.month"].with_user(user).search([])

    def test_a_foreign_company_in_the_context_opens_nothing(self):
        foreign = self.env["res.company"].create({"name": "Foreign"})
        boards = self.env["crm.board"].with_user(self.reader)
        boards = boards.with_context(allowed_company_ids=foreign.ids)
        for code in ("management", "sales", "service", "marketing", "quality"):
            with self.subTest(code=code), self.assertRaises(AccessError):
                boards.read_board(code, {})

    def test_nobody_writes_months_by_hand(self):
        for model in ("crm.customer.month", "crm.sale.month"):
            months = self.env[model].with_user(self.manager)
            self.assertTrue(months.has_access("read"))
            for operation in ("create", "write", "unlink"):
                self.assertFalse(months.has_access(operation))

    def test_totals_are_shown_and_records_open_for_who_may_read_them_only(self):
        board = self._read("management", self.reader)
        self.assertEqual(self._values(board, "orders")[0], 3)
        self.assertFalse(self._tile(board, "overdue")["action"])
        sold = self._tile(self._read("sales", self.reader), "income")
        self.assertFalse(sold["action"])
        self.assertTrue(self._tile(board, "turnover")["action"])
        board = self._read("management", self.manager)
        opened = self._opened(self._tile(board, "orders")["action"])
        self.assertEqual(sum(opened.mapped("orders")), 3)

    def test_wrong_filters_are_told_in_plain_words(self):
        gone = self.env["crm.team"].create({"name": "Gone"})
        foreign = self.env["crm.team"].create(
            {"name": "Foreign", "company_id": self.other.id}
        )
        gone_id = gone.id
        gone.unlink()
        for filters in (
            {"date_from": "2026-05-31", "date_to": "2026-05-01"},
            {"date_from": "9999-01-01", "date_to": "9999-12-31"},
            {"date_from": "0001-01-01", "date_to": "2026-12-31"},
            {"date_from": "yesterday", "date_to": "2026-12-31"},
            {"date_from": 5, "date_to": None},
            {"team_id": gone_id},
            {"team_id": foreign.id},
            {"team_id": "1 OR 1=1"},
        ):
            with self.subTest(filters=filters), self.assertRaises(UserError):
                self._read("sales", **filters)
        with self.assertRaises(UserError):
            self._read("res.users")

    def test_without_filters_it_is_this_year_so_far(self):
        board = self._read("sales", date_from=None, date_to=None)
        self.assertEqual(board["filters"]["date_from"], date(2026, 1, 1))
        self.assertEqual(board["filters"]["date_to"], date(2026, 5, 31))
        self.assertEqual(self._values(board, "income"), [850, 0, 650])

    def test_boards_take_few_queries_whatever_they_sum_up(self):
        for code, most in QUERIES.items():
            with self.subTest(code=code):
                self._read(code)
                self.env.flush_all()
                self.env.invalidate_all()
                boards = self.env["crm.board"].with_user(self.reader)
                with freeze_time(NOW), self.assertQueryCount(most):
                    boards.with_company(self.company).read_board(code, MAY)


QUERIES = {
    "management": 40,
    "sales": 40,
    "service": 60,
    "marketing": 40,
    "quality": 40,
}
