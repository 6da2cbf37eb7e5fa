from odoo import api, fields, models


class CrmOfTicketMixin(models.AbstractModel):
    """A record that belongs to a ticket: whoever sees the ticket sees it, and nobody
    else. A record rule of the model asks for ``is_seen``."""

    _name = "crm.of.ticket.mixin"
    _description = "Record That Belongs to a Ticket"

    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    is_seen = fields.Boolean(
        compute="_compute_is_seen",
        search="_search_is_seen",
        export_string_translation=False,
    )

    @api.depends_context("uid")
    @api.depends("ticket_id")
    def _compute_is_seen(self):
        # Rules are evaluated with all rights; the question is what the user has.
        seen = self.ticket_id.sudo(False)._filtered_access("read")
        for record in self:
            record.is_seen = record.ticket_id.id in seen._ids

    @api.model
    def _search_is_seen(self, operator, value):
        if operator != "in":
            return NotImplemented
        tickets = self.env["helpdesk.ticket"].sudo(False)
        seen = tickets.with_context(active_test=False)._search([])
        return [("ticket_id", "in", seen)]
