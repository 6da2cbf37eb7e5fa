from markupsafe import Markup

from odoo import api, fields, models

from .crm_sla_clock_hint import COLOURS
from .helpdesk_ticket_sla import AGENTS


class HelpdeskTicket(models.Model):
    """The line above a ticket that says what is due, and when."""

    _inherit = "helpdesk.ticket"

    sla_hint = fields.Html(
        compute="_compute_sla_hint",
        compute_sudo=True,
        sanitize=False,  # its only markup is written here
        groups=AGENTS,
        export_string_translation=False,
    )

    @api.depends("sla_state")
    @api.depends_context("lang", "tz")
    def _compute_sla_hint(self):
        for ticket in self:
            running = ticket.sla_clock_ids.filtered(lambda clock: not clock.date_stop)
            own = running.sorted(
                lambda clock: (clock.deadline or fields.Datetime.now(), clock.id)
            )
            if not own:
                ticket.sla_hint = False
                continue
            ticket.sla_hint = Markup(
                '<div class="o_crm_sla_hint alert alert-%s d-flex flex-wrap'
                ' column-gap-4 py-2 mb-2" role="status">%s</div>'
            ) % (
                COLOURS.get(ticket.sla_state, "secondary"),
                Markup().join(clock._hint() for clock in own),
            )
