from odoo import fields, models


class CrmDoubleOffer(models.TransientModel):
    """Why a seller offers what a colleague offered to the same customer."""

    _name = "crm.double.offer"
    _description = "Reason for a Double Offer"

    order_ids = fields.Many2many("sale.order", required=True)
    hint = fields.Text(compute="_compute_hint")
    reason = fields.Text(required=True)

    def _compute_hint(self):
        for wizard in self:
            orders = wizard.order_ids
            doubles = orders._double_offers()
            wizard.hint = orders._double_message(doubles) if doubles else False

    def action_go_on(self) -> dict:
        self.ensure_one()
        self.order_ids._double_go_on(self.reason)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
