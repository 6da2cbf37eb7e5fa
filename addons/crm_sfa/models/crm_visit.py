from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_datetime

from ..tools.route import distance, point

OUTCOMES = ("settled", "reached", "call_back", "not_reached", "refused")


class CrmVisit(models.Model):
    """What became of an appointment at a customer's: when and where somebody arrived,
    when he left, and the contact that he noted.

    The appointment itself stays in the calendar, where all colleagues see it; this
    here only the visitor and those who lead him see.
    """

    _name = "crm.visit"
    _description = "Visit to a Customer"
    _order = "start desc, id desc"
    _rec_name = "event_id"
    _check_company_auto = True

    event_id = fields.Many2one(
        "calendar.event", "Appointment", required=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    user_id = fields.Many2one(
        "res.users", "Visitor", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    start = fields.Datetime(
        "Planned for", related="event_id.start", store=True, index=True
    )
    date_in = fields.Datetime("Arrived", readonly=True)
    latitude = fields.Float(
        digits=(10, 7), readonly=True, aggregator=None, help="Where one checked in."
    )
    longitude = fields.Float(digits=(10, 7), readonly=True, aggregator=None)
    off_by = fields.Float(
        "Off by (km)",
        compute="_compute_off_by",
        aggregator=None,
        help="How far from the customer's coordinates one checked in, as the crow"
        " flies.",
    )
    date_out = fields.Datetime("Left", readonly=True)
    hours = fields.Float("Time There", compute="_compute_hours", store=True)
    interaction_id = fields.Many2one(
        "crm.interaction",
        "Contact Noted",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        check_company=True,
    )
    outcome = fields.Selection(related="interaction_id.outcome")
    state = fields.Selection(
        [("planned", "Planned"), ("there", "At the customer's"), ("done", "Done")],
        compute="_compute_state",
        search="_search_state",
    )

    _event_unique = models.Constraint(
        "unique(event_id, user_id)", "This visit is on the plan already."
    )
    _order_of_times = models.Constraint(
        "CHECK (date_out >= date_in)", "One cannot leave before one has arrived."
    )

    @api.depends("latitude", "longitude", "partner_id")
    def _compute_off_by(self):
        for visit in self:
            here = point(visit.latitude, visit.longitude)
            there = visit.partner_id._place()
            visit.off_by = distance(here, there) if here and there else 0

    @api.depends("date_in", "date_out")
    def _compute_hours(self):
        for visit in self:
            both = visit.date_in and visit.date_out
            spent = (visit.date_out - visit.date_in).total_seconds() if both else 0
            visit.hours = spent / 3600

    @api.depends("date_in", "date_out")
    def _compute_state(self):
        self.state = False
        for state in ("planned", "there", "done"):
            self.filtered_domain(self._state_domain(state)).state = state

    @api.model
    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain.OR(self._state_domain(state) for state in value)

    @api.model
    def _state_domain(self, state) -> Domain:
        arrived, left = Domain("date_in", "!=", False), Domain("date_out", "!=", False)
        return {
            "planned": ~arrived,
            "there": arrived & ~left,
            "done": arrived & left,
        }.get(state, Domain.FALSE)

    @api.constrains("latitude", "longitude")
    def _check_position(self):
        for visit in self:
            given = visit.latitude or visit.longitude
            if given and not point(visit.latitude, visit.longitude):
                raise ValidationError(self.env._("There is no such place on earth."))

    def _check_not_begun(self):
        if begun := self.filtered("date_in")[:1]:
            raise UserError(
                self.env._(
                    "%(name)s is at %(customer)s already; this visit cannot be given"
                    " to somebody else.",
                    name=begun.user_id.name,
                    customer=begun.partner_id.name,
                )
            )

    # Going there. The times are written here only, never by hand.

    @api.model
    def check_in(self, event_id: int, position: dict | None = None) -> dict:
        """Note that the user has arrived.

        :param position: ``latitude`` and ``longitude``, where the phone tells them
        """
        visit_sudo = self._begin(event_id)
        if visit_sudo.date_in:
            raise UserError(
                self.env._(
                    "You have checked in at %(customer)s already, %(time)s.",
                    customer=visit_sudo.partner_id.name,
                    time=self._time_text(visit_sudo.date_in),
                )
            )
        if other := self._unfinished()[:1]:
            raise UserError(
                self.env._(
                    "You are still at %(customer)s, since %(time)s. Finish that visit"
                    " first.",
                    customer=other.partner_id.name,
                    time=self._time_text(other.date_in),
                )
            )
        visit_sudo.write({"date_in": fields.Datetime.now()} | self._position(position))
        return self._answer(visit_sudo)

    @api.model
    def check_out(
        self,
        event_id: int,
        name: str = "",
        description: str = "",
        outcome: str | None = None,
        next_step: str = "",
        date_next_step: str | None = None,
    ) -> dict:
        """Note what came of a visit, as a contact of the kind visit, and be done."""
        visit_sudo = self._begin(event_id)
        if visit_sudo.date_out:
            raise UserError(self.env._("This visit is finished already."))
        now = fields.Datetime.now()
        contact = self.env["crm.interaction"].create(
            {
                "name": (name or "").strip() or visit_sudo.event_id.name,
                "kind": "visit",
                "direction": "out",
                "date": visit_sudo.date_in or now,
                "partner_id": visit_sudo.partner_id.id,
                "user_id": self.env.uid,
                "company_id": visit_sudo.company_id.id,
                "description": description,
                "outcome": outcome if outcome in OUTCOMES else False,
                "next_step": (next_step or "").strip() or False,
                "date_next_step": self._day_of(date_next_step) if next_step else False,
            }
        )
        visit_sudo.write(
            {
                "date_in": visit_sudo.date_in or now,
                "date_out": now,
                "interaction_id": contact.id,
            }
        )
        # A visit that was planned with a customer is an activity of that one too.
        own = visit_sudo.event_id.activity_ids.filtered_domain(
            [("user_id", "=", self.env.uid)]
        )
        own.action_feedback(feedback=contact.name)
        return self._answer(visit_sudo)

    @api.model
    def _day_of(self, text):
        """Read a day that came from the page; what is none counts as not given."""
        try:
            return fields.Date.to_date(text)
        except (TypeError, ValueError):
            return None

    @api.model
    def take_position(self, event_id: int) -> bool:
        """Keep where the user checked in as the coordinates of the customer."""
        visit_sudo = self._begin(event_id)
        place = point(visit_sudo.latitude, visit_sudo.longitude)
        if not place:
            raise UserError(self.env._("No position was noted when you checked in."))
        visit_sudo.partner_id.with_env(self.env)._take_place(place)
        return True

    @api.model
    def new_order(self, event_id: int) -> dict:
        """Begin a quotation for the customer of a visit."""
        visit_sudo = self._begin(event_id)
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "views": [(False, "form")],
            "context": {
                "default_partner_id": visit_sudo.partner_id.id,
                "default_opportunity_id": visit_sudo.event_id.opportunity_id.id,
            },
        }

    def _begin(self, event_id):
        """Give the user's visit of an appointment, made at need, and locked: a thumb
        may hit a button twice."""
        if not self.browse().has_access("read"):
            raise AccessError(self.env._("Visits are for salespeople."))
        event = self.env["calendar.event"].browse(event_id).exists()
        if not event.filtered_domain(self._appointments_domain(self.env.user)):
            raise UserError(
                self.env._("This appointment is not on your plan any more. Reload it.")
            )
        # Of one's own appointment; arrival and end are nobody's to type.
        visits_sudo = self.sudo()
        domain = [("event_id", "=", event.id), ("user_id", "=", self.env.uid)]
        visit_sudo = visits_sudo.search(domain)
        if not visit_sudo:
            visit_sudo = visits_sudo.create(self._visit_vals(event))
        visit_sudo.lock_for_update()
        return visit_sudo

    def _visit_vals(self, event) -> dict:
        customer = event._visit_customer()
        if not customer:
            raise UserError(
                self.env._(
                    "“%(name)s” names no customer. Add one to the guests of the"
                    " appointment first.",
                    name=event.name,
                )
            )
        customer.check_access("read")
        company = customer.company_id or self.env.company
        return {
            "event_id": event.id,
            "partner_id": customer.id,
            "user_id": self.env.uid,
            "company_id": company.id,
        }

    def _unfinished(self):
        return self.search(
            [
                ("user_id", "=", self.env.uid),
                ("date_in", "!=", False),
                ("date_out", "=", False),
            ]
        )

    def _position(self, position) -> dict:
        """A phone that tells nonsense tells nothing."""
        told = position if isinstance(position, dict) else {}
        place = point(told.get("latitude"), told.get("longitude"))
        return {"latitude": place.lat, "longitude": place.lon} if place else {}

    def _time_text(self, moment) -> str:
        return format_datetime(self.env, moment, dt_format="short")

    def _answer(self, visit_sudo) -> dict:
        return {"id": visit_sudo.id, "state": visit_sudo.state}
