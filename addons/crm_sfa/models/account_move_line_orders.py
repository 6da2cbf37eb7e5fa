from odoo import fields, models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _prepare_reminder_line(self) -> dict:
        """What a payment reminder says of this entry."""
        self.ensure_one()
        due = self.date_maturity or self.date
        return {
            "item_id": self.id,
            "move_id": self.move_id.id,
            "date_due": due,
            "days_late": (fields.Date.context_today(self) - due).days,
            "currency_id": self.currency_id.id,
            "amount_currency": self.amount_residual_currency,
            "amount": self.amount_residual,
        }
