from datetime import date

from odoo import Command

from odoo.addons.crm_sfa.tests.common import SalesCase

from ..tools.commission import period_of

JULY = "2026-07-15 12:00:00"


class CommissionCase(SalesCase):
    """Goods without tax; a plan pays the seller 5 % of what is invoiced, unless told
    otherwise."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        goods = cls.grinder | cls.beans
        goods.taxes_id = False
        goods.invoice_policy = "order"
        cls.machines, cls.food = cls.env["product.category"].create(
            [{"name": "Machines"}, {"name": "Food"}]
        )
        cls.grinder.categ_id = cls.machines
        cls.beans.categ_id = cls.food

    @classmethod
    def _rate(cls, rate=5, **vals):
        return Command.create({"rate": rate} | vals)

    @classmethod
    def _tiers(cls, mode, *tiers, **vals):
        """A rate made of (from, to, rate)."""
        names = ("amount_from", "amount_to", "rate")
        parts = [Command.create(dict(zip(names, tier, strict=True))) for tier in tiers]
        return Command.create({"mode": mode, "tier_ids": parts} | vals)

    @classmethod
    def _create_plan(cls, confirm=True, users=None, **vals):
        members = [
            Command.create({"user_id": user.id})
            for user in (cls.seller if users is None else users)
        ]
        vals = {
            "name": "Sales",
            "date_from": "2026-01-01",
            "rate_ids": [cls._rate()],
            "member_ids": members,
        } | vals
        plan = cls.env["crm.commission.plan"].create(vals)
        if confirm:
            plan.action_confirm()
        return plan

    @classmethod
    def _sell(cls, day, amount=100, product=None, **vals):
        """A confirmed order of that day."""
        line = {"product_id": (product or cls.grinder).id, "price_unit": amount}
        order = cls._create_order(order_line=[Command.create(line)], **vals)
        order.action_confirm()
        order.date_order = f"{day} 12:00:00"
        return order

    @classmethod
    def _invoice(cls, day, amount=100, product=None, post=True, **vals):
        product = product or cls.grinder
        line = {"product_id": product.id, "price_unit": amount, "tax_ids": False}
        move = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": cls.nordlicht.id,
                "invoice_user_id": cls.seller.id,
                "team_id": cls.team.id,
                "invoice_date": day,
                "date": day,
                "invoice_line_ids": [Command.create(line)],
            }
            | vals
        )
        if post:
            move.action_post()
        return move

    @classmethod
    def _refund(cls, invoice, day, amount=None):
        """A credit note that reverses an invoice, or a part of it."""
        refund = invoice._reverse_moves([{"invoice_date": day, "date": day}])
        if amount:
            refund.invoice_line_ids.price_unit = amount
        refund.action_post()
        return refund

    @classmethod
    def _pay(cls, invoice, day, **vals):
        wizard = cls.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        wizard.create({"payment_date": day} | vals)._create_payments()

    @classmethod
    def _share(cls, order, *shares):
        wizard = cls.env["crm.commission.share"].create({"order_id": order.id})
        wizard.line_ids = [Command.clear()] + [
            Command.create({"user_id": user.id, "share": share})
            for user, share in shares
        ]
        wizard.action_apply()

    @classmethod
    def _settle(cls, plan, day, user=None, confirm=False):
        """The statement of the period of a day, made anew."""
        period = period_of(date.fromisoformat(day), plan.period)
        plan._compute_period(*period)
        statement = cls._statement(day, user, plan.period)
        if confirm:
            statement.action_confirm()
        return statement

    @classmethod
    def _statement(cls, day, user=None, size="month"):
        date_from, _ = period_of(date.fromisoformat(day), size)
        return cls.env["crm.commission.statement"].search(
            [("user_id", "=", (user or cls.seller).id), ("date_from", "=", date_from)]
        )

    def _amounts(self, statement):
        return statement.line_ids.mapped("amount")

    def assertLines(self, statement, *lines):
        """Compare (kind, counts, rate, commission)."""
        statement.invalidate_recordset()
        found = [
            (line.kind, round(line.base, 2), round(line.rate, 3), line.amount)
            for line in statement.line_ids
        ]
        self.assertEqual(found, list(lines))
