from collections import defaultdict
from datetime import datetime, timedelta
from typing import NamedTuple

import pytz

from odoo import api, models

from odoo.addons.crm_base.tools.stand_in import MOST_LINKS, Period


class Presence(NamedTuple):
    """Who is there at a moment, and who acts for whom.

    :param away: users on leave, or who are no longer with us
    :param working: users in whose working hours the moment lies
    :param periods: the stand-ins that run, by the absent
    """

    users: models.BaseModel
    away: frozenset[int]
    working: frozenset[int]
    periods: dict[int, list[Period]]

    def acting(self, user, customer):
        """Give who acts for a user towards a customer: the user, or the stand-in, or
        who stands in for that one; nobody if there is none who is there."""
        chosen = customer.stand_in_ids.ids
        for _link in range(MOST_LINKS):
            period = next(
                (
                    period
                    for period in self.periods.get(user.id, ())
                    if period.whole or period.id in chosen
                ),
                None,
            )
            if not period:
                break
            user = self.users.browse(period.acting)
        return user.browse() if user.id in self.away else user

    def works_now(self, user) -> bool:
        return user.id in self.working


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model
    def _at_work(self, users, moment: datetime) -> Presence:
        """Tell who of some users is there at a moment; their stand-ins are looked up
        with them."""
        periods = defaultdict(list)
        for period in self.env["crm.stand.in"]._periods():
            if period.runs_at(moment):
                periods[period.absent].append(period)
        acting = {p.acting for several in periods.values() for p in several}
        # Leaves and hours of colleagues: only the outcome is told.
        users_sudo = self.sudo().browse({*users.ids, *acting})
        away = users_sudo.filtered(lambda user: not user.active)
        away |= users_sudo._on_leave(moment)
        working = (users_sudo - away).filtered(lambda user: user._works_at(moment))
        # Who is there is for all colleagues.
        return Presence(
            self.sudo(), frozenset(away.ids), frozenset(working.ids), periods
        )

    def _on_leave(self, moment: datetime):
        leaves = self.env["resource.calendar.leaves"].search(
            [
                ("resource_id.user_id", "in", self.ids),
                ("time_type", "=", "leave"),
                ("date_from", "<=", moment),
                ("date_to", ">", moment),
            ]
        )
        return leaves.resource_id.user_id & self

    def _works_at(self, moment: datetime) -> bool:
        """Tell whether a moment lies in the working hours of this user."""
        self.ensure_one()
        resource = self.resource_ids[:1]
        calendar = resource.calendar_id or self.company_id.resource_calendar_id
        if not calendar:
            return True
        start = pytz.utc.localize(moment)
        zone = pytz.timezone(self.tz or calendar.tz or "UTC")
        intervals = calendar._work_intervals_batch(
            start, start + timedelta(minutes=1), tz=zone
        )[False]
        return bool(intervals)
