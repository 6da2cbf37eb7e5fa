from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    ticket_team_id = fields.Many2one(
        "helpdesk.ticket.team",
        "Team of new tickets",
        help="Gets the tickets of customers who chose no team.",
    )
    ticket_form = fields.Boolean("Public form for tickets")
