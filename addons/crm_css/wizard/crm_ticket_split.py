from odoo import api, fields, models


class CrmTicketSplit(models.TransientModel):
    """The question which messages of a ticket become one of their own."""

    _name = "crm.ticket.split"
    _description = "Split a Ticket"

    ticket_id = fields.Many2one(
        "helpdesk.ticket", required=True, readonly=True, ondelete="cascade"
    )
    message_ids = fields.Many2many(
        "mail.message",
        string="Messages",
        domain="[('model', '=', 'helpdesk.ticket'), ('res_id', '=', ticket_id),"
        " ('message_type', 'in', ['comment', 'email'])]",
        help="They go into the new ticket, with their files.",
    )
    name = fields.Char(
        "Title",
        required=True,
        compute="_compute_name",
        # Stored values are computed with all rights otherwise.
        compute_sudo=False,
        store=True,
        readonly=False,
    )

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if self.env.context.get("active_model") == "helpdesk.ticket":
            values["ticket_id"] = self.env.context.get("active_id")
        return values

    @api.depends("message_ids", "ticket_id")
    def _compute_name(self):
        for wizard in self:
            subjects = [m.subject for m in wizard.message_ids if m.subject]
            wizard.name = wizard.name or next(iter(subjects), wizard.ticket_id.name)

    def action_split(self) -> dict:
        """Make the ticket, and open it."""
        self.ensure_one()
        ticket = self.ticket_id._split(self.message_ids, self.name)
        return {
            "type": "ir.actions.act_window",
            "res_model": "helpdesk.ticket",
            "res_id": ticket.id,
            "views": [(False, "form")],
        }
