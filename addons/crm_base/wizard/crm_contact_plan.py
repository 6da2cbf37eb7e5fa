from collections import defaultdict
from datetime import datetime, time, timedelta

import pytz
from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_date
from odoo.tools.intervals import Intervals

from ..tools.contact_plan import Diary, subtract

MOST_DAYS = 92


class CrmContactPlan(models.TransientModel):
    """A plan of contacts with customers, spread over the employees' free time."""

    _name = "crm.contact.plan"
    _description = "Plan of Contacts"

    status_ids = fields.Many2many(
        "crm.contact.status",
        "crm_contact_plan_status_rel",
        "plan_id",
        "status_id",
        "Customers",
        default=lambda self: self._default_status_ids(),
    )
    user_id = fields.Many2one(
        "res.users",
        "Employee",
        domain="[('share', '=', False)]",
        help="Who contacts all of them; empty: the salesperson of each customer.",
    )
    date_from = fields.Date("From", required=True, default=fields.Date.context_today)
    date_to = fields.Date(
        "To",
        required=True,
        default=lambda self: fields.Date.context_today(self) + timedelta(days=13),
    )
    per_day = fields.Integer(
        "At Most a Day",
        required=True,
        default=5,
        help="So many planned contacts for each employee, with those of earlier plans.",
    )
    duration = fields.Float(
        "Time for Each", required=True, default=0.5, help="In hours and minutes."
    )
    line_ids = fields.One2many(
        "crm.contact.plan.line",
        "plan_id",
        "Preview",
        compute="_compute_line_ids",
        # Stored values are computed with all rights otherwise.
        compute_sudo=False,
        store=True,
    )
    load = fields.Html("Contacts a Day", compute="_compute_load", sanitize=False)
    misfit_count = fields.Integer("Not Planned", compute="_compute_load")

    def _default_status_ids(self):
        if self.env.context.get("active_model") != "crm.contact.status":
            return False
        return [Command.set(self.env.context.get("active_ids", []))]

    @api.depends("status_ids", "user_id", "date_from", "date_to", "per_day", "duration")
    def _compute_line_ids(self):
        for plan in self:
            lines = [] if plan._problem() else plan._lines()
            plan.line_ids = [Command.clear(), *map(Command.create, lines)]

    @api.depends("line_ids")
    def _compute_load(self):
        for plan in self:
            planned = plan.line_ids.filtered("date")
            plan.misfit_count = len(plan.line_ids - planned)
            plan.load = plan._load_table(planned)

    def _load_table(self, lines) -> Markup:
        """Give how many contacts a day each employee gets, as a table."""
        days = sorted(set(lines.mapped("date")))
        head = [Markup("<th>%s</th>") % self._day_name(day) for day in days]
        body = [
            Markup("<tr><td>%s</td>%s<td><b>%s</b></td></tr>")
            % (
                user.name,
                Markup().join(
                    Markup("<td>%s</td>")
                    % (sum(line.date == day for line in of_user) or "")
                    for day in days
                ),
                len(of_user),
            )
            for user, of_user in lines.grouped("user_id").items()
        ]
        return days and Markup(
            '<table class="table table-sm w-auto"><tr><th/>%s<th/></tr>%s</table>'
        ) % (Markup().join(head), Markup().join(body))

    def _day_name(self, day) -> str:
        return format_date(self.env, day, date_format="EE d MMM")

    @api.constrains("date_from", "date_to", "per_day", "duration")
    def _check_period(self):
        for plan in self:
            if problem := plan._problem():
                raise ValidationError(problem)

    def _problem(self) -> str:
        """Say what is wrong with the period or the numbers; empty if nothing is."""
        first, last = self.date_from, self.date_to
        if not first or not last or first < fields.Date.context_today(self):
            return self.env._("Plan from today on: a day that is past cannot be used.")
        if last < first:
            return self.env._("The last day of the plan is before its first day.")
        if (last - first).days >= MOST_DAYS:
            return self.env._("Plan for %(days)s days at most.", days=MOST_DAYS)
        if self.per_day < 1:
            return self.env._("Allow at least one contact a day.")
        if not 0 < self.duration <= 24:
            return self.env._("A contact takes more than no time, and at most a day.")
        return ""

    def action_plan(self) -> dict:
        """Make the activities of the preview, as it stands now."""
        self.ensure_one()
        statuses = self.status_ids._origin
        statuses.check_access("read")
        if not statuses:
            raise UserError(self.env._("Choose the customers in the list first."))
        # Who plans the same customers at the same moment begins anew after us, and
        # then finds our activities.
        self.env.execute_query(
            SQL(
                "UPDATE crm_contact_status SET id = id WHERE id = ANY(%s) RETURNING id",
                statuses.ids,
            )
        )
        statuses.invalidate_recordset(["planned_date"])
        self._compute_line_ids()
        lines = self.line_ids.filtered("date")
        if not lines:
            raise UserError(
                self.env._("None of the customers can be planned; the list says why.")
            )
        # One mail for each contact would bury the colleague; they stand in the agenda.
        activities = self.env["mail.activity"].with_context(
            mail_activity_quick_update=True
        )
        activities.create([self._activity_vals(line) for line in lines])
        statuses.invalidate_recordset(["planned_date"])
        return self._done(len(lines))

    def _activity_vals(self, line) -> dict:
        summary = self.env._("Contact due: %(policy)s", policy=line.policy_id.name)
        if line.missing_steps:
            summary = f"{summary} ({line.missing_steps})"
        return {
            "res_model_id": self.env["ir.model"]._get_id("res.partner"),
            "res_id": line.partner_id.id,
            "activity_type_id": line.activity_type_id.id,
            "user_id": line.user_id.id,
            "date_deadline": line.date,
            "summary": summary,
            "contact_policy_id": line.policy_id.id,
        }

    def _done(self, count: int) -> dict:
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if self.misfit_count else "success",
                "message": self.env._(
                    "%(count)s contacts are planned; %(left)s did not fit.",
                    count=count,
                    left=self.misfit_count,
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    # The preview

    def _lines(self) -> list[dict]:
        """Give the lines, most valuable and longest overdue first."""
        statuses = self.status_ids._origin.sorted(
            lambda status: (
                status.value_class or "z",
                status.next_contact_due,
                status.id,
            )
        )
        diaries = self._diaries(self._employees(statuses))
        return [
            self._line(status, self._employees(status), diaries) for status in statuses
        ]

    def _employees(self, statuses):
        """Give who is to contact some customers."""
        return (self.user_id._origin or statuses.user_id).filtered("active")

    def _line(self, status, user, diaries: dict) -> dict:
        vals = {
            "partner_id": status.partner_id.id,
            "policy_id": status.policy_id.id,
            "value_class": status.value_class,
            "next_contact_due": status.next_contact_due,
            "missing_steps": status.missing_steps,
            "user_id": user.id,
            "activity_type_id": self._activity_type(status).id,
        }
        problem = self._reason_against(status, user)
        if problem:
            return vals | {"problem": problem}
        partner = status.partner_id.with_company(status.company_id)
        hours = status.policy_id._hours()
        allowed = hours.within(self.date_from, self.date_to, partner._contact_tz())
        day = diaries[user].book(allowed, timedelta(hours=self.duration))
        if day:
            return vals | {"date": day}
        return vals | {
            "problem": self.env._(
                "%(employee)s has no free time within the allowed hours: %(hours)s.",
                employee=user.name,
                hours=partner._contact_hours_text(status.policy_id),
            )
        }

    def _reason_against(self, status, user) -> str:
        """Say why a customer is not planned at all; empty if he may be."""
        if status.planned_date:
            return self.env._(
                "Planned already, for %(date)s.",
                date=format_date(self.env, status.planned_date),
            )
        policy = status.policy_id
        if 0 < policy.max_contacts <= status.contacts_in_period:
            return self.env._(
                "We made %(count)s contacts in %(days)s days; at most %(most)s are"
                " allowed.",
                count=status.contacts_in_period,
                days=policy.max_period,
                most=policy.max_contacts,
            )
        if not user:
            return self.env._("There is no salesperson: choose an employee.")
        return ""

    def _activity_type(self, status):
        types = status.policy_id.kind_ids.sorted().activity_type_id
        return types[:1] or self.env.ref("mail.mail_activity_data_todo")

    # The employees' free time

    def _diaries(self, users) -> dict:
        """Give each employee's free time of the period, and what is planned in it."""
        busy, booked = self._meetings(users), self._booked(users)
        diaries = {}
        for user in users:
            tz = self._tz_of(user)
            free = subtract(self._working_time(user, tz), busy[user.partner_id.id])
            diaries[user] = Diary(free, self.per_day, tz, booked[user])
        return diaries

    def _tz_of(self, user):
        policy = self.env["crm.contact.policy"]
        return pytz.timezone(user.tz or policy._tz_name(user.company_id))

    def _bounds(self, tz) -> tuple[datetime, datetime]:
        """Give the period from now on, in UTC, for who lives in a time zone."""
        start = tz.localize(datetime.combine(self.date_from, time.min))
        stop = tz.localize(datetime.combine(self.date_to + timedelta(days=1), time.min))
        return max(start, pytz.utc.localize(fields.Datetime.now())), stop

    def _working_time(self, user, tz) -> list[tuple]:
        start, stop = self._bounds(tz)
        if start >= stop:
            return []
        # A colleague's leaves need not be readable for who sees only that he is away.
        user_sudo = user.sudo()
        resource = user_sudo.resource_ids[:1]
        calendar = resource.calendar_id or user_sudo.company_id.resource_calendar_id
        if not calendar:
            intervals = Intervals([(start, stop, user)])
        elif resource:
            intervals = calendar._work_intervals_batch(start, stop, resource, tz=tz)[
                resource.id
            ]
        else:
            intervals = calendar._work_intervals_batch(start, stop, tz=tz)[False]
        return [
            tuple(
                moment.astimezone(pytz.utc).replace(tzinfo=None) for moment in interval
            )
            for *interval, _records in intervals
        ]

    def _meetings(self, users) -> dict:
        """Give the meetings of each employee's contact: private ones take time too."""
        zones = {user.partner_id.id: self._tz_of(user) for user in users}
        first = datetime.combine(self.date_from, time.min) - timedelta(days=1)
        last = datetime.combine(self.date_to, time.max) + timedelta(days=1)
        # Whether a colleague is busy, not with what.
        attendees = (
            self.env["calendar.attendee"]
            .sudo()
            .search(
                [
                    ("partner_id", "in", list(zones)),
                    ("state", "!=", "declined"),
                    ("event_id.active", "=", True),
                    ("event_id.show_as", "=", "busy"),
                    ("event_id.start", "<=", last),
                    ("event_id.stop", ">=", first),
                ]
            )
        )
        meetings = defaultdict(list)
        for attendee in attendees:
            person = attendee.partner_id.id
            meetings[person].append(self._time_of(attendee.event_id, zones[person]))
        return meetings

    def _time_of(self, event, tz) -> tuple[datetime, datetime]:
        if not event.allday:
            return event.start, event.stop
        days = (event.start_date, event.stop_date + timedelta(days=1))
        return tuple(
            tz.localize(datetime.combine(day, time.min))
            .astimezone(pytz.utc)
            .replace(tzinfo=None)
            for day in days
        )

    def _booked(self, users) -> dict:
        """Count the open contacts of earlier plans by employee and day."""
        activities = self.env["mail.activity"].sudo()  # planned by whomever
        planned = Domain("contact_policy_id", "!=", False) & Domain(
            "user_id", "in", users.ids
        )
        booked = defaultdict(dict)
        groups = ["user_id", "date_deadline:day"]
        for user, day, count in activities._read_group(planned, groups, ["__count"]):
            booked[user][day] = count
        return booked
