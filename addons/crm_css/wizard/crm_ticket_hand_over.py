from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class CrmTicketHandOver(models.TransientModel):
    """Tickets given to somebody else, with a word on how things stand."""

    _name = "crm.ticket.hand.over"
    _description = "Hand Over Tickets"

    ticket_ids = fields.Many2many("helpdesk.ticket", string="Tickets", required=True)
    to = fields.Selection(
        [("user", "A colleague"), ("anybody", "Whoever fits best")],
        required=True,
        default="user",
    )
    user_id = fields.Many2one(
        "res.users",
        "Colleague",
        domain=lambda self: self._user_domain(),
    )
    note = fields.Text(
        required=True,
        help="What was done, and what comes next. Only colleagues see it.",
    )
    stays_helper = fields.Boolean(
        "The One before Stays as a Helper",
        help="Sees the ticket further on, and hears what the customer writes.",
    )

    @api.model
    def _user_domain(self) -> list:
        group = self.env.ref("helpdesk_mgmt.group_helpdesk_user_own")
        return [("share", "=", False), ("all_group_ids", "in", group.ids)]

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if self.env.context.get("active_model") == "helpdesk.ticket":
            ids = self.env.context.get("active_ids") or []
            values["ticket_ids"] = [Command.set(ids)]
        return values

    def action_confirm(self):
        self.ensure_one()
        self.ticket_ids.check_access("write")
        if closed := self.ticket_ids.filtered("closed"):
            raise UserError(
                self.env._(
                    "%(name)s is closed. There is nothing to hand over.",
                    name=closed[0].display_name,
                )
            )
        # After the first step one may have no right to the ticket any more.
        tickets_sudo = self.ticket_ids.sudo()
        for ticket_sudo in tickets_sudo:
            self._tell(ticket_sudo)
            if self.stays_helper and ticket_sudo.user_id:
                ticket_sudo.helper_ids = [Command.link(ticket_sudo.user_id.id)]
        if self.to == "user":
            self._check_user()
            tickets_sudo.write({"user_id": self.user_id.id})
        else:
            before = {ticket.id: ticket.user_id.id for ticket in tickets_sudo}
            tickets_sudo.write({"user_id": False})
            tickets_sudo._assign(but=before, by_hand=True)
        return {"type": "ir.actions.act_window_close"}

    def _check_user(self):
        # Who is in a group is for administrators to read.
        if not self.user_id.sudo().filtered_domain(self._user_domain()):
            raise UserError(self.env._("Choose a colleague who works on tickets."))
        # Leaves are not for all to read; that somebody is away is.
        away = self.env["crm.service.agent"].sudo()._away(self.user_id)
        if away:
            raise UserError(
                self.env._(
                    "%(name)s is away. Choose somebody who is there.",
                    name=self.user_id.name,
                )
            )

    def _tell(self, ticket_sudo):
        """Note it in the history; the new one is told by it."""
        head = self.env._("Handed over by %(name)s", name=self.env.user.name)
        ticket_sudo.message_post(
            body=Markup("<p><b>%s</b></p><p>%s</p>") % (head, self.note),
            author_id=self.env.user.partner_id.id,
            partner_ids=self.user_id.partner_id.ids if self.to == "user" else [],
        )
