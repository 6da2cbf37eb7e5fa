from odoo import fields, models


class CrmRegistrationPass(models.TransientModel):
    """Why a seller offers to an end customer whose deal a reseller registered."""

    _name = "crm.registration.pass"
    _description = "Reason to Pass a Registered Deal"

    order_ids = fields.Many2many("sale.order", required=True)
    hint = fields.Text(compute="_compute_hint")
    reason = fields.Text(required=True)

    def _compute_hint(self):
        for wizard in self:
            hints = wizard.order_ids.mapped("registration_hint")
            wizard.hint = "\n".join(filter(None, hints))

    def action_go_on(self) -> dict:
        self.ensure_one()
        self.order_ids._registration_go_on(self.reason)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
