from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models

DECIDING = {"ticket_id", "date_due", "state", "promised_by"}


class CrmPromise(models.Model):
    """A promise of ours about a ticket: the ticket is due when the promise is."""

    _inherit = "crm.promise"

    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        index="btree_not_null",
        check_company=True,
        help="The ticket that the promise is about. It shows when the promise is due.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        promises = super().create(vals_list)
        promises.filtered("ticket_id")._sla_follow()
        return promises

    def write(self, vals):
        before = self.ticket_id
        result = super().write(vals)
        if vals.keys() & DECIDING:
            self._sla_follow()
            # Nobody writes clocks by hand.
            self.env["crm.sla.clock"].sudo()._refresh_due_dates(before.ids)
        return result

    def _sla_follow(self):
        """Have a clock for each promise of ours on a ticket, and let it follow."""
        clocks_sudo = self.env["crm.sla.clock"].sudo()  # nobody writes clocks by hand
        clocks_sudo = clocks_sudo.search([("promise_id", "in", self.ids)])
        by_promise = {clock.promise_id: clock for clock in clocks_sudo}
        for promise_sudo in self.sudo():  # its ticket may be hidden from the writer
            clock_sudo = by_promise.get(promise_sudo, clocks_sudo.browse())
            if promise_sudo.ticket_id and promise_sudo.promised_by == "us":
                vals = promise_sudo._sla_clock_vals()
                if clock_sudo:
                    clock_sudo.write(vals)
                else:
                    clocks_sudo.create(vals)
            elif clock_sudo:
                clock_sudo.unlink()
        clocks_sudo.flush_model()
        clocks_sudo._refresh_due_dates(self.ticket_id.ids)

    def _sla_clock_vals(self) -> dict:
        self.ensure_one()
        deadline = self._sla_deadline()
        closed = self.date_closed
        late = deadline < (closed or fields.Datetime.now())
        states = {
            "open": "breached" if late else "running",
            "kept": "breached" if late else "met",
            "broken": "breached",
            "withdrawn": "dropped",
        }
        ticket = self.ticket_id
        return {
            "kind": "promise",
            "promise_id": self.id,
            "ticket_id": ticket.id,
            "value_class": ticket._sla_value_class(),
            "date_start": min(self.create_date, deadline),
            "deadline": deadline,
            "date_stop": closed,
            "state": states[self.state],
            "team_id": closed and ticket.team_id.id,
            "user_id": closed and self.user_id.id,
        }

    def _sla_deadline(self) -> datetime:
        """Give the end of the working day on which the promise is due; the end of the
        day where nobody works on it."""
        calendar = self.ticket_id._sla_calendar()
        zone = pytz.timezone(calendar.tz or "UTC")
        start, stop = (
            zone.localize(datetime.combine(day, time.min))
            .astimezone(pytz.utc)
            .replace(tzinfo=None)
            for day in (self.date_due, self.date_due + timedelta(days=1))
        )
        if not calendar:
            return stop
        company_id = self.ticket_id.company_id.id
        # Leaves of colleagues are not for all to read; the last hour alone is taken.
        hours = calendar.sudo()._sla_intervals(zone, company_id, start, stop)
        return hours[-1][1] if hours else stop
