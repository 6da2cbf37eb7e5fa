from odoo import fields, models


class HelpdeskTicketStage(models.Model):
    _inherit = "helpdesk.ticket.stage"

    satisfaction_ask = fields.Boolean(
        "Ask for Satisfaction",
        default=True,
        help="Untick it for stages such as Spam or Rejected: their tickets were no"
        " service to anybody.",
    )
