from odoo import models


class HelpdeskTicketStage(models.Model):
    _inherit = "helpdesk.ticket.stage"

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"party", "closed"}:
            self.env["crm.sla.clock"]._wake_up()
        return result
