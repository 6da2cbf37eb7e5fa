from odoo import fields, models


class CrmTeam(models.Model):
    _inherit = "crm.team"

    requires_next_step = fields.Boolean(
        "A Next Step Is Required",
        help="A deal of the team moves on only if something is planned on it, and"
        " nothing planned is overdue. Winning and losing are always possible.",
    )
