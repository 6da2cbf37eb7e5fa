from datetime import date, timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import format_date, format_datetime, formatLang

from ..tools.route import Point, distance, drawing, length, route

WIDTH, HEIGHT = 360, 200
LAST_CONTACTS = 3
MOST_PROMISES = 5


class CrmVisit(models.Model):
    """The visits of one day, in the order of a short way."""

    _inherit = "crm.visit"

    @api.model
    @api.readonly
    def read_day(self, day: str | None = None, user_id: int | None = None) -> dict:
        """Give the route of a day: ``stops`` in the order of the way, those without
        coordinates after them, with the ``drawing`` and the kilometres.

        :param user_id: whose; only those who lead somebody may ask for another's
        """
        self.browse().check_access("read")
        user = self._whose(user_id)
        day = self._day_of(day) or fields.Date.context_today(self)
        stops = self._stops(user, day)
        home = self._home(user)
        placed = [stop for stop in stops if stop["place"]]
        order = route(home, [stop["place"] for stop in placed])
        placed = [placed[index] for index in order]
        self._measure(home, placed)
        lost = [stop for stop in stops if not stop["place"]]
        picture = self._picture(home, placed)
        for number, stop in enumerate([*placed, *lost], 1):
            stop["number"] = number
            stop["place"] = bool(stop["place"])
        way = [stop["km"] for stop in placed]
        return {
            "day": fields.Date.to_string(day),
            "label": format_date(self.env, day, date_format="EEEE, d MMMM"),
            "user_id": user.id,
            "is_own": user == self.env.user,
            "people": self._people(),
            "stops": [*placed, *lost],
            "lost": len(lost),
            "km": self._km(sum(way)),
            "from_home": bool(home),
            "drawing": picture,
        }

    def _whose(self, user_id):
        user = self.env["res.users"].browse(user_id or self.env.uid)
        if user not in self.env["res.users"]._day_people():
            raise AccessError(
                self.env._("You may see the plans of people whose team you lead.")
            )
        return user

    def _people(self) -> list[dict]:
        """Give whose way the user may look at, where there is a choice."""
        people = self.env["res.users"]._day_people().filtered("active")
        if len(people) < 2:
            return []
        mine = self.env.user
        return [
            {"id": user.id, "name": user.name}
            for user in people.sorted(lambda user: (user != mine, user.name))
        ]

    def _home(self, user) -> Point | None:
        """Where the day begins: at the person's own address, or at the company's."""
        user_sudo = user.sudo()  # the address of a colleague's contact
        return user_sudo.partner_id._place() or user_sudo.company_id.partner_id._place()

    def _stops(self, user, day: date) -> list[dict]:
        """Give the appointments with customers of a day, by time."""
        start, stop = user._day_bounds(day, day)
        events = self.env["calendar.event"].search(
            [
                *self._appointments_domain(user),
                *self._on_day_domain(day, start, stop),
            ],
            order="start, id",
        )
        # The rules show them to the visitor and to who leads him.
        visits = self.search(
            [("event_id", "in", events.ids), ("user_id", "=", user.id)]
        ).grouped("event_id")
        stops = []
        for event in events:
            visit = visits.get(event, self.browse())
            customer = visit.partner_id or event._visit_customer()
            if customer := customer._filtered_access("read"):
                stops.append(self._stop(event, visit, customer, user))
        return stops

    @api.model
    def _appointments_domain(self, user) -> list:
        """Appointments that somebody made or takes part in."""
        guest = ("partner_ids", "in", user.partner_id.ids)
        return ["|", ("user_id", "=", user.id), guest]

    @api.model
    def _on_day_domain(self, day: date, start, stop) -> Domain:
        """Appointments of a day: those with a time between its ends, and those of whole
        days, which are the same days everywhere."""
        timed = (
            Domain("allday", "=", False)
            & Domain("start", "<", stop)
            & Domain("stop", ">", start)
        )
        whole = (
            Domain("allday", "=", True)
            & Domain("start_date", "<=", day)
            & Domain("stop_date", ">=", day)
        )
        return timed | whole

    def _stop(self, event, visit, customer, user) -> dict:
        arrived = visit.date_in and self._clock(visit.date_in, user)
        return {
            "event_id": event.id,
            "visit_id": visit.id,
            "name": event.display_name,
            "time": "" if event.allday else self._clock(event.start, user),
            "partner_id": customer.id,
            "customer": customer.display_name,
            "value_class": (customer.value_class or "").upper(),
            "address": customer._one_line_address(),
            "phone": customer.phone or customer.commercial_partner_id.phone or "",
            "map_url": customer._map_url() or "",
            "place": customer._place(),
            "km": 0,
            "state": visit.state or "planned",
            "arrived": arrived or "",
            "has_position": bool(visit.latitude or visit.longitude),
        }

    def _clock(self, moment, user) -> str:
        return format_datetime(
            self.env, moment, tz=user._day_zone().zone, dt_format="HH:mm"
        )

    def _measure(self, home, stops) -> None:
        """Say how far each stop is from the one before it."""
        here = home
        for stop in stops:
            stop["km"] = distance(here, stop["place"]) if here else 0
            stop["distance"] = self._km(stop["km"]) if here else ""
            here = stop["place"]

    def _km(self, kilometres: float) -> str:
        """Ten metres do not matter to who drives."""
        digits = 1 if kilometres < 100 else 0
        number = formatLang(self.env, kilometres, digits=digits)
        return self.env._("%(number)s km", number=number)

    def _picture(self, home, stops) -> dict | bool:
        places = [stop["place"] for stop in stops]
        if not places:
            return False
        dots = drawing([home, *places] if home else places, WIDTH, HEIGHT)
        begin = dots.pop(0) if home else None
        line = [begin, *dots] if home else dots
        return {
            "width": WIDTH,
            "height": HEIGHT,
            "line": " ".join(f"{x},{y}" for x, y in line),
            "home": begin and {"x": begin[0], "y": begin[1]},
            "dots": [{"x": x, "y": y, "number": i} for i, (x, y) in enumerate(dots, 1)],
            "km": self._km(length([home, *places] if home else places)),
        }

    @api.model
    @api.readonly
    def read_stop(self, event_id: int, user_id: int | None = None) -> dict:
        """Give what one has to know at a customer's door: the last contacts and the
        promises that are open, as far as the reader may see them."""
        self.browse().check_access("read")
        user = self._whose(user_id)
        event = self.env["calendar.event"].browse(event_id).exists()
        visit = self.search([("event_id", "=", event.id), ("user_id", "=", user.id)])
        customer = visit.partner_id or (event and event._visit_customer())
        customer = customer and customer._filtered_access("read")
        if not customer or not event.filtered_domain(self._appointments_domain(user)):
            return {"contacts": [], "promises": [], "tomorrow": False}
        page = self.env["crm.timeline"].read_page(customer.id, limit=LAST_CONTACTS)
        return {
            "contacts": [self._contact_line(row) for row in page["rows"]],
            "promises": self._promise_lines(customer),
            "tomorrow": fields.Date.to_string(
                user._next_working_day(
                    fields.Date.context_today(self) + timedelta(days=1)
                )
            ),
        }

    def _contact_line(self, row) -> dict:
        moment = fields.Datetime.to_datetime(row["date"])
        day = format_date(self.env, moment.date())
        keep = ("id", "icon", "kind_label", "subject", "user")
        return {name: row[name] for name in keep} | {"day": day}

    def _promise_lines(self, customer) -> list[dict]:
        family = customer.commercial_partner_id
        promises = self.env["crm.promise"].search(
            Domain("state", "=", "open")
            & Domain("commercial_partner_id", "=", family.id),
            limit=MOST_PROMISES,
        )
        return [
            {
                "id": promise.id,
                "name": promise.name,
                "ours": promise.promised_by == "us",
                "late": promise.is_overdue,
                "day": format_date(self.env, promise.date_due),
            }
            for promise in promises
        ]
