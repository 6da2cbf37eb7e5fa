from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    ticket_team_id = fields.Many2one(
        related="company_id.ticket_team_id", readonly=False
    )
    ticket_form = fields.Boolean(related="company_id.ticket_form", readonly=False)
