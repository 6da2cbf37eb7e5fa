from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_datetime, format_duration

from .helpdesk_ticket_sla import AGENTS

COLOURS = {"breached": "danger", "warning": "warning", "running": "info"}


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
        clocks = self.env["crm.sla.clock"].search(
            [("ticket_id", "in", self.ids), ("date_stop", "=", False)]
        )
        used = clocks._used_now()
        by_ticket = clocks.sorted(
            lambda clock: (clock.deadline or fields.Datetime.now(), clock.id)
        ).grouped("ticket_id")
        for ticket in self:
            own = by_ticket.get(ticket._origin)
            if not own:
                ticket.sla_hint = False
                continue
            ticket.sla_hint = Markup(
                '<div class="o_crm_sla_hint alert alert-%s d-flex flex-wrap'
                ' column-gap-4 py-2 mb-2" role="status">%s</div>'
            ) % (
                COLOURS.get(ticket.sla_state, "secondary"),
                Markup().join(clock._hint(used.get(clock.id, 0)) for clock in own),
            )


class CrmSlaClock(models.Model):
    _inherit = "crm.sla.clock"

    def _used_now(self) -> dict[int, float]:
        """Give the working hours that are used up to this moment, by clock."""
        self.env.flush_all()
        readings = self._readings(self._ids, until=fields.Datetime.now())
        return {
            row.id: reading.used.total_seconds() / 3600
            for row, reading, _is_ours in readings
        }

    def _hint(self, used: float) -> Markup:
        """Say in one line what is due when, under which policy, with a small bar."""
        bar = Markup()
        if self.target_hours:
            share = min(100, round(100 * used / self.target_hours))
            bar = Markup(
                '<span class="progress d-inline-flex ms-2 align-middle"'
                ' style="width: 5rem; height: .6rem" title="%s">'
                '<span class="progress-bar bg-%s" style="width: %s%%"></span></span>'
            ) % (
                f"{format_duration(used)} / {format_duration(self.target_hours)}",
                COLOURS.get(self._phase(), "secondary"),
                share,
            )
        what = self.promise_id.name or self._kind_label()
        policy = self.policy_id.name
        return Markup("<span><b>%s</b> %s%s%s</span>") % (
            what,
            self._due_text(),
            f" · {policy}" if policy else "",
            bar,
        )

    def _phase(self) -> str:
        phases = ("breached", "warning", "running", "paused")
        return next(
            phase for phase in phases if self.filtered_domain(self._phase_domain(phase))
        )

    def _due_text(self) -> str:
        if self.state == "paused" and not self.deadline:
            return self.env._("is paused")
        if not self.deadline:
            return self.env._("is never due: the working hours are empty")
        date = format_datetime(self.env, self.deadline, dt_format="short")
        if self.deadline < fields.Datetime.now():
            return self.env._("was due on %(date)s", date=date)
        return self.env._("is due on %(date)s", date=date)
