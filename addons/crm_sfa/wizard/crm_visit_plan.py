from datetime import datetime, timedelta
from math import cos, radians

from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date, format_datetime

from odoo.addons.crm_base.tools.contact_plan import subtract

from ..tools.day import appointments
from ..tools.route import distance, route

# Customers that are proposed, and those that are ticked at once.
PROPOSED, TICKED = 30, 6
# Kilometres of a degree of latitude.
DEGREE = 111.2


class CrmVisitPlan(models.TransientModel):
    """Customers chosen for one day, put into it one after another."""

    _name = "crm.visit.plan"
    _description = "Plan of Visits"

    user_id = fields.Many2one(
        "res.users",
        "Visitor",
        required=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        context={"active_test": False},
    )
    date = fields.Date("Day", required=True, default=lambda self: self._default_date())
    choice = fields.Selection(
        [("due", "Contact due by policy"), ("near", "Near a customer")],
        "Propose",
        required=True,
        default="due",
    )
    near_id = fields.Many2one(
        "res.partner", "Around", help="Customers around this one are proposed."
    )
    radius = fields.Float("Within (km)", default=10, required=True)
    duration = fields.Float("Time There", default=0.75, required=True)
    gap = fields.Float("Time Between", default=0.25, required=True)
    line_ids = fields.One2many(
        "crm.visit.plan.line",
        "plan_id",
        "Customers",
        compute="_compute_line_ids",
        # Stored values are computed with all rights otherwise.
        compute_sudo=False,
        store=True,
        readonly=False,
    )
    note = fields.Char(compute="_compute_preview")
    preview = fields.Html(compute="_compute_preview", sanitize=False)

    def _default_date(self):
        today = fields.Date.context_today(self)
        return self.env.user._next_working_day(today)

    @api.depends("user_id", "date", "choice", "near_id", "radius")
    def _compute_line_ids(self):
        for plan in self:
            lines = plan._proposed() if plan.user_id and plan.date else []
            for index, line in enumerate(lines):
                line["is_chosen"] = index < TICKED
            plan.line_ids = [Command.clear(), *map(Command.create, lines)]

    @api.depends("user_id", "date", "duration", "gap", "line_ids.is_chosen",
                 "line_ids.partner_id")  # fmt: skip
    def _compute_preview(self):
        for plan in self:
            plan.note = plan.preview = False
            if not plan.user_id or not plan.date or plan._problem():
                continue
            visitor, plan.note = plan.user_id._origin._who_is_there(plan.date)
            plan.preview = plan._preview_table(visitor)

    def _preview_table(self, visitor) -> Markup:
        planned, left = self._placed(visitor)
        zone = visitor._day_zone().zone
        rows = [
            Markup("<tr><td>%s–%s</td><td>%s</td></tr>")
            % (self._clock(start, zone), self._clock(stop, zone), partner.display_name)
            for partner, (start, stop) in planned
        ]
        rows += [
            Markup('<tr class="text-danger"><td>%s</td><td>%s</td></tr>')
            % (self.env._("does not fit"), partner.display_name)
            for partner in left
        ]
        return rows and Markup('<table class="table table-sm">%s</table>') % (
            Markup().join(rows)
        )

    def _clock(self, moment, zone) -> str:
        return format_datetime(self.env, moment, tz=zone, dt_format="HH:mm")

    @api.constrains("date", "duration", "gap", "radius")
    def _check_numbers(self):
        for plan in self:
            if problem := plan._problem():
                raise ValidationError(problem)

    def _problem(self) -> str:
        if self.date < fields.Date.context_today(self):
            return self.env._("Plan from today on: a day that is past cannot be used.")
        if not 0 < self.duration <= 10:
            return self.env._("A visit takes more than no time, and at most ten hours.")
        if not 0 <= self.gap <= 10:
            return self.env._("Between two visits there are no to ten hours.")
        if not 0 < self.radius <= 1000:
            return self.env._("Look for customers within 1,000 kilometres at most.")
        return ""

    # The proposal

    def _proposed(self) -> list[dict]:
        if self.choice == "near":
            return self._nearby()
        due = Domain("next_contact_due", "<=", self.date) & Domain(
            "user_id", "=", self.user_id._origin.id
        )
        statuses = self.env["crm.contact.status"].search(
            due & Domain("partner_id", "not in", self._planned_ids()),
            order="value_class, next_contact_due, id",
            limit=PROPOSED,
        )
        return [
            {"partner_id": status.partner_id.id, "date_due": status.next_contact_due}
            for status in statuses
        ]

    def _planned_ids(self) -> list[int]:
        """Customers whom somebody is to visit already."""
        visits_sudo = self.env["crm.visit"].sudo()  # colleagues visit too
        planned = visits_sudo.search(
            [("start", ">=", fields.Datetime.now()), ("date_out", "=", False)]
        )
        return planned.partner_id.commercial_partner_id.ids

    def _nearby(self) -> list[dict]:
        here = self.near_id and self.near_id._place()
        if not here or self._problem():
            return []
        high = self.radius / DEGREE
        wide = min(180, high / max(0.01, cos(radians(here.lat))))
        around = self.env["res.partner"].search(
            [
                ("partner_latitude", ">=", here.lat - high),
                ("partner_latitude", "<=", here.lat + high),
                ("partner_longitude", ">=", here.lon - wide),
                ("partner_longitude", "<=", here.lon + wide),
                ("parent_id", "=", False),
                ("partner_share", "=", True),
                ("id", "not in", self._planned_ids()),
            ]
        )
        found = []
        for partner in around - self.env.companies.partner_id:
            place = partner._place()
            far = place and distance(here, place)
            if place and far <= self.radius:
                found.append({"partner_id": partner.id, "distance": far})
        return sorted(found, key=lambda line: line["distance"])[:PROPOSED]

    # The day

    def _placed(self, visitor) -> tuple[list, list]:
        """Give the chosen customers with their times, in the order of a short way, and
        those for whom no time is left. Who has no coordinates comes last."""
        customers = self._in_order(visitor)
        length = timedelta(hours=self.duration)
        times = appointments(
            self._free(visitor),
            [length] * len(customers),
            timedelta(hours=self.gap),
        )
        return list(zip(customers, times, strict=False)), customers[len(times) :]

    def _in_order(self, visitor) -> list:
        chosen = self.line_ids.filtered("is_chosen").partner_id
        partners = [partner._origin for partner in chosen]
        placed = [partner for partner in partners if partner._place()]
        home = self.env["crm.visit"]._home(visitor)
        order = route(home, [partner._place() for partner in placed])
        lost = [partner for partner in partners if not partner._place()]
        return [placed[index] for index in order] + lost

    def _free(self, visitor) -> list[tuple[datetime, datetime]]:
        """The working time of the day that is neither past nor taken."""
        start, stop = visitor._day_bounds(self.date, self.date)
        work = visitor._working_times(self.date, self.date)[visitor.id]
        # Whether a colleague is busy, not with what.
        events_sudo = (
            self.env["calendar.event"]
            .sudo()
            .search(
                [
                    *self.env["crm.visit"]._appointments_domain(visitor),
                    ("show_as", "=", "busy"),
                    *self.env["crm.visit"]._on_day_domain(self.date, start, stop),
                ]
            )
        )
        way = timedelta(hours=self.gap)
        taken = [
            (event.start - way, event.stop + way) if not event.allday else (start, stop)
            for event in events_sudo
        ]
        past = (datetime.min, fields.Datetime.now().replace(second=0, microsecond=0))
        return subtract(work, [*taken, past])

    def action_plan(self) -> dict:
        """Put the chosen customers into the calendar of the visitor."""
        self.ensure_one()
        if self.user_id not in self.env["res.users"]._day_people():
            raise AccessError(
                self.env._("You may plan for people whose team you lead.")
            )
        chosen = self.line_ids.filtered("is_chosen").partner_id
        if not chosen:
            raise UserError(self.env._("Choose the customers first."))
        chosen.check_access("read")
        visitor, why = self.user_id._who_is_there(self.date)
        if why and visitor == self.user_id:
            raise UserError(self.env._("%(why)s Choose somebody else.", why=why))
        planned, left = self._placed(visitor)
        if not planned:
            raise UserError(
                self.env._(
                    "%(name)s has no free working time on %(day)s. Choose another day.",
                    name=visitor.name,
                    day=format_date(self.env, self.date),
                )
            )
        self._make(visitor, planned)
        return self._done(len(planned), left, why)

    def _make(self, visitor, planned) -> None:
        events = self.env["calendar.event"].create(
            [
                {
                    "name": self.env._("Visit: %(name)s", name=partner.display_name),
                    "user_id": visitor.id,
                    "partner_ids": [Command.set(visitor.partner_id.ids)],
                    "start": start,
                    "stop": stop,
                    "location": partner._one_line_address(),
                    "res_model_id": self.env["ir.model"]._get_id("res.partner"),
                    "res_id": partner.id,
                }
                for partner, (start, stop) in planned
            ]
        )
        # Visits are written by methods only.
        self.env["crm.visit"].sudo().create(
            [
                {
                    "event_id": event.id,
                    "partner_id": partner.id,
                    "user_id": visitor.id,
                    "company_id": (partner.company_id or self.env.company).id,
                }
                for event, (partner, _time) in zip(events, planned, strict=True)
            ]
        )

    def _done(self, count: int, left, why: str) -> dict:
        told = [self.env._("%(count)s visits are planned.", count=count), why]
        if left:
            told.append(
                self.env._(
                    "No time is left for %(names)s.",
                    names=", ".join(partner.display_name for partner in left),
                )
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if left or why else "success",
                "message": " ".join(filter(None, told)),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
