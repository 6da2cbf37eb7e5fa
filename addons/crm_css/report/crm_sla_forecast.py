from odoo import api, fields, models
from odoo.tools import SQL

from ..models.crm_sla_clock import KINDS


class CrmSlaForecast(models.Model):
    """What is due later today, and whether the team will get to it in time at its
    present pace: one row for each clock, worked out anew whenever it is read."""

    _name = "crm.sla.forecast"
    _description = "Breach Forecast"
    _auto = False
    _order = "deadline, id"
    _rec_name = "ticket_id"
    _depends = {
        "crm.sla.clock": ["ticket_id", "kind", "deadline", "date_stop", "state"],
        "helpdesk.ticket": ["team_id", "user_id"],
    }

    ticket_id = fields.Many2one("helpdesk.ticket", readonly=True)
    kind = fields.Selection(KINDS, readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    team_id = fields.Many2one("helpdesk.ticket.team", readonly=True)
    user_id = fields.Many2one("res.users", "Agent", readonly=True)
    deadline = fields.Datetime("Due", readonly=True)
    expected = fields.Datetime(
        readonly=True,
        help="When the team will get to it at its present pace. Empty: it has done"
        " nothing of the kind in the last 14 days.",
    )
    place = fields.Integer(
        "Place in Queue", readonly=True, aggregator=None, help="1 is the most urgent."
    )
    pace = fields.Float(
        "Per Working Hour",
        readonly=True,
        aggregator="avg",
        help="What the team did of the kind in the last 14 days, by working hour.",
    )
    due = fields.Integer("Due Today", readonly=True)
    will_breach = fields.Integer(readonly=True)
    in_time = fields.Integer(readonly=True)

    @property
    def _table_query(self) -> SQL:
        # The queue is that of all; rows that one may not see are left out below.
        outlooks = self.env["crm.sla.clock"].sudo()._forecast()
        columns = zip(*outlooks, strict=True) if outlooks else [()] * 6
        ids, _tickets, paces, places, expected, late = map(list, columns)
        seen = self.env["crm.sla.clock"]._search([("id", "in", ids)])
        return SQL(
            """SELECT clock.id, clock.ticket_id, clock.kind, clock.company_id,
                ticket.team_id, ticket.user_id, clock.deadline, outlook.expected,
                outlook.place, outlook.pace, 1 AS due, outlook.late::int AS will_breach,
                1 - outlook.late::int AS in_time
            FROM unnest(%s::int[], %s::float[], %s::int[], %s::timestamp[], %s::bool[])
                AS outlook(id, pace, place, expected, late)
            JOIN crm_sla_clock AS clock ON clock.id = outlook.id
            JOIN helpdesk_ticket AS ticket ON ticket.id = clock.ticket_id
            WHERE clock.id IN (%s)""",
            ids,
            paces,
            places,
            expected,
            late,
            seen.select(),
        )

    @api.readonly
    def action_open_ticket(self) -> dict:
        """Open the ticket."""
        self.ensure_one()
        return self.env["crm.sla.clock"].browse(self.id).action_open_ticket()
