from datetime import timedelta

from odoo import Command, fields
from odoo.tests import new_test_user

from .common import SalesCase


class OrdersCase(SalesCase):
    """A service that is delivered by hand, so that it needs no stock, and what
    customers owe for it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = new_test_user(
            cls.env,
            "sfa_accountant",
            groups="account.group_account_invoice",
            name="Ada Accountant",
        )
        cls.roast = cls.env["product.product"].create(
            {
                "name": "Roasting",
                "type": "service",
                "list_price": 100,
                "invoice_policy": "delivery",
                "taxes_id": [Command.clear()],
            }
        )
        cls.today = fields.Date.today()

    @classmethod
    def _sell(cls, partner=None, quantity=2, days_ago=0, confirm=True, **line):
        """An order of some roasting by Nordlicht, so many days ago."""
        line = {"product_id": cls.roast.id, "product_uom_qty": quantity} | line
        order = cls._create_order(
            partner=partner, confirm=confirm, order_line=[Command.create(line)]
        )
        if days_ago:
            order.date_order = fields.Datetime.now() - timedelta(days=days_ago)
        return order

    @classmethod
    def _bill(cls, order, days_late=0, post=True):
        """Deliver an order, and send the invoice; it is due so many days ago."""
        for line in order.order_line:
            line.qty_delivered = line.product_uom_qty
        invoice = order._create_invoices()
        due = cls.today - timedelta(days=days_late)
        invoice.write(
            {
                "invoice_payment_term_id": False,
                "invoice_date": due - timedelta(days=30),
                "invoice_date_due": due,
            }
        )
        if post:
            invoice.action_post()
        return invoice

    @classmethod
    def _owe(cls, partner=None, days_late=10, quantity=1, **line):
        order = cls._sell(partner, quantity, **line)
        return cls._bill(order, days_late)

    @classmethod
    def _pay(cls, invoice, **vals):
        wizard = cls.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        return wizard.create(vals)._create_payments()

    @classmethod
    def _ladder(cls, *steps, **vals):
        """A ladder of steps (days, channel); 5 days a mail, 15 days a call."""
        template = cls.env.ref("crm_sfa.mail_template_payment_friendly")
        steps = steps or ((5, "mail"), (15, "call"))
        vals = {
            "name": "Everybody",
            "user_id": cls.leader.id,
            "step_ids": [
                Command.create(
                    {
                        "name": f"Step {days}",
                        "days": days,
                        "channel": channel,
                        "mail_template_id": template.id if channel == "mail" else False,
                    }
                )
                for days, channel in steps
            ],
        } | vals
        return cls.env["crm.payment.ladder"].create(vals)

    def _due(self, partner=None, user=None):
        self.env.invalidate_all()
        due = self.env["crm.payment.due"].with_user(user or self.manager)
        return due.search([("partner_id", "=", (partner or self.nordlicht).id)])
