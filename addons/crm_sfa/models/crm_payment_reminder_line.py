from odoo import api, fields, models


class CrmPaymentReminderLine(models.Model):
    """An overdue invoice, or an instalment of one, as a reminder named it."""

    _name = "crm.payment.reminder.line"
    _description = "Invoice of a Payment Reminder"
    _order = "reminder_id desc, date_due, id"
    _rec_name = "move_id"

    reminder_id = fields.Many2one(
        "crm.payment.reminder", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="reminder_id.company_id", store=True, index=True
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    item_id = fields.Many2one(
        "account.move.line", "Entry", required=True, index=True, ondelete="cascade"
    )
    move_id = fields.Many2one(
        "account.move", "Invoice", required=True, index=True, ondelete="cascade"
    )
    date_due = fields.Date("Due", required=True)
    days_late = fields.Integer(required=True, aggregator="max")
    currency_id = fields.Many2one("res.currency", required=True)
    amount_currency = fields.Monetary("Open")
    amount = fields.Monetary(
        "In Company Currency", currency_field="company_currency_id"
    )

    @api.private
    def pay_url(self) -> str:
        """Give the page on which the customer sees the invoice and pays it."""
        self.ensure_one()
        # The link is for the customer, who is no user of ours.
        move_sudo = self.move_id.sudo()
        return move_sudo.get_base_url() + move_sudo.get_portal_url()
