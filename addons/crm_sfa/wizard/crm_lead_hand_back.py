from odoo import fields, models
from odoo.exceptions import UserError


class CrmLeadHandBack(models.TransientModel):
    """Why a seller does not work on a lead; it goes to the next one."""

    _name = "crm.lead.hand.back"
    _description = "Hand a Lead Back"

    lead_id = fields.Many2one("crm.lead", required=True, ondelete="cascade")
    reason = fields.Char(
        required=True,
        help="The next one and your leader read it: why it is not for you.",
    )

    def action_confirm(self):
        self.ensure_one()
        if not self.reason.strip():
            raise UserError(self.env._("Say in a few words why you hand it back."))
        self.lead_id._hand_back(self.reason)
        return self.env["ir.actions.act_window"]._for_xml_id(
            "crm.crm_lead_action_pipeline"
        )
