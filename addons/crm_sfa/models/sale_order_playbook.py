from odoo import models

EVENTS = {"sent": "sent", "sale": "confirmed"}


class SaleOrder(models.Model):
    """Playbooks that start when a quotation is sent or an order is confirmed."""

    _inherit = "sale.order"

    def write(self, vals):
        event = EVENTS.get(vals.get("state"))
        changed = self.filtered(lambda order: event and order.state != vals["state"])
        result = super().write(vals)
        if deals := changed.sudo().opportunity_id:  # the deal may be a colleague's
            self.env["crm.playbook"]._fire(event, deals)
        return result
