from odoo import models


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    # The mail gateway finds loops of one sender by this field.
    _primary_email = "partner_email"

    def _portal_closing_stages(self):
        """Give the stages into which the customer may close this ticket."""
        self.ensure_one()
        return self.team_id._get_applicable_stages().filtered("close_from_portal")
