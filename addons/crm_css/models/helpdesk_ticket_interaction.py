from odoo import api, fields, models


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    interaction_ids = fields.One2many(
        "crm.interaction", "ticket_id", "Contacts noted", readonly=True
    )

    @api.readonly
    def action_view_interactions(self):
        """Show the notes of which this ticket was made."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Contacts Noted"),
            "res_model": "crm.interaction",
            "views": [(False, "list"), (False, "form")],
            "domain": [("ticket_id", "=", self.id)],
        }
