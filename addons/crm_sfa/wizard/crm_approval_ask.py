from odoo import fields, models


class CrmApprovalAsk(models.TransientModel):
    """The reason for which somebody asks to pass limits."""

    _name = "crm.approval.ask"
    _description = "Ask for Approval"

    order_id = fields.Many2one("sale.order")
    move_id = fields.Many2one("account.move")
    hint = fields.Text(compute="_compute_hint")
    reason = fields.Text(required=True)

    def _compute_hint(self):
        for ask in self:
            ask.hint = ask._document().approval_hint

    def _document(self):
        return self.order_id or self.move_id

    def action_ask(self) -> dict:
        self.ensure_one()
        self._document()._approval_ask(self.reason)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
