from odoo import fields, models

from .crm_lead_motive import WEIGHTS


class CrmLeadCompetitor(models.Model):
    """A competitor who takes part in a deal, and how dangerous it is there."""

    _name = "crm.lead.competitor"
    _description = "Competitor in a Deal"
    _order = "threat desc, id"
    _rec_name = "competitor_id"

    lead_id = fields.Many2one(
        "crm.lead", "Deal", required=True, index=True, ondelete="cascade"
    )
    competitor_id = fields.Many2one(
        "crm.competitor", required=True, index=True, ondelete="restrict"
    )
    threat = fields.Selection(WEIGHTS, "Dangerous", required=True, default="3")
    is_winner = fields.Boolean("Got the Deal")

    _once = models.UniqueIndex(
        "(lead_id, competitor_id)", "This competitor stands on the deal already."
    )
