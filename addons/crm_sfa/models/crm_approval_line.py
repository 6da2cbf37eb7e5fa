from odoo import api, fields, models

from .crm_approval_limit import KINDS


class CrmApprovalLine(models.Model):
    """One limit that a document passes: how far it goes, and how far its people may go.
    Once approved, this is as far as the document may go."""

    _name = "crm.approval.line"
    _description = "Passed Limit"
    _order = "approval_id, id"

    approval_id = fields.Many2one(
        "crm.approval", required=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(KINDS, "What", required=True)
    value = fields.Float("Asked")
    allowed = fields.Float()
    unit = fields.Char(compute="_compute_unit")
    group_id = fields.Many2one("res.groups", "Decided by", ondelete="restrict")

    @api.depends("kind")
    def _compute_unit(self):
        for line in self:
            line.unit = {
                "terms": self.env._("days"),
                "refund": line.approval_id.company_id.currency_id.symbol,
            }.get(line.kind, "%")
