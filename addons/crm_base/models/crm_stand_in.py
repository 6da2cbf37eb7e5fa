import logging
from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.base.models.res_partner import _tz_get

_logger = logging.getLogger(__name__)

STATES = [
    ("draft", "Draft"),
    ("planned", "Planned"),
    ("running", "Running"),
    ("ended", "Ended"),
    ("cancelled", "Cancelled"),
]
# After the start only these may change: the rest decided who got which rights.
OPEN_FIELDS = {"date_to", "reason"}
DECIDING = {"user_id", "stand_in_id", "company_id", "scope", "partner_ids", "date_from",
            "date_to", "tz"}  # fmt: skip


class CrmStandIn(models.Model):
    """A time in which one employee carries on the customers of another."""

    _name = "crm.stand.in"
    _description = "Stand-in"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date_from desc, id desc"
    _mail_post_access = "read"  # the stand-in may ask the absent here

    user_id = fields.Many2one(
        "res.users",
        "Absent",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        tracking=True,
        help="Whose customers are carried on.",
    )
    stand_in_id = fields.Many2one(
        "res.users",
        "Stand-in",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('share', '=', False), ('id', '!=', user_id)]",
        tracking=True,
        help="Who sees and changes the absent's documents for this time.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    date_from = fields.Date(
        "From", required=True, default=fields.Date.context_today, tracking=True
    )
    date_to = fields.Date(
        "To",
        required=True,
        default=fields.Date.context_today,
        tracking=True,
        help="The last day away.",
    )
    tz = fields.Selection(
        _tz_get,
        "Time Zone",
        compute="_compute_tz",
        store=True,
        readonly=False,
        help="Where the days begin and end: the time zone of the absent.",
    )
    start = fields.Datetime(compute="_compute_times", store=True)
    stop = fields.Datetime(compute="_compute_times", store=True, index=True)
    scope = fields.Selection(
        [("all", "All customers"), ("chosen", "Chosen customers")],
        required=True,
        default="all",
        help="All customers of the absent, or only those that are named.",
    )
    partner_ids = fields.Many2many(
        "res.partner",
        "crm_stand_in_partner_rel",
        "stand_in_id",
        "partner_id",
        string="Customers",
        domain="['|', ('is_company', '=', True), ('parent_id', '=', False)]",
    )
    step = fields.Selection(
        [("draft", "Draft"), ("confirmed", "Confirmed"), ("cancelled", "Cancelled")],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
    )
    state = fields.Selection(STATES, compute="_compute_state", search="_search_state")
    may_decide = fields.Boolean(
        compute="_compute_may_decide", export_string_translation=False
    )
    reason = fields.Char(help="Seen by the two and by managers only.")
    back_at = fields.Datetime("Back Earlier", readonly=True, copy=False)
    brief = fields.Html(readonly=True, copy=False)
    briefed_at = fields.Datetime(readonly=True, copy=False)
    hand_back = fields.Html("Handed Back", readonly=True, copy=False)
    handed_back_at = fields.Datetime(readonly=True, copy=False)

    @api.depends("user_id")
    def _compute_tz(self):
        for record in self:
            record.tz = record.user_id.tz or self.env.user.tz or "UTC"

    @api.depends("date_from", "date_to", "tz", "back_at")
    def _compute_times(self):
        for record in self:
            if not record.date_from or not record.date_to:
                record.start = record.stop = False
                continue
            record.start = record._midnight(record.date_from)
            end = record._midnight(record.date_to + timedelta(days=1))
            record.stop = min(end, record.back_at or end)

    @api.depends("step", "start", "stop")
    def _compute_state(self):
        self.state = False
        for state, _label in STATES:
            self.filtered_domain(self._state_domain(state)).state = state

    @api.depends_context("uid")
    @api.depends("user_id")
    def _compute_may_decide(self):
        shut = self._origin - self._origin._filtered_access("write")
        for record in self:
            record.may_decide = record._origin not in shut

    @api.model
    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain.OR(self._state_domain(state) for state in value)

    @api.model
    def _state_domain(self, state: str) -> Domain:
        confirmed = Domain("step", "=", "confirmed")
        begun = confirmed & Domain("start", "<=", "now")
        return {
            "draft": Domain("step", "=", "draft"),
            "planned": confirmed & Domain("start", ">", "now"),
            "running": begun & Domain("stop", ">", "now"),
            "ended": begun & Domain("stop", "<=", "now"),
            "cancelled": Domain("step", "=", "cancelled"),
        }.get(state, Domain.FALSE)

    @api.depends("user_id", "stand_in_id")
    def _compute_display_name(self):
        for record in self:
            record.display_name = self.env._(
                "%(stand_in)s for %(absent)s",
                stand_in=record.stand_in_id.name or "…",
                absent=record.user_id.name or "…",
            )

    @api.constrains("user_id", "stand_in_id", "company_id")
    def _check_people(self):
        for record in self:
            if problem := record._problem_of_people():
                raise ValidationError(problem)

    def _problem_of_people(self) -> str | None:
        self.ensure_one()
        absent, other = self.user_id, self.stand_in_id
        # Groups and companies of colleagues are for administrators to read.
        other_sudo, absent_sudo = other.sudo(), absent.sudo()
        if absent == other:
            return self.env._(
                "%(name)s cannot stand in for themselves. Choose a colleague.",
                name=absent.name,
            )
        if not other_sudo.active or not other_sudo.has_group(
            "crm_base.crm_base_group_user"
        ):
            return self.env._(
                "%(name)s does not work with customers here. Choose a colleague who is"
                " an active user of the customer base.",
                name=other.name,
            )
        for user, user_sudo in ((absent, absent_sudo), (other, other_sudo)):
            if self.company_id not in user_sudo.company_ids:
                return self.env._(
                    "%(name)s may not work in %(company)s. Choose another colleague or"
                    " company.",
                    name=user.name,
                    # It was chosen by the user, who is told its name alone.
                    company=self.company_id.sudo().name,
                )
        return None

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        if wrong := self.filtered(lambda record: record.date_to < record.date_from):
            raise ValidationError(
                self.env._(
                    "%(name)s: the last day is before the first. Mend the dates.",
                    name=wrong[0].display_name,
                )
            )

    @api.constrains("scope", "partner_ids")
    def _check_scope(self):
        for record in self.filtered(lambda record: record.scope == "chosen"):
            customers = record.partner_ids
            if not customers:
                raise ValidationError(
                    self.env._("No customer is chosen. Name some, or take them all.")
                )
            if people := customers - customers.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "%(person)s belongs to %(company)s. Choose that company.",
                        person=people[0].name,
                        company=people[0].commercial_partner_id.name,
                    )
                )

    @api.constrains("step", "user_id", "stand_in_id", "date_from", "date_to", "start",
                    "stop", "scope", "partner_ids")  # fmt: skip
    def _check_others(self):
        for record in self.filtered(lambda record: record.step == "confirmed"):
            record._check_double()
            record._check_circle()

    def _check_double(self):
        """Two people do not stand in for the same customers at one time."""
        # The other one may be known to managers only.
        others_sudo = self.sudo().search(
            [
                ("id", "!=", self.id),
                ("user_id", "=", self.user_id.id),
                ("step", "=", "confirmed"),
                ("start", "<", self.stop),
                # What is over opens no rights any more.
                ("stop", ">", max(self.start, fields.Datetime.now())),
            ]
        )
        for other_sudo in others_sudo:
            both_chosen = self.scope == other_sudo.scope == "chosen"
            if not both_chosen or self.partner_ids & other_sudo.partner_ids:
                raise ValidationError(
                    self.env._(
                        "%(other)s stands in for %(absent)s already, from %(start)s to"
                        " %(stop)s, for the same customers. End that first, or choose"
                        " other days or customers.",
                        other=other_sudo.stand_in_id.name,
                        absent=self.user_id.name,
                        start=other_sudo.date_from,
                        stop=other_sudo.date_to,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self._covers_changed()
        return records

    def write(self, vals):
        started = self.filtered("briefed_at")
        if started and vals.keys() & DECIDING - OPEN_FIELDS:
            raise UserError(
                self.env._(
                    "%(name)s has begun. Only the last day may change now; for the rest"
                    " end it and make another.",
                    name=started[0].display_name,
                )
            )
        if self.filtered("handed_back_at") and vals.keys() & DECIDING:
            raise UserError(
                self.env._("This time is over. Make another one for the new days.")
            )
        result = super().write(vals)
        if "user_id" in vals:
            # Nobody makes himself the stand-in of somebody else in a second step.
            self.check_access("write")
        self._covers_changed()
        return result

    def unlink(self):
        result = super().unlink()
        self._covers_changed()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_begun(self):
        if self.filtered("briefed_at"):
            raise UserError(
                self.env._(
                    "What a stand-in did stays on record. End the time instead of"
                    " deleting it."
                )
            )

    def action_confirm(self):
        """Fix the time: the rights open and close by themselves from now on."""
        self._move("confirmed", "draft")
        self._wake_up()
        self.filtered(lambda record: record.state == "running")._begin()

    def action_cancel(self):
        self._move("cancelled", "draft", "planned")

    def action_draft(self):
        self._move("draft", "cancelled")

    def action_back(self):
        """The absent is back before the last day: close the rights and hand back."""
        self._require("running")
        self.write({"back_at": fields.Datetime.now()})
        self._end()

    def _move(self, step: str, *allowed: str):
        self._require(*allowed)
        self.write({"step": step})

    def _require(self, *allowed: str):
        labels = dict(self._fields["state"]._description_selection(self.env))
        for record in self:
            if record.state not in allowed:
                raise UserError(
                    self.env._(
                        "%(name)s: this is possible in state %(allowed)s only, and it"
                        " is in state %(state)s.",
                        name=record.display_name,
                        allowed=", ".join(labels[state] for state in allowed),
                        state=labels[record.state],
                    )
                )

    @api.model
    def _cron_start_and_end(self):
        """Brief and hand back where it is due, however late the job runs."""
        due = self.search(self._due_domain())
        commit = self.env["ir.cron"]._commit_progress
        commit(remaining=len(due))
        for record in due:
            try:
                with self.env.cr.savepoint():
                    locked = record.try_lock_for_update()
                    locked.filtered_domain(self._due_domain())._proceed()
            except UserError:
                # Of one only; what else goes wrong is a fault, and fails the job.
                _logger.exception("Stand-in %s is tried again later", record.id)
            if not commit(1):
                break

    @api.model
    def _due_domain(self) -> Domain:
        begins = self._state_domain("running") & Domain("briefed_at", "=", False)
        ends = self._state_domain("ended") & Domain("handed_back_at", "=", False)
        return begins | ends

    def _proceed(self):
        self.filtered(lambda record: record.state == "running")._begin()
        self.filtered(lambda record: record.state == "ended")._end()

    def _wake_up(self):
        """Have the job run when these times begin and end."""
        # Everybody may plan his own absence, and nobody else touches jobs.
        cron_sudo = self.env.ref("crm_base.crm_stand_in_cron").sudo()
        cron_sudo._trigger(at=self.mapped("start") + self.mapped("stop"))

    def _midnight(self, day) -> datetime:
        """The moment in UTC at which a day begins in the time zone of the absent."""
        zone = pytz.timezone(self.tz or "UTC")
        local = zone.localize(datetime.combine(day, time.min))
        return local.astimezone(pytz.utc).replace(tzinfo=None)
