from odoo import fields, models


class HelpdeskTicketStage(models.Model):
    _inherit = "helpdesk.ticket.stage"

    for_service_partner = fields.Boolean(
        "Service Partners May Set It",
        help="Offered on the portal to the company that serves the territory for us.",
    )
