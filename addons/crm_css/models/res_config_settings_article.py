from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    help_access = fields.Selection(related="company_id.help_access", readonly=False)
