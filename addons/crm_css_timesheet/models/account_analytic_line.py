from odoo import api, fields, models


class AccountAnalyticLine(models.Model):
    _inherit = "account.analytic.line"

    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
    )

    @api.depends("ticket_id.partner_id")
    def _compute_partner_id(self):
        """The time was spent for the customer of the ticket."""
        result = super()._compute_partner_id()
        for line in self:
            if line.ticket_id.partner_id:
                line.partner_id = line.ticket_id.partner_id
        return result
