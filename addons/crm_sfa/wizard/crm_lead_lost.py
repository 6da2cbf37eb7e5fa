from odoo import fields, models


class CrmLeadLost(models.TransientModel):
    """Who loses a deal is asked why, and to whom."""

    _inherit = "crm.lead.lost"

    motive_ids = fields.Many2many(
        "crm.motive", string="Motives", help="What the customer said or meant."
    )
    competitor_id = fields.Many2one(
        "crm.competitor", "Went To", help="The competitor who got the deal."
    )

    def action_lost_reason_apply(self):
        self.lead_ids._note_motives(self.motive_ids)
        self.lead_ids._note_winner(self.competitor_id)
        return super().action_lost_reason_apply()
