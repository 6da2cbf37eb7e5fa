from odoo import fields, models


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    # The mail gateway finds loops of one sender by this field.
    _primary_email = "partner_email"

    # Both are searched from their other end; helpdesk_mgmt has no index on them.
    partner_id = fields.Many2one(index=True)
    duplicate_id = fields.Many2one(index="btree_not_null")

    def _portal_closing_stages(self):
        """Give the stages into which the customer may close this ticket."""
        self.ensure_one()
        return self.team_id._get_applicable_stages().filtered("close_from_portal")
