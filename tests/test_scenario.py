"""The main job from end to end: spreadsheet, mail, ticket, order, portal, time line."""

from odoo import http
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import format_amount

from odoo.addons.crm_css.tests.common import ServiceCase

SHEET = """Customer;Mail;Phone;Country
Seewind Hotel GmbH;INFO@Seewind.example.com;030 / 90 18 25;Germany
"""
MAIL = """From: Seewind <Info@SEEWIND.example.com>
To: support@suite.example.com
Subject: Machine leaks
Message-ID: <leak-1@seewind.example.com>
Content-Type: text/plain; charset=utf-8

Water under the machine since this morning.
"""


@tagged("post_install", "-at_install")
class TestScenario(HttpCase, ServiceCase):
    def test_from_the_spreadsheet_to_the_rating(self):
        customer = self._import_customer()
        ticket = self._receive_mail()
        self.assertEqual(ticket.partner_id, customer)
        order = self._sell(customer)
        self._answer_close_and_rate(customer, ticket)

        self.agent.group_ids += self.env.ref("crm_sfa.crm_sfa_group_reader")
        card = customer.with_user(self.agent).crm_card()
        self.assertEqual(card["value_class"], "")
        rows = card["timeline"]["rows"]
        self.assertEqual(rows, sorted(rows, key=lambda row: row["date"], reverse=True))
        self.assertLessEqual(
            {
                ("mail", "Machine leaks"),
                ("ticket", ticket.display_name),
                (
                    "order",
                    f"{order.name} · "
                    + format_amount(self.env, order.amount_total, order.currency_id),
                ),
                ("message", "It leaks again"),
                ("rating", "Fast"),
            },
            {(row["kind"], row["subject"]) for row in rows},
        )

    def _import_customer(self):
        wizard = self.env["base_import.import"].create(
            {
                "res_model": "res.partner",
                "file": SHEET.encode(),
                "file_type": "text/csv",
                "file_name": "customers.csv",
            }
        )
        fields = ["name", "email", "phone", "country_id"]
        options = {"has_headers": True, "separator": ";", "quoting": '"'}
        result = wizard.execute_import(fields, fields, options)
        self.assertFalse(result["messages"])
        customer = self.env["res.partner"].browse(result["ids"])
        self.assertEqual(customer.phone, "+49 30 901825")
        return customer

    def _receive_mail(self):
        ticket_id = self.env["mail.thread"].message_process(None, MAIL.encode())
        return self.env["helpdesk.ticket"].browse(ticket_id)

    def _sell(self, customer):
        seller = new_test_user(
            self.env, "scene_seller", groups="sales_team.group_sale_salesman"
        )
        product = self.env["product.product"].create({"name": "Gasket"})
        order = self.env["sale.order"].create(
            {
                "partner_id": customer.id,
                "user_id": seller.id,
                "order_line": [(0, 0, {"product_id": product.id})],
            }
        )
        order.with_user(seller).action_confirm()
        return order

    def _answer_close_and_rate(self, customer, ticket):
        login = "scene_portal"
        groups = "base.group_portal"
        new_test_user(
            self.env, login, password=login, groups=groups, partner_id=customer.id
        )
        self.authenticate(login, login)
        self.assertIn(ticket.name, self.url_open("/my/tickets").text)
        self.assertEqual(self.url_open("/my/orders").status_code, 200)
        self.make_jsonrpc_request(
            "/mail/message/post",
            {
                "thread_model": "helpdesk.ticket",
                "thread_id": ticket.id,
                "post_data": {"body": "It leaks again", "message_type": "comment"},
            },
        )
        done = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        token = http.Request.csrf_token(self)
        close = {"csrf_token": token, "ticket_id": ticket.id, "stage_id": done.id}
        self.url_open("/ticket/close", data=close)
        rate = {"csrf_token": token, "rate": "5", "feedback": "Fast"}
        self.url_open(f"/my/ticket/{ticket.id}/rate", data=rate)
        self.assertTrue(ticket.closed)
