from odoo import fields, models


class CrmLeadCriterion(models.Model):
    """A criterion that was ticked on a deal, or that a manager let it pass without."""

    _name = "crm.lead.criterion"
    _description = "Criterion of a Deal"
    _order = "id desc"
    _rec_name = "criterion_id"

    lead_id = fields.Many2one(
        "crm.lead", "Deal", required=True, index=True, ondelete="cascade", readonly=True
    )
    criterion_id = fields.Many2one(
        "crm.stage.criterion",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    user_id = fields.Many2one(
        "res.users",
        "By",
        required=True,
        default=lambda self: self.env.user,
        readonly=True,
    )
    date = fields.Datetime(
        "On", required=True, default=fields.Datetime.now, readonly=True
    )
    is_waived = fields.Boolean("Let Pass", readonly=True)
    reason = fields.Char(readonly=True)

    _once = models.UniqueIndex(
        "(lead_id, criterion_id)", "This criterion is ticked on the deal already."
    )
