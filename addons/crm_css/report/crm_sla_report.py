from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_base.models.res_partner import VALUE_CLASSES

from ..models.crm_sla_clock import KINDS


class CrmSlaReport(models.Model):
    """How service levels are kept: one row for each clock that is decided, because it
    stopped or was breached. It reads the clocks under the reader's own rights."""

    _name = "crm.sla.report"
    _description = "Service Level Report"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "ticket_id"
    _depends = {
        "crm.sla.clock": [
            "ticket_id",
            "kind",
            "policy_id",
            "company_id",
            "team_id",
            "user_id",
            "value_class",
            "target_hours",
            "used_hours",
            "deadline",
            "date_stop",
            "state",
        ],
        "helpdesk.ticket": [
            "team_id",
            "user_id",
            "commercial_partner_id",
            "severity",
            "service_level_id",
        ],
    }

    ticket_id = fields.Many2one("helpdesk.ticket", readonly=True)
    commercial_partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    kind = fields.Selection(KINDS, readonly=True)
    policy_id = fields.Many2one("crm.sla.policy", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    team_id = fields.Many2one("helpdesk.ticket.team", readonly=True)
    user_id = fields.Many2one("res.users", "Agent", readonly=True)
    value_class = fields.Selection(VALUE_CLASSES, "Class", readonly=True)
    severity = fields.Selection(
        selection=lambda self: (
            self.env["helpdesk.ticket"]
            ._fields["severity"]
            ._description_selection(self.env)
        ),
        readonly=True,
    )
    service_level_id = fields.Many2one("crm.service.level", readonly=True)
    date = fields.Datetime(
        "Decided On", readonly=True, help="When it was done, or else when it was due."
    )
    clocks = fields.Integer(readonly=True)
    kept = fields.Integer(readonly=True)
    breached = fields.Integer(readonly=True)
    kept_rate = fields.Float("Kept %", readonly=True, aggregator="avg", digits=(5, 1))
    target_hours = fields.Float(readonly=True, aggregator="avg")
    used_hours = fields.Float(
        readonly=True, aggregator="avg", help="Of what is done; empty while it is not."
    )

    @property
    def _table_query(self) -> SQL:
        decided = Domain("state", "in", ("met", "breached"))
        query = self.env["crm.sla.clock"]._search(decided)
        kept = SQL("(clock.state = 'met')::int")
        return SQL(
            """SELECT clock.id, clock.ticket_id, ticket.commercial_partner_id,
                clock.kind, clock.policy_id, clock.company_id,
                CASE WHEN clock.date_stop IS NULL THEN ticket.team_id
                    ELSE clock.team_id END AS team_id,
                CASE WHEN clock.date_stop IS NULL THEN ticket.user_id
                    ELSE clock.user_id END AS user_id,
                clock.value_class, ticket.severity, ticket.service_level_id,
                COALESCE(clock.date_stop, clock.deadline) AS date, 1 AS clocks,
                %(kept)s AS kept, 1 - %(kept)s AS breached,
                %(kept)s * 100.0 AS kept_rate,
                clock.target_hours,
                CASE WHEN clock.date_stop IS NOT NULL THEN clock.used_hours END
                    AS used_hours
            FROM crm_sla_clock AS clock
            JOIN helpdesk_ticket AS ticket ON ticket.id = clock.ticket_id
            WHERE clock.id IN (%(seen)s)""",
            kept=kept,
            seen=query.select(),
        )

    @api.readonly
    def action_open_ticket(self) -> dict:
        """Open the ticket."""
        self.ensure_one()
        return self.env["crm.sla.clock"].browse(self.id).action_open_ticket()
