from odoo import fields, models


class CrmOrderFlagDismiss(models.TransientModel):
    """Asks why an abnormal order is all right."""

    _name = "crm.order.flag.dismiss"
    _description = "Dismiss Flags"

    flag_ids = fields.Many2many(
        "crm.order.flag",
        "crm_order_flag_dismiss_rel",
        "dismiss_id",
        "flag_id",
        string="Flags",
    )
    reason = fields.Text("Why It Is All Right", required=True)

    def action_dismiss(self):
        self.ensure_one()
        self.flag_ids._dismiss(self.reason)
        return {"type": "ir.actions.act_window_close"}
