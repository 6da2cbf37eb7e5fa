from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_datetime, format_duration

COLOURS = {"breached": "danger", "warning": "warning", "running": "info"}


class CrmSlaClock(models.Model):
    """What a clock says to people at this moment."""

    _inherit = "crm.sla.clock"

    used_now_hours = fields.Float(
        "Used",
        compute="_compute_used_now_hours",
        compute_sudo=True,
        help="Working hours in which we had to act, up to this moment.",
    )

    @api.depends("used_hours", "state", "date_stop")
    def _compute_used_now_hours(self):
        self.flush_model()
        self.env["crm.sla.interval"].flush_model()
        readings = self._readings(self._origin.ids, until=fields.Datetime.now())
        used = {
            row.id: reading.used.total_seconds() / 3600
            for row, reading, _is_ours in readings
        }
        for clock in self:
            clock.used_now_hours = used.get(clock._origin.id, clock.used_hours)

    def _hint(self) -> Markup:
        """Say in one line what is due when, under which policy, with a small bar."""
        bar, used = Markup(), self.used_now_hours
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
            (
                phase
                for phase in phases
                if self.filtered_domain(self._phase_domain(phase))
            ),
            "",
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
