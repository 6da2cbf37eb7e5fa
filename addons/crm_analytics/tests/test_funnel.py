import doctest
import io
from datetime import datetime

import openpyxl

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged

from ..tools import contribution, funnel, report_day, sheet
from .common import AnalyticsCase

YEAR = {"first": "2026-01-01", "last": "2026-12-31"}
PAGE = "/odoo/funnel?by=quarter&first=2026-01-02&last=2026-12-30"


class FunnelCase(AnalyticsCase):
    """Two quarters: in the first all of ten leads ordered, in the second one of ten,
    who came of a campaign and ordered again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = "UTC"
        cls.funnel = cls.env["crm.funnel"]
        cls.campaign = cls.env["utm.campaign"].create({"name": "Fair in Berlin"})
        cls.good = [cls._create_lead("2026-01-10") for _at in range(10)]
        for lead in cls.good:
            cls._order_of(lead, "2026-01-20", 100)
        cls.leads = [cls._create_lead("2026-04-10") for _at in range(9)]
        cls.won = cls._create_lead(
            "2026-04-10", partner=cls.anna, campaign_id=cls.campaign.id
        )
        cls.order = cls._order_of(cls.won, "2026-04-16", 500)
        cls.again = cls._create_order(cls.nordlicht, "2026-05-01", 700)

    @classmethod
    def _create_lead(cls, day, partner=None, **vals):
        lead = cls.env["crm.lead"].create(
            {
                "name": "Grinders",
                "type": "opportunity",
                "company_id": cls.company.id,
                "partner_id": partner.id if partner else False,
                "expected_revenue": 50,
                "user_id": False,
                "team_id": False,
            }
            | vals
        )
        cls._backdate(lead, day)
        return lead

    @classmethod
    def _backdate(cls, record, day):
        cls.env.flush_all()
        cls.env.cr.execute(
            f"UPDATE {record._table} SET create_date = %s WHERE id = %s",
            [datetime.fromisoformat(f"{day} 12:00"), record.id],
        )
        record.invalidate_recordset(["create_date"])

    @classmethod
    def _order_of(cls, lead, day, price, **vals):
        partner = lead.partner_id or cls.olivar
        order = cls._create_order(partner, day, price, opportunity_id=lead.id, **vals)
        cls._backdate(order, day)
        return order

    @classmethod
    def _create_books(cls):
        """The accounts and the journal without which no invoice is posted."""
        accounts = cls.env["account.account"].create(
            [
                {"name": name, "code": code, "account_type": kind}
                for name, code, kind in (
                    ("Income", "400000", "income"),
                    ("Customers", "121000", "asset_receivable"),
                )
            ]
        )
        cls.env["account.journal"].create(
            {
                "name": "Invoices",
                "code": "INV",
                "type": "sale",
                "company_id": cls.company.id,
                "default_account_id": accounts[0].id,
            }
        )
        customers = cls.nordlicht | cls.anna | cls.olivar | cls.talisman
        customers.property_account_receivable_id = accounts[1]

    def _read(self, user=None, **request):
        funnel = self.funnel.with_user(user or self.reader)
        return funnel.read_funnel(**(YEAR | request))

    def _steps(self, **request):
        return {step["key"]: step for step in self._read(**request)["steps"]}


@tagged("post_install", "-at_install")
class TestFunnel(FunnelCase):
    def test_examples_in_docstrings_hold(self):
        for module, least in (
            (contribution, 14),
            (funnel, 11),
            (report_day, 5),
            (sheet, 3),
        ):
            result = doctest.testmod(module)
            self.assertGreaterEqual(result.attempted, least)
            self.assertFalse(result.failed)

    def test_each_step_has_number_money_conversion_and_median_days(self):
        steps = self._steps(first="2026-04-01")
        counts = {key: step["count"] for key, step in steps.items()}
        self.assertEqual(
            counts,
            {
                "lead": 10,
                "opportunity": 10,
                "quotation": 1,
                "order": 1,
                "delivery": 0,
                "invoice": 0,
                "service": 0,
                "repeat": 1,
            },
        )
        # Odoo sets what is expected of a won lead to what was ordered.
        self.assertEqual(steps["lead"]["money"], 9 * 50 + 500)
        self.assertEqual(steps["order"]["money"], 500)
        self.assertEqual(steps["repeat"]["money"], 700)
        self.assertAlmostEqual(steps["quotation"]["conversion"], 0.1)
        self.assertEqual(steps["quotation"]["days"], 6)
        self.assertEqual(steps["repeat"]["days"], 15)

    def test_leak_is_what_the_best_quarter_would_have_brought_more(self):
        step = self._steps(first="2026-04-01")["quotation"]
        self.assertEqual(step["best"]["value"], 1)
        # Nine of ten are missing; who was quoted brought 500.
        self.assertEqual(step["leak"], {"count": 9.0, "money": 4500.0})
        missing = self.funnel.search(step["leak_action"]["domain"])
        self.assertEqual(missing.lead_id.ids, [lead.id for lead in self.leads][::-1])

    def test_rows_are_quarters_or_members_of_a_dimension_and_open_their_leads(self):
        rows = self._read()["rows"]
        self.assertEqual([row["cells"][0]["count"] for row in rows], [10, 10])
        rows = self._read(by="campaign")["rows"]
        self.assertEqual([row["label"] for row in rows], ["None", "Fair in Berlin"])
        order = rows[1]["cells"][3]
        self.assertEqual(order["conversion"], 1)
        self.assertEqual(
            self.funnel.search(order["action"]["domain"]).lead_id, self.won
        )

    def test_narrowed_to_a_campaign_nothing_else_counts(self):
        board = self._read(wanted={"campaign": self.campaign.id})
        self.assertEqual(board["steps"][0]["count"], 1)
        self.assertEqual(board["wanted"][0]["label"], "Fair in Berlin")
        self.assertEqual(board["others"]["count"], 0)
        self.assertEqual(self._read(wanted={"campaign": 0})["steps"][0]["count"], 19)

    def test_orders_without_a_lead_are_told_beside_all_orders(self):
        others = self._read()["others"]
        self.assertEqual((others["count"], others["money"]), (1, 700))
        self.assertEqual((others["all_count"], others["all_money"]), (12, 2200))
        # Who may not read orders is offered none.
        self.assertIsNone(others["action"])
        leader = self._create_user("funnel_leader", "group_user")
        leader.group_ids |= self.env.ref("sales_team.group_sale_salesman_all_leads")
        others = self._read(user=leader)["others"]
        self.assertEqual(
            self.env["sale.order"].search(others["action"]["domain"]), self.again
        )

    def test_delivery_invoice_and_service_are_steps_after_the_order(self):
        self._create_books()
        line = self.order.order_line
        line.product_id.invoice_policy = "order"
        line.qty_delivered = 1
        invoice = self.order._create_invoices()
        invoice.invoice_date = "2026-04-18"
        invoice.action_post()
        team = self.env["helpdesk.ticket.team"].create({"name": "Service"})
        ticket = self.env["helpdesk.ticket"].create(
            {
                "name": "Too hot",
                "description": "It is.",
                "partner_id": self.anna.id,
                "team_id": team.id,
                "company_id": self.company.id,
            }
        )
        self._backdate(ticket, "2026-04-26")
        steps = self._steps(first="2026-04-01")
        for key in ("delivery", "invoice", "service"):
            self.assertEqual(steps[key]["count"], 1, key)
        self.assertEqual(steps["delivery"]["money"], 500)
        self.assertEqual(steps["invoice"]["money"], 500)
        self.assertEqual((steps["invoice"]["days"], steps["service"]["days"]), (2, 10))
        self.assertIsNone(steps["service"]["leak"])
        # A ticket from before the order is no service of it.
        self._backdate(ticket, "2026-04-01")
        self.assertEqual(self._steps(first="2026-04-01")["service"]["count"], 0)

    def test_foreign_money_counts_at_the_orders_rate_and_cancelled_orders_do_not(self):
        self.order.currency_rate = 2
        self._order_of(self.leads[0], "2026-04-20", 900, state="cancel")
        steps = self._steps(first="2026-04-01")
        self.assertEqual(steps["order"]["money"], 250)
        self.assertEqual((steps["quotation"]["count"], steps["order"]["count"]), (2, 1))

    def test_doubles_and_leads_of_other_companies_are_no_members(self):
        self.leads[0].merged_into_id = self.leads[1]
        other = self.env["res.company"].create({"name": "Other"})
        self.leads[2].write({"company_id": other.id})
        self.assertEqual(self._steps()["lead"]["count"], 18)
        mine = self.funnel.with_user(self.reader)
        self.assertFalse(mine.search([("lead_id", "=", self.leads[2].id)]))

    def test_days_are_those_of_the_companys_clock(self):
        self.company.partner_id.tz = "Pacific/Auckland"
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = '2026-03-31 13:00' WHERE id = %s",
            [self.won.id],
        )
        rows = self._read(by="month", first="2026-04-01")["rows"]
        self.assertEqual([row["key"] for row in rows], ["2026-04-01"])
        self.assertEqual(rows[0]["cells"][0]["count"], 10)

    def test_mails_of_another_companys_people_do_not_count(self):
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            "funnel_mailer",
            groups="base.group_user",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        for user in (self.manager, stranger):
            mailing = self.env["mailing.mailing"].create(
                {
                    "subject": "Come to the fair",
                    "mailing_model_id": self.env.ref("base.model_res_partner").id,
                    "campaign_id": self.campaign.id,
                    "user_id": user.id,
                }
            )
            self.env["mailing.trace"].create(
                {
                    "mass_mailing_id": mailing.id,
                    "model": "res.partner",
                    "res_id": self.anna.id,
                    "sent_datetime": "2026-05-05 10:00:00",
                }
            )
        self.assertEqual(self._read()["campaign"]["sent"], 1)

    def test_is_one_handful_of_queries(self):
        self._read()
        with self.assertQueryCount(9):
            self._read()

    def test_nothing_to_show_is_no_error(self):
        board = self._read(first="2020-01-01", last="2020-12-31")
        self.assertEqual(board["rows"], [])
        self.assertEqual([step["count"] for step in board["steps"]], [0] * 8)
        self.assertIsNone(board["steps"][1]["conversion"])

    def test_what_cannot_be_shown_is_told(self):
        for request in (
            {"by": "planet"},
            {"first": "yesterday"},
            {"first": "0001-01-01"},
            {"first": "2026-12-31", "last": "2026-01-01"},
            {"first": "2001-01-01"},
            {"wanted": {"name": 1}},
            {"wanted": {"team": "1; DROP TABLE"}},
            {"wanted": [1]},
        ):
            with self.subTest(request=request), self.assertRaises(UserError):
                self._read(**request)

    def test_is_not_for_those_who_are_no_readers(self):
        portal = new_test_user(self.env, "funnel_portal", groups="base.group_portal")
        seller = new_test_user(
            self.env, "funnel_seller", groups="sales_team.group_sale_salesman"
        )
        for user in (self.outsider, seller, portal, self.env.ref("base.public_user")):
            with self.assertRaises(AccessError):
                self._read(user=user)
            with self.assertRaises(AccessError):
                self.funnel.with_user(user).search([])


@tagged("post_install", "-at_install")
class TestFunnelPage(HttpCase, FunnelCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in cls.reader | cls.outsider:
            user.password = user.login

    def test_sheet_has_what_is_shown_and_no_formulas(self):
        self.campaign.title = "=1+1"
        self.authenticate(self.reader.login, self.reader.login)
        query = "by=campaign&first=2026-01-01&last=2026-12-31"
        answer = self.url_open(f"/crm_analytics/funnel.xlsx?{query}")
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        steps, rows = book.worksheets
        lead = next(row for row in steps.iter_rows() if row[0].value == "Lead")
        self.assertEqual(lead[1].value, 20)
        cell = next(
            row[0] for row in rows.iter_rows() if str(row[0].value).startswith("=")
        )
        self.assertEqual((cell.value, cell.data_type), ("=1+1", "s"))

    def test_sheet_is_for_readers_only(self):
        self.authenticate(self.outsider.login, self.outsider.login)
        answer = self.url_open("/crm_analytics/funnel.xlsx")
        self.assertEqual(answer.status_code, 403)
        self.authenticate(self.reader.login, self.reader.login)
        answer = self.url_open("/crm_analytics/funnel.xlsx?wanted=%7B")
        self.assertEqual(answer.status_code, 400)

    def test_tour(self):
        self.start_tour(PAGE, "crm_analytics_funnel", login=self.reader.login)


@tagged("post_install", "-at_install")
class TestFunnelPhone(HttpCase, FunnelCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_tour_on_the_phone(self):
        self.reader.password = self.reader.login
        self.start_tour(PAGE, "crm_analytics_funnel", login=self.reader.login)
