from odoo import fields, models


class StockReturnPicking(models.TransientModel):
    _inherit = "stock.return.picking"

    ticket_id = fields.Many2one("helpdesk.ticket", readonly=True)
    commercial_partner_id = fields.Many2one(related="ticket_id.commercial_partner_id")

    def _prepare_picking_default_values_based_on(self, picking):
        vals = super()._prepare_picking_default_values_based_on(picking)
        if self.ticket_id:
            vals["ticket_id"] = self.ticket_id.id
        return vals
