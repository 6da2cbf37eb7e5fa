from odoo import fields, models

WEIGHTS = [
    ("1", "Hardly"),
    ("2", "A little"),
    ("3", "Somewhat"),
    ("4", "Much"),
    ("5", "Decisive"),
]


class CrmLeadMotive(models.Model):
    """A motive of the customer in a deal, with its weight."""

    _name = "crm.lead.motive"
    _description = "Motive in a Deal"
    _order = "weight desc, id"
    _rec_name = "motive_id"

    lead_id = fields.Many2one(
        "crm.lead", "Deal", required=True, index=True, ondelete="cascade"
    )
    motive_id = fields.Many2one(
        "crm.motive", required=True, index=True, ondelete="restrict"
    )
    kind = fields.Selection(related="motive_id.kind", store=True)
    weight = fields.Selection(WEIGHTS, required=True, default="3")
    answer = fields.Text(related="motive_id.answer")

    _once = models.UniqueIndex(
        "(lead_id, motive_id)", "This motive stands on the deal already."
    )
