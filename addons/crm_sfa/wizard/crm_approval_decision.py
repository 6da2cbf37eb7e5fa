from odoo import fields, models
from odoo.exceptions import UserError


class CrmApprovalDecision(models.TransientModel):
    """A decision about approvals with its reason."""

    _name = "crm.approval.decision"
    _description = "Decision about Approvals"

    approval_ids = fields.Many2many("crm.approval", required=True)
    note = fields.Text("Reason")

    def action_approve(self) -> dict:
        self.approval_ids._decide("approved", self.note or "")
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_refuse(self) -> dict:
        if not (self.note or "").strip():
            raise UserError(
                self.env._("Say why you refuse it, so that they can do better.")
            )
        self.approval_ids._decide("refused", self.note)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
