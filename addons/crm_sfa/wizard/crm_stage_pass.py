from odoo import fields, models
from odoo.exceptions import AccessError


class CrmStagePass(models.TransientModel):
    """A manager lets deals move on without what their stage asks for, and says why."""

    _name = "crm.stage.pass"
    _description = "Let Deals Pass"

    lead_ids = fields.Many2many("crm.lead", string="Deals", required=True)
    stage_id = fields.Many2one("crm.stage", "To Stage", required=True)
    reason = fields.Char(required=True, help="It stays in the history of each deal.")

    def action_pass(self):
        self.ensure_one()
        if not self.env.user.has_group("sales_team.group_sale_manager"):
            raise AccessError(self.env._("Only sales managers let a deal pass."))
        self.lead_ids._let_pass(self.stage_id, self.reason)
        # The page behind it shows the old stage.
        return {"type": "ir.actions.client", "tag": "soft_reload"}
