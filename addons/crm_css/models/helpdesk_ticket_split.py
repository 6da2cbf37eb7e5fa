from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command


class HelpdeskTicket(models.Model):
    """A second matter in one ticket, taken out into a ticket of its own."""

    _inherit = "helpdesk.ticket"

    split_from_id = fields.Many2one(
        "helpdesk.ticket",
        "Taken out of",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The ticket whose messages began this one.",
    )

    def _split(self, messages, name: str):
        """Make a ticket of some messages of this one, with their files.

        It is undone by merging the new one back.
        """
        self.ensure_one()
        self.check_access("write")
        self._check_split(messages)
        # Nobody may write messages of others; who may change the ticket may move them.
        messages_sudo = messages.sudo().sorted("id")
        ticket = self.create(self._prepare_split_vals(messages_sudo[0], name))
        files_sudo = messages_sudo.attachment_ids.filtered(
            lambda f: f.res_model == self._name and f.res_id == self.id
        )
        messages_sudo.write({"res_id": ticket.id})
        files_sudo.write({"res_id": ticket.id})
        # Followers may be hidden; those alone who spoke go along.
        followers = self.sudo().message_partner_ids & messages_sudo.author_id
        ticket.message_subscribe(followers.ids)
        (self | ticket).invalidate_recordset()
        for one in (self, ticket):
            one._recount_answers()
        self._tell_split(ticket)
        return ticket

    def _check_split(self, messages):
        if not messages:
            raise UserError(self.env._("Choose the messages that become a ticket."))
        known = {("helpdesk.ticket", self.id)}
        # Messages that are hidden from this user would be left out of the question.
        if {(message.model, message.res_id) for message in messages.sudo()} != known:
            raise AccessError(
                self.env._("A message belongs to another ticket. Open that one.")
            )
        if self.merged_into_id:
            raise UserError(
                self.env._(
                    "%(name)s is merged into another ticket. Split that one.",
                    name=self.display_name,
                )
            )

    def _prepare_split_vals(self, first_sudo, name: str) -> dict:
        author = first_sudo.author_id
        same = author.commercial_partner_id == self.commercial_partner_id
        partner = author if same and author else self.partner_id
        return {
            "name": name,
            "description": first_sudo.body or name,
            "partner_id": partner.id,
            "partner_name": partner.name or self.partner_name,
            "partner_email": partner.email or self.partner_email,
            "company_id": self.company_id.id,
            "team_id": self.team_id.id,
            "user_id": self.user_id.id,
            "channel_id": self.channel_id.id,
            "territory_id": self.territory_id.id,
            "contract_id": self.contract_id.id,
            "product_id": self.product_id.id,
            "split_from_id": self.id,
            "related_ticket_ids": [Command.link(self.id)],
        }

    def _recount_answers(self):
        """Tell anew from the messages who spoke first and last, and who waits."""
        self.ensure_one()
        asked = None if self.split_from_id else self.create_date
        first = last = None
        # Also by notes that are hidden from the user: times alone are taken.
        for message in self.sudo().message_ids.sorted(lambda m: (m.date, m.id)):
            side = self._side_of(message)
            if side == "us":
                first, last, asked = first or message.date, message.date, None
            elif side == "customer":
                asked = asked or message.date
        self.sudo().write(  # times that nobody writes by hand
            {
                "asked_date": asked if not self.closed else False,
                "first_answer_date": first,
                "last_answer_date": last,
            }
        )

    def _tell_split(self, ticket):
        self._message_log(
            body=self.env._(
                "Messages were taken out: %(name)s.", name=ticket.display_name
            )
        )
        ticket._message_log(
            body=self.env._("Made of messages of %(name)s.", name=self.display_name)
        )

    def action_undo_split(self) -> dict:
        """Put a ticket back into the one that it was taken out of."""
        self.ensure_one()
        origin = self.split_from_id
        if not origin:
            raise UserError(self.env._("This ticket was not taken out of another one."))
        self.env["crm.merge"]._merge(origin, self, {})
        origin._recount_answers()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": origin.id,
            "views": [(False, "form")],
        }
