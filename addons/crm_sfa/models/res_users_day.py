from collections import defaultdict
from datetime import date, datetime, time, timedelta

import pytz

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_date
from odoo.tools.intervals import Intervals

from odoo.addons.crm_base.tools.stand_in import MOST_LINKS

from ..tools.day import Interval, next_working

MANAGER = "sales_team.group_sale_manager"
SALES = "sales_team.group_sale_salesman"
# How far one looks for a working day.
WEEKS = 6


class ResUsers(models.Model):
    """Whose days somebody may see, when people work, and who acts for them."""

    _inherit = "res.users"

    # Whose

    @api.model
    def _day_people(self):
        """Give the people whose days the user may see and steer: his own, those of the
        teams that he leads, and all salespeople for a sales manager. Who has left
        stays, as long as something of his is open."""
        user = self.env.user
        if user.has_group(MANAGER):
            return user | self._all_salespeople()
        # A team knows its members whoever may read their memberships.
        members_sudo = (
            self.env["crm.team.member"]
            .sudo()  # who leads and manages is for all to know
            .with_context(active_test=False)
            .search(
                [
                    ("crm_team_id.user_id", "=", user.id),
                    "|",
                    ("active", "=", True),
                    ("user_id.active", "=", False),
                ]
            )
        )
        return user | members_sudo.user_id.with_env(self.env)

    def _all_salespeople(self):
        group = self.env.ref(SALES).sudo()  # groups are for administrators
        users = self.sudo().with_context(active_test=False)  # also those who have left
        found = users.search(
            [
                ("group_ids", "in", (group | group.all_implied_by_ids).ids),
                ("company_ids", "in", self.env.companies.ids),
                ("share", "=", False),
                ("id", "!=", self.env.ref("base.user_root").id),
            ]
        )
        return found.with_env(self.env)

    # When

    def _day_zone(self):
        self.ensure_one()
        user_sudo = self.sudo()  # a colleague's zone
        name = user_sudo.tz or user_sudo.company_id.resource_calendar_id.tz
        return pytz.timezone(name or "UTC")

    def _day_bounds(self, first: date, last: date) -> Interval:
        """The moments in UTC between which days lie, where the person lives."""
        zone = self._day_zone()
        bounds = (first, last + timedelta(days=1))
        start, stop = (
            zone.localize(datetime.combine(day, time.min))
            .astimezone(pytz.utc)
            .replace(tzinfo=None)
            for day in bounds
        )
        return start, stop

    def _working_times(self, first: date, last: date) -> dict[int, list[Interval]]:
        """Give by person when they work, in UTC. People of one calendar and zone are
        looked up together; without a calendar there are no hours."""
        together = defaultdict(self.browse)
        # A colleague's leaves need not be readable for who plans for him.
        for user in self:
            user_sudo = user.sudo()  # as above
            resource = user_sudo.resource_ids[:1]
            calendar = resource.calendar_id or user_sudo.company_id.resource_calendar_id
            together[calendar, user._day_zone().zone] |= user
        found = {user.id: [] for user in self}
        for (calendar, _zone), users in together.items():
            if calendar:
                found |= users._working_times_of(calendar, first, last)
        return found

    def _working_times_of(self, calendar, first, last) -> dict[int, list[Interval]]:
        zone = self[:1]._day_zone()
        start, stop = (pytz.utc.localize(m) for m in self[:1]._day_bounds(first, last))
        resources = self.sudo().resource_ids  # hours alone
        # Leaves of colleagues are read for when they work, not why.
        batch = calendar.sudo()._work_intervals_batch(start, stop, resources, tz=zone)
        none = Intervals([])
        return {
            user_sudo.id: [
                tuple(m.astimezone(pytz.utc).replace(tzinfo=None) for m in (begin, end))
                for begin, end, _meta in batch.get(user_sudo.resource_ids[:1].id, none)
            ]
            for user_sudo in self.sudo()  # as above
        }

    def _next_working_day(self, day: date) -> date:
        """Give the first day from one on that the person works."""
        self.ensure_one()
        times = self._working_times(day, day + timedelta(weeks=WEEKS))[self.id]
        zone = self._day_zone()
        days = {pytz.utc.localize(start).astimezone(zone).date() for start, _ in times}
        return next_working(day, days)

    # Who acts

    def _absence(self, day: date):
        """Give the confirmed stand-in of somebody for a whole day, if there is one."""
        self.ensure_one()
        noon = self._noon(day)
        running = [
            period.id
            for period in self.env["crm.stand.in"]._periods()
            if period.absent == self.id and period.whole and period.runs_at(noon)
        ]
        # Who stands in, and until when, is for all colleagues to know.
        return self.env["crm.stand.in"].sudo().browse(running[:1])

    def _noon(self, day: date) -> datetime:
        return self._day_bounds(day, day)[0] + timedelta(hours=12)

    def _days_off(self, day: date) -> set[int]:
        """Give the ids of those who have time off at noon of a day."""
        noons = {user.id: user._noon(day) for user in self}
        if not noons:
            return set()
        # Only whether somebody is there, not why.
        leaves_sudo = (
            self.env["resource.calendar.leaves"]
            .sudo()  # who leads and manages is for all to know
            .search(
                [
                    ("resource_id.user_id", "in", self.ids),
                    ("time_type", "=", "leave"),
                    ("date_from", "<=", max(noons.values())),
                    ("date_to", ">", min(noons.values())),
                ]
            )
        )
        return {
            leave.resource_id.user_id.id
            for leave in leaves_sudo
            if leave.date_from <= noons[leave.resource_id.user_id.id] < leave.date_to
        }

    def _who_is_there(self, day: date) -> tuple:
        """Give who does on a day what is planned for somebody, and a word where it is
        somebody else."""
        self.ensure_one()
        if not self.sudo().active:  # a colleague's
            return self._who_follows()
        user, seen = self, self
        for _link in range(MOST_LINKS):
            stand_in = user._absence(day)
            if not stand_in:
                break
            user = stand_in.stand_in_id.with_env(self.env)
            if user in seen:
                return self, self._nobody_there()
            seen |= user
        if user == self:
            off = self._days_off(day)
            return self, self._nobody_there() if off else ""
        return user, self.env._(
            "%(acting)s stands in for %(name)s.", acting=user.name, name=self.name
        )

    def _nobody_there(self) -> str:
        return self.env._("%(name)s is away, and nobody stands in.", name=self.name)

    def _who_follows(self) -> tuple:
        """Give who takes over from somebody who has left: the leader of the team, or
        else a sales manager."""
        members_sudo = (
            self.env["crm.team.member"]
            .sudo()  # who leads and manages is for all to know
            .with_context(active_test=False)
            .search([("user_id", "=", self.id)])
        )
        leaders = members_sudo.crm_team_id.user_id.filtered("active") - self
        if leaders:
            leader = leaders[:1].with_env(self.env)
            return leader, self.env._(
                "%(name)s has left: %(other)s, who leads the team, takes over.",
                name=self.name,
                other=leader.name,
            )
        admin = self.env.ref("base.user_admin", raise_if_not_found=False)
        managers = (
            self.env.ref(MANAGER)
            .sudo()  # who leads and manages is for all to know
            .all_user_ids.filtered(lambda user: user.active and not user.share)
            .sorted(lambda user: (user == admin, user.id))
        )
        manager = managers[:1].with_env(self.env)
        return manager, self.env._(
            "%(name)s has left: %(other)s, who manages sales, takes over.",
            name=self.name,
            other=manager.name,
        )

    def _check_is_there(self, day: date):
        """Refuse to give work to somebody who is away or has left, and name who is
        there."""
        self.ensure_one()
        other, why = self._who_is_there(day)
        if not self.sudo().active:  # a colleague's
            raise UserError(
                self.env._("%(why)s Give it to them instead.", why=why),
            )
        if absence := self._absence(day):
            raise UserError(
                self.env._(
                    "%(name)s is away until %(day)s. %(why)s Give it to somebody who"
                    " is there.",
                    name=self.name,
                    day=format_date(self.env, absence.date_to),
                    why=why,
                )
            )
        if why or other != self:
            raise UserError(
                self.env._("%(why)s Give it to somebody who is there.", why=why)
            )

    def _away_text(self, day: date):
        """Say in a word why somebody is not there on a day; False where he is."""
        if not self.sudo().active:  # a colleague's
            return self.env._("Has left")
        if absence := self._absence(day):
            return self.env._(
                "Away until %(day)s: %(name)s stands in",
                day=format_date(self.env, absence.date_to),
                name=absence.stand_in_id.name,
            )
        return self.env._("Away") if self._days_off(day) else False
