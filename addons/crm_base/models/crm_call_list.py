from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_duration

from ..tools.contact_hours import Hours
from .crm_contact_policy import WEEKDAYS

STATES = [("draft", "In preparation"), ("open", "Being called"), ("done", "Closed")]


class CrmCallList(models.Model):
    """Whom some callers are to phone, for what, with which words and at what hours."""

    _name = "crm.call.list"
    _description = "Call List"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "state desc, date_from desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    state = fields.Selection(
        STATES, required=True, default="draft", readonly=True, copy=False, tracking=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        tracking=True,
        help="Fills the list and decides who calls.",
    )
    user_ids = fields.Many2many(
        "res.users",
        "crm_call_list_user_rel",
        "list_id",
        "user_id",
        "Callers",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
    )
    campaign_id = fields.Many2one(
        "utm.campaign", index="btree_not_null", help="What the calls are for."
    )
    script_id = fields.Many2one(
        "crm.call.script",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
    )
    date_from = fields.Date(
        "First Day", required=True, default=fields.Date.context_today
    )
    date_to = fields.Date("Last Day", help="Empty: until the list is closed.")
    hour_from = fields.Float(
        "From", default=9, help="The earliest hour, by the clock of who is called."
    )
    hour_to = fields.Float(
        "To", default=18, help="No call begins after it, by the clock of who is called."
    )
    mon = fields.Boolean(default=True)
    tue = fields.Boolean(default=True)
    wed = fields.Boolean(default=True)
    thu = fields.Boolean(default=True)
    fri = fields.Boolean(default=True)
    sat = fields.Boolean()
    sun = fields.Boolean()
    max_attempts = fields.Integer(
        "Attempts at Most",
        required=True,
        default=3,
        help="After so many calls without an answer one gives up.",
    )
    pause_hours = fields.Float(
        "Pause", default=3, help="Hours until somebody who did not answer comes again."
    )
    consent_rule = fields.Selection(
        [
            ("agreed", "Only who agreed to marketing by phone"),
            ("not_refused", "Everybody who did not refuse it"),
        ],
        "May Be Called",
        required=True,
        default=lambda self: self._default_consent_rule(),
        tracking=True,
        help="The proposal is the rule of your company for the purpose “Marketing”.",
    )
    fill_model = fields.Selection(
        [("res.partner", "Contacts")], "Fill With", required=True, default="res.partner"
    )
    fill_domain = fields.Char(
        "Which", default="[]", help="All who match are taken when you fill the list."
    )
    line_ids = fields.One2many("crm.call.list.line", "list_id", "Entries")
    attempt_ids = fields.One2many("crm.call.attempt", "list_id", "Calls")

    line_count = fields.Integer("All", compute="_compute_progress")
    todo_count = fields.Integer(
        "To Call", compute="_compute_progress", help="Nobody has them in hand now."
    )
    work_count = fields.Integer("In Work", compute="_compute_progress")
    reached_count = fields.Integer("Reached", compute="_compute_progress")
    no_answer_count = fields.Integer("No Answer", compute="_compute_progress")
    refused_count = fields.Integer("Refused", compute="_compute_progress")
    success_count = fields.Integer("Success", compute="_compute_progress")
    left_out_count = fields.Integer("Left Out", compute="_compute_progress")
    attempt_count = fields.Integer("Calls Made", compute="_compute_attempt_count")
    progress = fields.Float(
        compute="_compute_progress", help="Percent of the entries that are settled."
    )
    success_rate = fields.Float(
        compute="_compute_progress", help="Successes, in percent of those reached."
    )

    _days_in_order = models.Constraint(
        "CHECK (date_to >= date_from)",
        "The last day of a call list cannot lie before the first.",
    )
    _attempts_sensible = models.Constraint(
        "CHECK (max_attempts BETWEEN 1 AND 50)",
        "Somebody who does not answer is called 1 to 50 times.",
    )
    _pause_sensible = models.Constraint(
        "CHECK (pause_hours BETWEEN 0 AND 720)",
        "The pause between two calls is 0 to 720 hours.",
    )

    def _default_consent_rule(self):
        marketing = self.env["crm.consent.purpose"]._with_code("marketing")
        needs = marketing._needs_consent(self.env.company)
        return "agreed" if needs else "not_refused"

    @api.depends("line_ids.state", "line_ids.taken_by_id")
    def _compute_progress(self):
        counts = {one: {} for one in self.ids}
        for call_list, state, taken, count in self.env[
            "crm.call.list.line"
        ]._read_group(
            [("list_id", "in", self.ids)],
            ["list_id", "state", "taken_by_id"],
            ["__count"],
        ):
            key = "work" if taken else state
            mine = counts[call_list.id]
            mine[key] = mine.get(key, 0) + count
        for call_list in self:
            call_list._set_progress(counts.get(call_list.id, {}))

    def _set_progress(self, counts: dict):
        count = counts.get
        self.todo_count = count("todo", 0) + count("call_back", 0)
        self.work_count = count("work", 0)
        self.success_count = count("success", 0)
        self.refused_count = count("refused", 0)
        self.reached_count = count("reached", 0) + self.success_count
        self.reached_count += self.refused_count
        self.no_answer_count = count("no_answer", 0)
        self.left_out_count = count("left_out", 0)
        self.line_count = sum(counts.values())
        wanted = self.line_count - self.left_out_count
        settled = self.reached_count + count("wrong", 0) + count("given_up", 0)
        self.progress = 100 * settled / wanted if wanted else 0
        reached = self.reached_count
        self.success_rate = 100 * self.success_count / reached if reached else 0

    @api.depends("attempt_ids")
    def _compute_attempt_count(self):
        counts = dict(
            self.env["crm.call.attempt"]._read_group(
                [("list_id", "in", self.ids)], ["list_id"], ["__count"]
            )
        )
        for call_list in self:
            call_list.attempt_count = counts.get(call_list, 0)

    @api.constrains("hour_from", "hour_to", *WEEKDAYS)
    def _check_hours(self):
        for call_list in self:
            start, stop = call_list.hour_from, call_list.hour_to
            if not 0 <= start < stop <= 24:
                raise ValidationError(
                    self.env._(
                        "“%(name)s”: the hours go from %(start)s to %(stop)s. Enter two"
                        " hours of one day, the earlier one first.",
                        name=call_list.name,
                        start=format_duration(start),
                        stop=format_duration(stop),
                    )
                )
            if not call_list._hours().weekdays:
                raise ValidationError(
                    self.env._(
                        "“%(name)s”: choose at least one day of the week.",
                        name=call_list.name,
                    )
                )

    def _hours(self) -> Hours:
        self.ensure_one()
        days = (number for number, name in enumerate(WEEKDAYS) if self[name])
        return Hours(self.hour_from, self.hour_to, frozenset(days))

    # Buttons

    def action_open(self):
        """Let the callers begin."""
        for call_list in self:
            if not call_list.user_ids:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” has no callers. Choose who makes the calls.",
                        name=call_list.name,
                    )
                )
        self.write({"state": "open"})

    def action_close(self):
        self.write({"state": "done"})
        # What a caller has in hand is nobody's to settle any more.
        self.line_ids.sudo()._release()

    def action_draft(self):
        self.write({"state": "draft"})

    @api.readonly
    def action_call(self) -> dict:
        """Open the screen on which the calls are made."""
        self.ensure_one()
        action = self.env["ir.actions.client"]._for_xml_id(
            "crm_base.crm_call_screen_action"
        )
        return action | {"context": {"active_id": self.id}}

    @api.readonly
    def action_lines(self) -> dict:
        """Open the entries behind a number of the list."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_base.crm_call_list_line_action"
        )
        which = self.env.context.get("crm_call_filter")
        context = {f"search_default_{which}": 1} if which else {}
        return action | {"domain": [("list_id", "=", self.id)], "context": context}

    @api.readonly
    def action_attempts(self) -> dict:
        """Open the calls that were made, as a graph of their outcomes."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_base.crm_call_attempt_action"
        )
        return action | {"domain": [("list_id", "=", self.id)], "context": {}}
