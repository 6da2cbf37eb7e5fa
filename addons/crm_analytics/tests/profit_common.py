from datetime import date

from odoo import Command

from .common import AnalyticsCase

YEAR = (date(2025, 1, 1), date(2025, 12, 31))


class ProfitCase(AnalyticsCase):
    """A company with the accounts that invoices need; all happens in 2025."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        accounts = cls.env["account.account"].create(
            [
                {
                    "name": name,
                    "code": f"{number}",
                    "account_type": kind,
                    "reconcile": kind == "asset_receivable",
                    "company_ids": [Command.set(cls.company.ids)],
                }
                for number, (name, kind) in enumerate(
                    [
                        ("Receivable", "asset_receivable"),
                        ("Sales", "income"),
                        ("Bank", "asset_cash"),
                    ],
                    990001,
                )
            ]
        )
        cls.receivable, cls.sales, cls.bank = accounts
        cls.journal, cls.payments = cls.env["account.journal"].create(
            [
                {
                    "name": name,
                    "code": name[:4].upper(),
                    "type": kind,
                    "company_id": cls.company.id,
                    "default_account_id": cls.sales.id,
                }
                for name, kind in (("Sales", "sale"), ("Payments", "general"))
            ]
        )
        people = cls.nordlicht | cls.anna | cls.olivar | cls.talisman
        people.with_company(cls.company).property_account_receivable_id = cls.receivable

    @classmethod
    def _run(cls, date_from=YEAR[0], date_to=YEAR[1], **vals):
        """A computation, done."""
        run = cls.env["crm.profit.run"].create(
            {"company_id": cls.company.id, "date_from": date_from, "date_to": date_to}
            | vals
        )
        run._work(lambda percent, step: None)
        run._end("done")
        cls.env.invalidate_all()
        return run

    @classmethod
    def _profit(cls, partner, run=None):
        """What a run computed of a customer; of the year unless told otherwise."""
        run = run or cls._run()
        return run.profit_ids.filtered(lambda row: row.partner_id == partner)

    @classmethod
    def _parts(cls, partner, run=None):
        """The amounts of a customer's profit by source."""
        return {line.source: line.amount for line in cls._profit(partner, run).line_ids}

    @classmethod
    def _sell(cls, partner, day="2025-03-01", state="sale", **line):
        """An order of a grinder for 100 that costs 60, unless told otherwise."""
        order = cls._create_order(partner, day, state="draft")
        order.order_line.write(line)
        order.state = state
        return order

    @classmethod
    def _bill(cls, partner, amount, day="2025-03-01", move_type="out_invoice", **vals):
        """A posted invoice or credit note of one line, due at once."""
        line = {"name": "Grinder", "price_unit": amount, "tax_ids": False}
        line |= vals.pop("line", {})
        move = cls.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": partner.id,
                "journal_id": cls.journal.id,
                "invoice_date": day,
                "invoice_date_due": day,
                "date": day,
                "invoice_line_ids": [Command.create(line)],
            }
            | vals
        )
        move.action_post()
        return move

    @classmethod
    def _refund(cls, order, amount, day="2025-04-01", **vals):
        """A posted credit note for an order's line."""
        line = {"sale_line_ids": [Command.set(order.order_line.ids)]}
        return cls._bill(order.partner_id, amount, day, "out_refund", line=line, **vals)

    @classmethod
    def _pay(cls, invoice, amount, day):
        """A payment of an invoice or of a part of it."""
        partner = invoice.commercial_partner_id
        sides = (
            (cls.bank, amount, 0),
            (cls.receivable, 0, amount),
        )
        entry = cls.env["account.move"].create(
            {
                "journal_id": cls.payments.id,
                "date": day,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": partner.id,
                            "debit": debit,
                            "credit": credit,
                        }
                    )
                    for account, debit, credit in sides
                ],
            }
        )
        entry.action_post()
        lines = (invoice | entry).line_ids
        lines.filtered(lambda line: line.account_id == cls.receivable).reconcile()
