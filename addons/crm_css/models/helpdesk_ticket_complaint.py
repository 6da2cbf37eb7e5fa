from odoo import api, fields, models


class HelpdeskTicket(models.Model):
    """The complaints that came out of a ticket."""

    _inherit = "helpdesk.ticket"

    complaint_ids = fields.One2many("crm.complaint", "ticket_id", "Complaints")
    complaint_count = fields.Integer(compute="_compute_complaint_count")

    @api.depends("complaint_ids")
    def _compute_complaint_count(self):
        # Employees who follow a ticket may see it, and no complaint.
        if not self.env["crm.complaint"].has_access("read"):
            self.complaint_count = 0
            return
        counts = self.env["crm.complaint"]._read_group(
            [("ticket_id", "in", self.ids)], ["ticket_id"], ["__count"]
        )
        by_ticket = {ticket.id: count for ticket, count in counts}
        for ticket in self:
            ticket.complaint_count = by_ticket.get(ticket._origin.id, 0)

    def action_complain(self):
        """Open a new complaint that takes over what the ticket tells."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Complaint"),
            "res_model": "crm.complaint",
            "views": [(False, "form")],
            "context": {"default_ticket_id": self.id, "default_name": self.name},
        }

    def action_complaints(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Complaints"),
            "res_model": "crm.complaint",
            "views": [(False, "list"), (False, "form")],
            "domain": [("ticket_id", "=", self.id)],
            "context": {"default_ticket_id": self.id},
        }
