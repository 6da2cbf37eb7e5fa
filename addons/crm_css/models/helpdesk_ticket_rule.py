from odoo import api, models


class HelpdeskTicket(models.Model):
    """Tells the service rules what occurs."""

    _inherit = "helpdesk.ticket"

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        self.env["crm.service.rule"]._fire("created", tickets)
        return tickets

    def write(self, vals):
        if not vals.get("stage_id"):
            return super().write(vals)
        before = {ticket: (ticket.stage_id, ticket.closed) for ticket in self}
        result = super().write(vals)
        moved = self.filtered(lambda ticket: ticket.stage_id != before[ticket][0])
        closed = moved.filtered(lambda ticket: ticket.closed and not before[ticket][1])
        opened = moved.filtered(lambda ticket: not ticket.closed and before[ticket][1])
        Rule = self.env["crm.service.rule"]
        Rule._fire("stage", moved)
        Rule._fire("closed", closed)
        Rule._fire("reopened", opened)
        return result

    def _note_question(self, date):
        result = super()._note_question(date)
        self.env["crm.service.rule"]._fire("customer_said", self)
        return result

    def _note_answer(self, date):
        result = super()._note_answer(date)
        self.env["crm.service.rule"]._fire("we_said", self)
        return result
