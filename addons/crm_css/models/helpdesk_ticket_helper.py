from odoo import api, fields, models


class HelpdeskTicket(models.Model):
    """Colleagues who work on a ticket beside the one who answers for it."""

    _inherit = "helpdesk.ticket"

    helper_ids = fields.Many2many(
        "res.users",
        "helpdesk_ticket_helper_rel",
        string="Helpers",
        domain="[('share', '=', False)]",
        copy=False,
        groups="base.group_user",
        help="Colleagues who work on it too. They see and change the ticket, whatever"
        " they see otherwise, and hear what the customer writes.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        for ticket in tickets.filtered("helper_ids"):
            ticket._subscribe_helpers()
        return tickets

    def write(self, vals):
        result = super().write(vals)
        if "helper_ids" in vals:
            for ticket in self:
                ticket._subscribe_helpers()
        return result

    def _subscribe_helpers(self):
        self.message_subscribe(self.helper_ids.partner_id.ids)
