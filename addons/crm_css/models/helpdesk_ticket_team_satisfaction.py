from odoo import fields, models

from .res_company_service import AGENTS


class HelpdeskTicketTeam(models.Model):
    _inherit = "helpdesk.ticket.team"

    satisfaction_ask = fields.Boolean(
        "Ask for Satisfaction",
        help="The customer is asked by mail for a vote after a ticket is closed.",
    )
    satisfaction_delay = fields.Integer(
        "Ask After",
        default=4,
        help="So many hours after the ticket was closed. A ticket that is reopened in"
        " the meantime is not asked for.",
    )
    satisfaction_template_id = fields.Many2one(
        "mail.template",
        "Mail That Asks",
        domain=[("model", "=", "helpdesk.ticket")],
        help="Empty: the mail of the suite.",
    )

    _satisfaction_delay_sensible = models.Constraint(
        "CHECK (satisfaction_delay BETWEEN 0 AND 720)",
        "The customer is asked 0 to 720 hours after the ticket was closed.",
    )

    def _leader(self, company):
        """Give who answers for the team's work: its leader, or else the manager."""
        leader_sudo = self.user_id.sudo()  # groups are for administrators to read
        if leader_sudo.active and leader_sudo.has_group(AGENTS):
            return self.user_id
        return company._service_manager()
