from odoo import api, fields, models
from odoo.exceptions import UserError


class HelpdeskTicketCustomer(models.TransientModel):
    """Says who the unknown sender of a ticket is, for the earlier tickets too."""

    _name = "helpdesk.ticket.customer"
    _description = "Customer of a Ticket"

    ticket_id = fields.Many2one("helpdesk.ticket", required=True, ondelete="cascade")
    # Not with all rights, as related fields are: anybody may name any ticket here.
    partner_name = fields.Char(related="ticket_id.partner_name", related_sudo=False)
    partner_email = fields.Char(related="ticket_id.sender_email", related_sudo=False)
    partner_phone = fields.Char(related="ticket_id.partner_phone", related_sudo=False)
    proposal_ids = fields.Many2many(
        "res.partner", string="Could be", compute="_compute_proposal_ids"
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        compute="_compute_partner_id",
        # Stored values are computed with all rights otherwise.
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    ticket_count = fields.Integer(
        "Other tickets from there", compute="_compute_ticket_count"
    )
    with_others = fields.Boolean(
        "Take them over too",
        default=True,
        help="The other tickets from the same address that have no customer yet get"
        " this one too.",
    )

    @api.depends("ticket_id")
    def _compute_proposal_ids(self):
        for wizard in self:
            wizard.proposal_ids = wizard.ticket_id._customer_proposals()

    @api.depends("proposal_ids")
    def _compute_partner_id(self):
        for wizard in self:
            # An only one may be taken with one click; of several a person chooses.
            only = len(wizard.proposal_ids) == 1
            wizard.partner_id = wizard.proposal_ids if only else False

    @api.depends("ticket_id")
    def _compute_ticket_count(self):
        for wizard in self:
            wizard.ticket_count = len(wizard.ticket_id._others_of_sender())

    def action_apply(self):
        self.ensure_one()
        if not self.partner_id:
            raise UserError(self.env._("Choose the customer, or create a new one."))
        tickets = self.ticket_id
        if self.with_others:
            tickets |= tickets._others_of_sender()
        tickets._set_customer(self.partner_id)
        return {"type": "ir.actions.act_window_close"}
