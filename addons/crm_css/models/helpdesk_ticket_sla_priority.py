from odoo import models

from .helpdesk_ticket_priority import Reason

# The points of a deadline by how far it was told: warned, warned again, missed.
POINTS = {1: 10, 2: 20, 3: 30}


class HelpdeskTicket(models.Model):
    """The nearer the deadline, the more urgent: as far as the sweep has told it."""

    _inherit = "helpdesk.ticket"

    def _priority_reasons(self):
        reasons = super()._priority_reasons()
        texts = {
            1: self.env._("deadline comes near"),
            2: self.env._("deadline is close"),
            3: self.env._("deadline missed"),
        }
        for ticket in self:
            # sudo: whoever may see a ticket may hear that it is late
            clocks_sudo = ticket.sudo().sla_clock_ids
            running = clocks_sudo.filtered(lambda clock: not clock.date_stop)
            if level := max(running.mapped("told"), default=0):
                reasons[ticket].append(Reason(texts[level], POINTS[level]))
        return reasons
