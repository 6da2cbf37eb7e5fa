from odoo import fields, models


class HelpdeskTicketStage(models.Model):
    _inherit = "helpdesk.ticket.stage"

    party = fields.Selection(
        [("us", "We"), ("customer", "The customer"), ("supplier", "A supplier")],
        "Who has to act",
        required=True,
        default="us",
        help="While the customer or a supplier has to act, the clocks of the service "
        "level stand still. An answer of the customer brings the ticket back to us.",
    )
