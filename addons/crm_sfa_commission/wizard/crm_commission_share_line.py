from odoo import fields, models


class CrmCommissionShareLine(models.TransientModel):
    """A person's share that is being agreed."""

    _name = "crm.commission.share.line"
    _description = "Line of Sharing a Commission"

    wizard_id = fields.Many2one(
        "crm.commission.share", required=True, index=True, ondelete="cascade"
    )
    user_id = fields.Many2one(
        "res.users", "Person", required=True, domain="[('share', '=', False)]"
    )
    share = fields.Float("Share %", required=True, digits=(16, 2))
