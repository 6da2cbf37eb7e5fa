from odoo import fields, models


class CrmDealRefuse(models.TransientModel):
    """Why a deal of a reseller is not protected; he reads it."""

    _name = "crm.deal.refuse"
    _description = "Refuse a Deal Registration"

    registration_ids = fields.Many2many("crm.deal.registration", required=True)
    reason = fields.Text(required=True)

    def action_refuse(self) -> dict:
        self.registration_ids._refuse(self.reason)
        return {"type": "ir.actions.act_window_close"}
