from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.base.models.res_partner import _tz_get

PARTIES = [("us", "We"), ("customer", "The customer"), ("supplier", "A supplier")]


class CrmSlaInterval(models.Model):
    """A time in which one party had to act on a ticket, and the working hours that
    held then. Together they are the ledger, from which every clock can be read anew."""

    _name = "crm.sla.interval"
    _description = "Turn on a Ticket"
    _inherit = ["crm.of.ticket.mixin"]
    _order = "ticket_id, date_start, id"
    _rec_name = "party"

    party = fields.Selection(PARTIES, "Had to Act", required=True, readonly=True)
    date_start = fields.Datetime("From", required=True, readonly=True)
    date_stop = fields.Datetime("To", readonly=True)
    calendar_id = fields.Many2one(
        "resource.calendar",
        "Working Hours",
        readonly=True,
        index="btree_not_null",
        help="Those of the team at that time. Empty: around the clock.",
    )
    tz = fields.Selection(_tz_get, "Time Zone", readonly=True)

    _order_of_time = models.Constraint(
        "CHECK (date_stop >= date_start)", "A turn cannot end before it begins."
    )
    _one_at_a_time = models.UniqueIndex(
        "(ticket_id) WHERE date_stop IS NULL", "Only one party has to act at a time."
    )

    @api.model
    def _turn_over(self, now, ticket_ids: list[int] | None = None) -> list[int]:
        """End the turns of those who need not act any more, and begin those of the
        others, as stage and team say; on all tickets if none are named.

        :return: the tickets on which something changed
        """
        for name in ("ticket", "ticket.stage", "ticket.team"):
            self.env[f"helpdesk.{name}"].flush_model()
        self.env["res.company"].flush_model(["resource_calendar_id"])
        self.env["resource.calendar"].flush_model(["tz"])
        self.flush_model()
        of_tickets = SQL("TRUE")
        if ticket_ids is not None:
            of_tickets = SQL("ticket_id = ANY(%s)", list(ticket_ids))
        parts = {
            "now": now,
            "uid": self.env.uid,
            "wanted": self._wanted_turns(ticket_ids),
            "of_tickets": of_tickets,
        }
        # A clock that was set back must not make a turn end before it began.
        ended = self.env.execute_query(
            SQL(
                """WITH wanted AS (%(wanted)s)
                UPDATE crm_sla_interval AS turn
                SET date_stop = GREATEST(%(now)s, turn.date_start)
                WHERE turn.date_stop IS NULL AND %(of_tickets)s AND NOT EXISTS (
                    SELECT FROM wanted
                    WHERE wanted.ticket_id = turn.ticket_id
                    AND wanted.party = turn.party
                    AND wanted.calendar_id IS NOT DISTINCT FROM turn.calendar_id)
                RETURNING turn.ticket_id""",
                **parts,
            )
        )
        begun = self.env.execute_query(
            SQL(
                """INSERT INTO crm_sla_interval (ticket_id, party, calendar_id, tz,
                    date_start, create_uid, create_date, write_uid, write_date)
                SELECT wanted.*, GREATEST(%(now)s, (
                        SELECT max(before.date_stop) FROM crm_sla_interval AS before
                        WHERE before.ticket_id = wanted.ticket_id)),
                    %(uid)s, %(now)s, %(uid)s, %(now)s
                FROM (%(wanted)s) AS wanted
                WHERE NOT EXISTS (
                    SELECT FROM crm_sla_interval AS turn
                    WHERE turn.ticket_id = wanted.ticket_id AND turn.date_stop IS NULL)
                RETURNING ticket_id""",
                **parts,
            )
        )
        changed = {ticket_id for (ticket_id,) in [*ended, *begun]}
        if changed:
            self.invalidate_model()
            self.env["helpdesk.ticket"].invalidate_model(["sla_interval_ids"])
        return list(changed)

    @api.model
    def _wanted_turns(self, ticket_ids: list[int] | None) -> SQL:
        """Give who has to act on open tickets now, and in which working hours."""
        condition = SQL("TRUE")
        if ticket_ids is not None:
            condition = SQL("ticket.id = ANY(%s)", list(ticket_ids))
        return SQL(
            """SELECT ticket.id AS ticket_id, stage.party, calendar.id AS calendar_id,
                calendar.tz
            FROM helpdesk_ticket AS ticket
            JOIN helpdesk_ticket_stage AS stage ON stage.id = ticket.stage_id
            JOIN res_company AS company ON company.id = ticket.company_id
            LEFT JOIN helpdesk_ticket_team AS team ON team.id = ticket.team_id
            LEFT JOIN resource_calendar AS calendar ON calendar.id =
                COALESCE(team.resource_calendar_id, company.resource_calendar_id)
            WHERE ticket.active AND stage.closed IS NOT TRUE AND %s""",
            condition,
        )
