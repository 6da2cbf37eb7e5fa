from odoo import fields, models


class AccountMoveReversal(models.TransientModel):
    _inherit = "account.move.reversal"

    ticket_id = fields.Many2one("helpdesk.ticket", readonly=True)
    commercial_partner_id = fields.Many2one(related="ticket_id.commercial_partner_id")

    def _prepare_default_reversal(self, move):
        vals = super()._prepare_default_reversal(move)
        if self.ticket_id:
            vals["ticket_id"] = self.ticket_id.id
        return vals
