from odoo import fields, models


class CrmRelationshipChange(models.Model):
    _inherit = "crm.relationship.change"

    # Told from other jobs: an analysis takes back only what an analysis gave.
    reason = fields.Selection(
        selection_add=[("analysis", "Analysis of customers")],
        ondelete={"analysis": "set default"},
    )
