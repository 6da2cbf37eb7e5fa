from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.base.models.res_partner import _tz_get
from odoo.addons.crm_base.models.res_partner import VALUE_CLASSES

KINDS = [
    ("first_answer", "First Answer"),
    ("next_answer", "Next Answer"),
    ("resolution", "Resolution"),
    ("promise", "Promise"),
]
STATES = [
    ("running", "Running"),
    ("paused", "Paused"),
    ("met", "Met"),
    ("breached", "Breached"),
    ("dropped", "Dropped"),
]


class CrmSlaClock(models.Model):
    """One thing that a ticket was promised, and until when. What was promised is
    copied from the policy, which may change later without a trace here."""

    _name = "crm.sla.clock"
    _description = "SLA Clock"
    _inherit = ["crm.of.ticket.mixin"]
    _order = "date_start desc, id desc"

    kind = fields.Selection(KINDS, required=True, readonly=True)
    policy_id = fields.Many2one(
        "crm.sla.policy",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The strictest of the policies that applied.",
    )
    promise_id = fields.Many2one(
        "crm.promise", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, index=True)
    commercial_partner_id = fields.Many2one(
        related="ticket_id.commercial_partner_id", string="Customer"
    )
    target_hours = fields.Float(
        "Target", readonly=True, help="Working hours that were promised."
    )
    warn_first = fields.Float(readonly=True)
    warn_second = fields.Float(readonly=True)
    calendar_id = fields.Many2one(
        "resource.calendar",
        "Own Working Hours",
        readonly=True,
        index="btree_not_null",
        help="Those of the contract or of the policy. Empty: those of the team, which"
        " stand in the ledger.",
    )
    tz = fields.Selection(_tz_get, "Time Zone", readonly=True)
    value_class = fields.Selection(
        VALUE_CLASSES,
        "Class",
        readonly=True,
        help="What the customer was worth when the clock started.",
    )
    date_start = fields.Datetime("Started", required=True, readonly=True)
    deadline = fields.Datetime(
        "Due", readonly=True, help="Empty while the customer or a supplier has to act."
    )
    warn_first_at = fields.Datetime("First Warning", readonly=True)
    warn_second_at = fields.Datetime("Second Warning", readonly=True)
    date_stop = fields.Datetime("Stopped", readonly=True)
    state = fields.Selection(STATES, required=True, readonly=True, default="running")
    used_hours = fields.Float(
        "Used Until Last Turn",
        readonly=True,
        help="Working hours in which we had to act, up to the last change of who has"
        " to.",
    )
    team_id = fields.Many2one(
        "helpdesk.ticket.team",
        "Stopped by Team",
        readonly=True,
        index="btree_not_null",
        help="The team that had the ticket when the clock stopped.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Stopped by",
        readonly=True,
        index="btree_not_null",
        help="Who had the ticket when the clock stopped.",
    )
    told = fields.Integer(
        "Told So Far",
        readonly=True,
        aggregator=None,
        help="How far warnings and the breach were told: 1, 2 and 3.",
        export_string_translation=False,
    )
    notice_ids = fields.One2many("crm.sla.notice", "clock_id", "Told", readonly=True)

    _open_idx = models.Index("(deadline) WHERE date_stop IS NULL")
    _stopped_idx = models.Index("(date_stop) WHERE date_stop IS NOT NULL")
    _one_of_a_kind = models.UniqueIndex(
        "(ticket_id, kind) WHERE date_stop IS NULL AND promise_id IS NULL",
        "A ticket has one running clock of each kind.",
    )
    _one_of_a_promise = models.UniqueIndex(
        "(promise_id) WHERE promise_id IS NOT NULL", "A promise has one clock."
    )

    @api.depends("kind", "ticket_id", "promise_id")
    def _compute_display_name(self):
        for clock in self:
            what = clock.promise_id.name or clock._kind_label()
            clock.display_name = f"{clock.ticket_id.number}: {what}"

    def _kind_label(self) -> str:
        return dict(self._fields["kind"]._description_selection(self.env))[self.kind]

    @api.model
    def _open_domain(self) -> Domain:
        return Domain("date_stop", "=", False)

    @api.model
    def _phase_domain(self, phase: str) -> Domain:
        """Tell which open clocks are in a phase at this moment, whether or not the
        job has seen it already: breached, warning, running or paused."""
        is_open = self._open_domain()
        breached = is_open & Domain("deadline", "<", "now")
        running = is_open & Domain("state", "=", "running") & ~breached
        warned = Domain("warn_first_at", "<=", "now") | Domain(
            "warn_second_at", "<=", "now"
        )
        return {
            "breached": breached,
            "warning": running & warned,
            "running": running & ~warned,
            "paused": is_open & Domain("state", "=", "paused") & ~breached,
        }[phase]

    def _stop(self, moment):
        """Stop the clocks, for what was promised was done at that moment."""
        for clock in self:
            clock.write(
                {
                    "date_stop": max(moment, clock.date_start),
                    "team_id": clock.ticket_id.team_id.id,
                    "user_id": clock.ticket_id.user_id.id,
                }
            )
        self._recount()
        self._drop_activities()
        self.filtered("told").ticket_id._rate_again()

    def _drop(self, moment):
        """End clocks that another one replaces, or whose promise was withdrawn. They
        remain on record and count in no report. Those that have just started, as when
        the contract is found right after the ticket came, leave no trace."""
        fresh = self.filtered(lambda clock: clock.date_start >= moment)
        (self - fresh).write({"date_stop": moment, "state": "dropped"})
        fresh.unlink()
        (self - fresh)._drop_activities()
        self.flush_model()  # the index lets no other begin before
        (self - fresh).filtered("told").ticket_id._rate_again()

    @api.readonly
    def action_open_ticket(self) -> dict:
        """Open the ticket."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "helpdesk.ticket",
            "res_id": self.ticket_id.id,
            "views": [(False, "form")],
        }
