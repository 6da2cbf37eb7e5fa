import logging
from ast import literal_eval
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

_logger = logging.getLogger(__name__)

# What a ticket must not have seen since, for each trigger of time.
SINCE = {
    "waiting": ("asked_date",),
    "unassigned": ("create_date", "last_stage_update"),
    "idle": ("create_date", "last_stage_update", "last_answer_date", "asked_date"),
}
TRIED = 200


class CrmServiceRule(models.Model):
    """What happens to tickets by itself: when something occurs, or nothing does."""

    _name = "crm.service.rule"
    _description = "Service Rule"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: for all companies.")
    trigger = fields.Selection(
        [
            ("created", "A ticket comes in"),
            ("customer_said", "The customer writes"),
            ("we_said", "We answer"),
            ("stage", "The stage changes"),
            ("closed", "A ticket is closed"),
            ("reopened", "A ticket is reopened"),
            ("waiting", "The customer waits for an answer"),
            ("unassigned", "Nobody has taken the ticket"),
            ("idle", "Nothing happens on the ticket"),
            ("warned", "A deadline comes near"),
            ("breached", "A deadline is missed"),
        ],
        "When",
        required=True,
        default="created",
    )
    is_timed = fields.Boolean(compute="_compute_is_timed")
    hours = fields.Float(
        "For Hours", default=4, help="Hours by the clock, nights and holidays included."
    )
    stage_id = fields.Many2one(
        "helpdesk.ticket.stage", "Into Stage", help="Empty: into whatever stage."
    )
    domain = fields.Char("Which Tickets", required=True, default="[]")
    is_last = fields.Boolean(
        "No Further Rules", help="Rules below are passed over where this one held."
    )
    action_ids = fields.One2many("crm.service.rule.action", "rule_id", copy=True)
    run_ids = fields.One2many("crm.service.rule.run", "rule_id")
    run_count = fields.Integer(compute="_compute_run_count")
    failed_count = fields.Integer(compute="_compute_run_count")

    _hours_positive = models.Constraint(
        "CHECK (hours > 0)", "A rule waits for more than zero hours."
    )

    @api.depends("trigger")
    def _compute_is_timed(self):
        for rule in self:
            rule.is_timed = rule.trigger in SINCE

    def _compute_run_count(self):
        groups = self.env["crm.service.rule.run"]._read_group(
            [("rule_id", "in", self.ids)], ["rule_id", "is_failed"], ["__count"]
        )
        counts = {(rule.id, failed): count for rule, failed, count in groups}
        for rule in self:
            rule.failed_count = counts.get((rule.id, True), 0)
            rule.run_count = rule.failed_count + counts.get((rule.id, False), 0)

    @api.constrains("domain")
    def _check_domain(self):
        for rule in self:
            try:
                self.env["helpdesk.ticket"].search_count(rule._parsed_domain(), limit=1)
            except (ValueError, SyntaxError, TypeError, KeyError) as error:
                raise ValidationError(
                    self.env._(
                        "The tickets of the rule “%(name)s” cannot be found: "
                        "%(error)s. Choose them anew.",
                        name=rule.name,
                        error=error,
                    )
                ) from error

    @api.constrains("action_ids", "active")
    def _check_actions(self):
        for rule in self:
            if rule.active and not rule.action_ids:
                raise ValidationError(
                    self.env._(
                        "The rule “%(name)s” does nothing. Add what it shall do.",
                        name=rule.name,
                    )
                )

    def _parsed_domain(self) -> Domain:
        """Read the stored domain as data, never as code."""
        self.ensure_one()
        return Domain(literal_eval(self.domain or "[]"))

    # Running

    @api.model
    def _fire(self, trigger: str, tickets):
        """Apply the rules of ``trigger`` to ``tickets``, in the order of the rules.

        What a rule does fires no rule, so none can run in a circle.
        """
        if not tickets or self.env.context.get("crm_service_rule"):
            return
        rules = self.sudo().search([("trigger", "=", trigger)])  # whoever writes
        tickets = tickets.with_user(SUPERUSER_ID).with_context(crm_service_rule=True)
        for rule in rules.with_env(tickets.env):
            held = rule._matching(tickets)
            for ticket in held:
                rule._run(ticket)
            if rule.is_last:
                tickets -= held

    def _matching(self, tickets):
        """Give those of ``tickets`` for which the rule holds; none if it is broken."""
        self.ensure_one()
        try:
            held = tickets.filtered_domain(self._parsed_domain())
        except (ValueError, SyntaxError, TypeError, KeyError) as error:
            # A field that it names is gone: the ticket must come in all the same.
            self._note_failure(tickets[:1], error)
            return tickets.browse()
        if self.company_id:
            held = held.filtered(lambda ticket: ticket.company_id == self.company_id)
        if self.trigger == "stage" and self.stage_id:
            held = held.filtered(lambda ticket: ticket.stage_id == self.stage_id)
        return held

    def _run(self, ticket, episode=None):
        """Do what the rule says to one ticket, and write down what was done.

        A rule that fails leaves the ticket as it was: nobody's mail is lost over it.
        """
        self.ensure_one()
        if episode and self._has_run(ticket, episode):
            return
        try:
            with self.env.cr.savepoint():
                done = [action._do(ticket) for action in self.action_ids]
                self.env.flush_all()
        except Exception as error:  # of any kind, for rules call what addons add
            # Told in the list of runs, which managers see, and in the log. Not even a
            # conflict goes further: the gateway tries no mail a second time.
            _logger.exception("Service rule %s failed on ticket %s", self.id, ticket.id)
            self._note_failure(ticket, error, episode)
            return
        told = "\n".join(done)
        self._log(ticket, told, episode=episode)
        ticket._message_log(
            body=self.env._("Rule “%(name)s”: %(told)s", name=self.name, told=told)
        )

    def _has_run(self, ticket, episode: str) -> bool:
        same = Domain("rule_id", "=", self.id) & Domain("ticket_id", "=", ticket.id)
        runs = self.env["crm.service.rule.run"]
        return bool(runs.search_count(same & Domain("episode", "=", episode), limit=1))

    def _note_failure(self, ticket, error, episode=None):
        self._log(ticket, str(error)[:500], failed=True, episode=episode)

    def _log(self, ticket, told: str, failed=False, episode=None):
        self.env["crm.service.rule.run"].create(
            {
                "rule_id": self.id,
                "ticket_id": ticket.id,
                "told": told,
                "is_failed": failed,
                "episode": episode,
            }
        )

    # Rules of time

    def _timed_domain(self) -> Domain:
        """Open tickets that have waited for as long as the rule says."""
        self.ensure_one()
        limit = fields.Datetime.now() - timedelta(hours=self.hours)
        quiet = Domain.AND(
            Domain(name, "=", False) | Domain(name, "<=", limit)
            for name in SINCE[self.trigger]
        )
        if self.trigger == "waiting":
            quiet &= Domain("asked_date", "!=", False)
        if self.trigger == "unassigned":
            quiet &= Domain("user_id", "=", False)
        company = Domain("company_id", "=", self.company_id.id)
        return (
            Domain("stage_id.closed", "=", False)
            & quiet
            & (company if self.company_id else Domain.TRUE)
            & self._parsed_domain()
        )

    def _episode(self, ticket) -> str:
        """Name the wait that goes on, so that one wait is acted on once."""
        moments = [ticket[name] for name in SINCE[self.trigger] if ticket[name]]
        return fields.Datetime.to_string(max(moments))

    @api.model
    def _cron_timed(self):
        """Run the rules of time. One wait of a ticket is acted on once, however often
        and however late this runs: its log says for which wait it was."""
        timed = self.search([("trigger", "in", list(SINCE))])
        commit = self.env["ir.cron"]._commit_progress
        commit(remaining=len(timed))
        Ticket = self.env["helpdesk.ticket"].with_context(crm_service_rule=True)
        for rule in timed:
            rule = rule.with_env(Ticket.env).try_lock_for_update()
            for ticket in rule and rule._due(Ticket):
                rule._run(ticket, rule._episode(ticket))
            if not commit(1):
                break

    def _due(self, Ticket):
        try:
            return Ticket.search(self._timed_domain())
        except (ValueError, SyntaxError, TypeError, KeyError) as error:
            if self.run_ids[:1].told != str(error)[:500]:  # told once, not each time
                self._note_failure(Ticket, error)
            return Ticket

    # Trying out

    def action_try(self) -> dict:
        """Show which open tickets the rule would hold for now, and what it would do."""
        self.ensure_one()
        self.check_access("write")
        self._check_domain()  # it may name a field that is gone by now
        Ticket = self.env["helpdesk.ticket"]
        if self.is_timed:
            tickets = Ticket.search(self._timed_domain(), limit=TRIED)
        else:
            still_open = Domain("stage_id.closed", "=", self.trigger == "closed")
            tickets = Ticket.search(still_open & self._parsed_domain(), limit=TRIED)
            tickets = self._matching(tickets)
        trial = self.env["crm.service.rule.trial"].create(
            {
                "rule_id": self.id,
                "line_ids": [
                    (0, 0, {"ticket_id": ticket.id, "told": self._describe(ticket)})
                    for ticket in tickets
                ],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Dry run: %(name)s", name=self.name),
            "res_model": "crm.service.rule.trial",
            "res_id": trial.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _describe(self, ticket) -> str:
        return "\n".join(action._describe(ticket) for action in self.action_ids)

    @api.readonly
    def action_open_runs(self) -> dict:
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_css.crm_service_rule_run_action"
        )
        return action | {"domain": [("rule_id", "=", self.id)], "context": {}}

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        for rule, vals in zip(self, vals_list, strict=True):
            vals["name"] = self.env._("%(name)s (copy)", name=rule.name)
        return vals_list

    @api.ondelete(at_uninstall=False)
    def _unlink_except_logged(self):
        """What a rule did stays provable: archive it instead."""
        for rule in self:
            if rule.run_ids:
                raise UserError(
                    self.env._(
                        "The rule “%(name)s” has acted on tickets, and its log has to "
                        "stay. Archive it instead.",
                        name=rule.name,
                    )
                )
