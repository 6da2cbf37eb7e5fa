from datetime import datetime, timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.sla import Facts, strictest

SLA_STATES = [
    ("breached", "Breached"),
    ("warning", "Warning"),
    ("running", "On Track"),
    ("paused", "Paused"),
]
# Which writes may change whose turn it is, and which the choice of the policy.
TURNING = {"stage_id", "team_id", "user_id", "company_id", "active"}
DECIDING = {"team_id", "user_id", "company_id", "type_id", "severity", "contract_id",
            "product_id", "territory_id", "partner_id"}  # fmt: skip
AGENTS = "helpdesk_mgmt.group_helpdesk_user_own"
ANSWERS = ("first_answer", "next_answer")
TICKET_KINDS = (*ANSWERS, "resolution")


class HelpdeskTicket(models.Model):
    """What a ticket was promised, and when that is due."""

    _inherit = "helpdesk.ticket"

    sla_clock_ids = fields.One2many(
        "crm.sla.clock", "ticket_id", "Clocks", groups=AGENTS, copy=False
    )
    sla_interval_ids = fields.One2many(
        "crm.sla.interval", "ticket_id", "Ledger", groups=AGENTS, copy=False
    )
    promise_ids = fields.One2many(
        "crm.promise", "ticket_id", "Promises", groups=AGENTS, copy=False
    )
    sla_due_date = fields.Datetime(
        "Due",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The earliest deadline of what we have to do now.",
    )
    sla_state = fields.Selection(
        SLA_STATES,
        "SLA",
        compute="_compute_sla_state",
        search="_search_sla_state",
        compute_sudo=True,
        groups=AGENTS,
        help="Warning: so much of the time is used that the policy warns. Paused: the"
        " customer or a supplier has to act.",
    )
    sla_will_breach = fields.Boolean(
        "Will Breach Today",
        compute="_compute_sla_will_breach",
        search="_search_sla_will_breach",
        compute_sudo=True,
        groups=AGENTS,
        help="At the pace of the last days the team will not get to it in time.",
    )

    @api.depends(
        "sla_clock_ids.deadline", "sla_clock_ids.date_stop", "sla_clock_ids.state"
    )
    def _compute_sla_state(self):
        # Of all open clocks at once: asked of each ticket it took a fifth of a list.
        clocks = self.env["crm.sla.clock"]
        ours = Domain("ticket_id", "in", self._origin.ids)
        clocks = clocks.search(clocks._open_domain() & ours)
        states = {}
        for state, _label in reversed(SLA_STATES):  # the worst has the last word
            found = clocks.filtered_domain(clocks._phase_domain(state))
            states |= dict.fromkeys(found.ticket_id.ids, state)
        for ticket in self:
            ticket.sla_state = states.get(ticket._origin.id, False)

    @api.model
    def _search_sla_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = Domain.OR(self._sla_state_domain(state) for state in value if state)
        if False in value:
            domain |= ~Domain.OR(
                self._sla_state_domain(state) for state, _label in SLA_STATES
            )
        return domain

    @api.model
    def _sla_state_domain(self, state: str) -> Domain:
        """Tell which tickets are in a state: that of their worst open clock."""
        phases = [phase for phase, _label in SLA_STATES]
        worse = phases[: phases.index(state)]
        return self._sla_phase_domain(state) & Domain.AND(
            ~self._sla_phase_domain(phase) for phase in worse
        )

    @api.model
    def _sla_phase_domain(self, phase: str) -> Domain:
        # Who sees the ticket sees its clocks: their rule need not be asked again.
        domain = self.env["crm.sla.clock"]._phase_domain(phase)
        return Domain("sla_clock_ids", "any!", domain)

    def _compute_sla_will_breach(self):
        late = self._search_sla_will_breach("in", [True])
        hit = self.filtered_domain(late)
        hit.sla_will_breach = True
        (self - hit).sla_will_breach = False

    @api.model
    def _search_sla_will_breach(self, operator, value):
        if operator != "in":
            return NotImplemented
        outlooks = self.env["crm.sla.clock"]._forecast()
        ids = {outlook.ticket_id for outlook in outlooks if outlook.will_breach}
        return Domain("id", "in", list(ids))

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        now = fields.Datetime.now()
        tickets_sudo = tickets.sudo()  # the customer may make a ticket, but no clock
        self.env["crm.sla.interval"].sudo()._turn_over(now, tickets.ids)
        # Whoever assigned it while it was made may have started them already.
        is_open = tickets_sudo.filtered(lambda ticket: not ticket.closed)
        is_open._sla_start_missing()._recount()
        return tickets

    def write(self, vals):
        if not vals.keys() & (TURNING | DECIDING):
            return super().write(vals)
        was_closed = self.filtered("closed")
        result = super().write(vals)
        # Nobody writes clocks by hand.
        self.sudo()._sla_follow(was_closed.sudo(), vals.keys())
        return result

    def _note_answer(self, date):
        result = super()._note_answer(date)
        now = fields.Datetime.now()
        # Nobody writes clocks by hand.
        self.sudo()._sla_open_clocks(ANSWERS)._stop(min(date, now))
        return result

    def _note_question(self, date):
        result = super()._note_question(date)
        # What reaches us late or with a wrong date is ours from now on.
        now = fields.Datetime.now()
        answered_sudo = self.sudo().filtered(  # nobody writes clocks by hand
            lambda ticket: ticket.first_answer_date or ticket.reopen_count
        )
        clocks = answered_sudo._sla_open_clocks(ANSWERS)
        asking = answered_sudo - clocks.ticket_id
        asking._sla_start(("next_answer",), now)._recount()
        return result

    def _sla_open_clocks(self, kinds=TICKET_KINDS):
        return self.env["crm.sla.clock"].search(
            [
                ("ticket_id", "in", self.ids),
                ("kind", "in", kinds),
                ("date_stop", "=", False),
            ]
        )

    def _sla_follow(self, was_closed, names):
        """Let ledger and clocks follow a change of the tickets."""
        now = fields.Datetime.now()
        if names & TURNING:
            self.env["crm.sla.interval"]._turn_over(now, self.ids)
            closed = self.filtered("closed") - was_closed
            closed._sla_open_clocks()._stop(now)
            (was_closed - self.filtered("closed"))._sla_reopen()
        if names & DECIDING:
            self.filtered(lambda ticket: not ticket.closed)._sla_choose_again()
        self._sla_open_clocks()._recount()
        self.env["crm.sla.clock"]._refresh_due_dates(self.ids)

    def _sla_reopen(self):
        """Let the clock of the resolution run on: what comes back was not resolved."""
        clocks = self.env["crm.sla.clock"].search(
            [
                ("ticket_id", "in", self.ids),
                ("kind", "=", "resolution"),
                ("state", "!=", "dropped"),
            ]
        )
        for ticket_clocks in clocks.grouped("ticket_id").values():
            ticket_clocks[:1].write(
                {"date_stop": False, "team_id": False, "user_id": False}
            )

    def _sla_start(self, kinds, start: datetime):
        """Start clocks of these kinds, where a policy promises something."""
        worktimes = self.env["resource.calendar"]._sla_worktimes(start)
        vals_list = [
            vals
            for ticket in self
            for kind in kinds
            if (vals := ticket._sla_clock_vals(kind, start, worktimes))
        ]
        return self.env["crm.sla.clock"].create(vals_list)

    def _sla_choose_again(self):
        """Put the strictest policy of now on the open clocks, from their start on.

        A clock whose policy goes is ended and remains on record; what was breached
        stays so.
        """
        clocks = self.sudo()._sla_open_clocks()  # nobody writes clocks by hand
        clocks = clocks.filtered(lambda clock: clock.state != "breached")
        since = min(clocks.mapped("date_start"), default=None)
        worktimes = self.env["resource.calendar"]._sla_worktimes(since)
        replaced, vals_list = clocks.browse(), []
        for clock in clocks:
            vals = clock.ticket_id._sla_clock_vals(
                clock.kind, clock.date_start, worktimes, clock
            )
            if vals.get("policy_id") != clock.policy_id.id:
                replaced += clock
                vals_list += [vals] if vals else []
        replaced._drop(fields.Datetime.now())
        started = clocks.create(vals_list)
        missing = self.sudo().filtered(lambda ticket: not ticket.closed)  # as above
        started += missing._sla_start_missing()
        started._recount()
        self.env["crm.sla.clock"]._refresh_due_dates(self.ids)

    def _sla_start_missing(self):
        """Start what a policy promises now and none promised when the ticket came."""
        clocks = self.env["crm.sla.clock"].search(
            [("ticket_id", "in", self.ids), ("state", "!=", "dropped")]
        )
        known = {(clock.ticket_id, clock.kind) for clock in clocks}
        # Where the ledger begins, which is when the ticket came.
        came = dict(
            self.env["crm.sla.interval"]._read_group(
                [("ticket_id", "in", self.ids)], ["ticket_id"], ["date_start:min"]
            )
        )
        since = min(came.values(), default=None)
        worktimes = self.env["resource.calendar"]._sla_worktimes(since)
        vals_list = [
            vals
            for ticket in self
            for kind, is_wanted in (
                ("first_answer", not ticket.first_answer_date),
                ("resolution", True),
            )
            if is_wanted
            and (ticket, kind) not in known
            and (
                vals := ticket._sla_clock_vals(
                    kind, came.get(ticket, ticket.create_date), worktimes
                )
            )
        ]
        return clocks.create(vals_list)

    def _sla_clock_vals(self, kind, start, worktimes, clock=None) -> dict:
        """Give the clock that the strictest policy asks for; nothing if none does.

        :param clock: the clock that runs; what it was promised counts for its policy
        """
        self.ensure_one()
        facts = self._sla_facts()
        candidates = []
        for rule in self.env["crm.sla.policy"]._rules():
            if rule.targets.get(kind) and rule.applies(facts):
                vals = self._sla_vals_of(rule, kind, start)
                if clock and clock.policy_id.id == rule.id:
                    vals["target_hours"] = clock.target_hours
                candidates.append((rule, vals))
        if not candidates:
            return {}
        chosen = candidates[0][0]
        if len(candidates) > 1:
            chosen = strictest(
                (rule, self._sla_undisturbed(vals, worktimes))
                for rule, vals in candidates
            )
        return next(vals for rule, vals in candidates if rule is chosen)

    def _sla_undisturbed(self, vals, worktimes) -> datetime | None:
        """Give the deadline if we had to act all the time, in today's working hours."""
        calendar = self.env["resource.calendar"].browse(vals["calendar_id"])
        calendar = calendar or self._sla_calendar()
        tz = vals["tz"] or calendar.tz
        work = worktimes(calendar.id, tz, self.company_id.id)
        length = timedelta(seconds=round(3600 * vals["target_hours"]))
        return work.add(vals["date_start"], length)

    def _sla_vals_of(self, rule, kind, start) -> dict:
        calendar = self.contract_id.sla_calendar_id
        tz = calendar.tz
        if not calendar:
            calendar = calendar.browse(rule.calendar or ())
            tz = rule.tz or calendar.tz
        return {
            "ticket_id": self.id,
            "kind": kind,
            "policy_id": rule.id,
            "target_hours": rule.targets[kind],
            "warn_first": rule.warn_first,
            "warn_second": rule.warn_second,
            "calendar_id": calendar.id,
            "tz": tz or False,
            "value_class": self._sla_value_class(),
            "date_start": start,
        }

    def _sla_calendar(self):
        """Give the working hours of the team, or of the company."""
        team = self.team_id.resource_calendar_id
        return team or self.company_id.resource_calendar_id

    def _sla_value_class(self):
        customer = self.commercial_partner_id.with_company(self.company_id)
        return customer.value_class

    def _sla_facts(self) -> Facts:
        self.ensure_one()
        path = self.territory_id.parent_path or ""
        return Facts(
            company=self.company_id.id,
            team=self.team_id.id or 0,
            type=self.type_id.id or 0,
            severity=self.severity,
            value_class=self._sla_value_class() or "",
            level=self.service_level_id.id or 0,
            product=self.product_id.id or 0,
            territories=frozenset(int(id_) for id_ in path.split("/") if id_),
        )
