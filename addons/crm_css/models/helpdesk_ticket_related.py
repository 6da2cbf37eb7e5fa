from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command, Domain


class HelpdeskTicket(models.Model):
    """Related tickets, from both sides, and other open ones of the customer."""

    _inherit = "helpdesk.ticket"

    commercial_partner_id = fields.Many2one(index="btree_not_null")
    other_open_count = fields.Integer(
        "Other Open Tickets",
        compute="_compute_other_open_count",
        groups="base.group_user",
    )

    @api.depends("commercial_partner_id", "closed")
    @api.depends_context("uid")
    def _compute_other_open_count(self):
        domain = self._open_of_customers_domain()
        groups = self._read_group(domain, ["commercial_partner_id"], ["__count"])
        counts = {customer.id: count for customer, count in groups}
        for ticket in self:
            count = counts.get(ticket.commercial_partner_id.id, 0)
            itself = ticket._origin.filtered_domain(domain)
            ticket.other_open_count = max(count - len(itself), 0)

    def _open_of_customers_domain(self) -> Domain:
        return (
            Domain("commercial_partner_id", "in", self.commercial_partner_id.ids)
            & Domain("closed", "=", False)
            & Domain("active", "=", True)
        )

    @api.readonly
    def action_open_others(self) -> dict:
        """Open the other open tickets of the customer, those of the same product and
        type first."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._(
                "Open tickets of %(name)s", name=self.commercial_partner_id.name
            ),
            "res_model": self._name,
            "views": [(False, "list"), (False, "kanban"), (False, "form")],
            "domain": list(
                self._open_of_customers_domain() & Domain("id", "!=", self.id)
            ),
        }

    @api.constrains("related_ticket_ids")
    def _check_related_ticket_ids(self):
        for ticket in self:
            if ticket in ticket.related_ticket_ids:
                raise ValidationError(
                    self.env._(
                        "%(name)s cannot be related to itself.",
                        name=ticket.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        for ticket in tickets.filtered("related_ticket_ids"):
            ticket._relate_back(ticket.browse())
        return tickets

    def write(self, vals):
        """helpdesk_ticket_related forgets the other side when one is taken out, and
        takes one ticket at a time only."""
        if "related_ticket_ids" not in vals:
            return super().write(vals)
        if not vals["related_ticket_ids"]:
            vals = {k: v for k, v in vals.items() if k != "related_ticket_ids"}
            return super().write(vals)
        for ticket in self:
            before = ticket.related_ticket_ids
            super(HelpdeskTicket, ticket).write(vals)
            ticket._relate_back(before)
        return True

    def _relate_back(self, before):
        """Have the others know of this ticket what it knows of them."""
        # One may relate to a ticket that one may read, and not change.
        now_sudo = self.sudo().related_ticket_ids
        for other in now_sudo:
            if self not in other.related_ticket_ids:
                other.related_ticket_ids = [Command.link(self.id)]
        for other in before.sudo() - now_sudo:  # as above
            if self in other.related_ticket_ids:
                other.related_ticket_ids = [Command.unlink(self.id)]
