from datetime import datetime, time, timedelta

import pytz

from odoo import models

from odoo.addons.crm_base.tools.stand_in import MOST_LINKS

from ..tools.playbook import shift, window

MANAGER = "sales_team.group_sale_manager"


class CrmPlaybookRunStep(models.Model):
    """Who does a step, and on which of this one's working days."""

    _inherit = "crm.playbook.run.step"

    def _choose_owner(self, day) -> tuple:
        """Give who does the step, and why where it is not who was meant to."""
        wanted, words = self._wanted_owners()
        note = ""
        for user in wanted.filtered("active"):
            if not self._is_away(user, day):
                self._note_turn(user)
                return user, note
        for user in wanted.filtered("active"):
            if acting := self._acting_for(user, day):
                note = self.env._(
                    "%(acting)s stands in for %(name)s.",
                    acting=acting.name,
                    name=user.name,
                )
                return acting, note
        if present := wanted.filtered("active")[:1]:
            return present, self.env._(
                "%(name)s is away, and nobody stands in.", name=present.name
            )
        return self._fallback(wanted, words)

    def _wanted_owners(self) -> tuple:
        """Give who may do the step, in order, and how they are called."""
        record, team = self._record(), self.run_id.team_id
        if self.owner_kind == "user":
            return self.user_id, self.env._("The person")
        if self.owner_kind == "leader":
            return team.user_id, self.env._("The leader of the team")
        if self.owner_kind == "job":
            job = (self.job or "").strip().casefold()
            members = team.member_ids.filtered(
                lambda user: (user.partner_id.function or "").strip().casefold() == job
            )
            return members, self.env._("“%(job)s” in the team", job=self.job)
        if self.owner_kind == "department":
            people = self.department_id
            return (
                people._in_turn() if people else self.env["res.users"],
                people.name or self.env._("The department"),
            )
        return record.user_id, self.env._("The salesperson")

    def _note_turn(self, user):
        if self.owner_kind == "department" and user in self.department_id.user_ids:
            self.department_id.last_user_id = user

    def _fallback(self, wanted, words) -> tuple:
        """Give the leader of the team, or else a manager, and say so."""
        gone = wanted[:1].name or words
        leader = self.run_id.team_id.user_id
        if leader.active and leader not in wanted:
            return leader, self.env._(
                "%(name)s is not there any more: the leader of the team does it.",
                name=gone,
            )
        return self._some_manager(), self.env._(
            "%(name)s is not there any more: a manager does it.", name=gone
        )

    def _some_manager(self):
        """The administrator, who is a manager by default, comes last."""
        admin = self.env.ref("base.user_admin", raise_if_not_found=False)
        managers = self.env.ref(MANAGER).all_user_ids.filtered(
            lambda user: user.active and not user.share
        )
        if company := self.run_id.company_id:
            managers = managers.filtered(lambda user: company in user.company_ids)
        return managers.sorted(lambda user: (user == admin, user.id))[:1]

    # Away

    def _noon(self, day) -> datetime:
        return datetime.combine(day, time(12))

    def _is_away(self, user, day) -> bool:
        return bool(self._periods_of(user, self._day_of(user, day)))

    def _day_of(self, user, day):
        return self._working_day(user, day, self.days)

    def _periods_of(self, user, day) -> list:
        moment = self._noon(day)
        customer = self.run_id.partner_id.commercial_partner_id
        return [
            period
            for period in self.env["crm.stand.in"]._periods()
            if period.absent == user.id
            and period.runs_at(moment)
            and (period.whole or self._is_chosen(period, customer))
        ]

    def _is_chosen(self, period, customer) -> bool:
        return customer in self.env["crm.stand.in"].browse(period.id).partner_ids

    def _acting_for(self, user, day):
        """Give who is there for somebody away, through a chain if need be."""
        day = self._day_of(user, day)
        seen = user
        for _link in range(MOST_LINKS):
            periods = self._periods_of(user, day)
            if not periods:
                return user if user.active and user != seen[:1] else user.browse()
            user = user.browse(periods[0].acting)
            if user in seen:
                break
            seen |= user
        return user.browse()

    # Working days

    def _working_day(self, user, begin, days):
        first, last = window(begin, days)
        working = sorted(
            {start.date() for start, _stop in self._work(user, first, last)}
        )
        return shift(begin, days, working)

    def _work(self, user, first, last) -> list:
        """Give when somebody works, in the own zone: by the own calendar, or else by
        that of the company."""
        resource = user.resource_ids[:1]
        calendar = resource.calendar_id or user.company_id.resource_calendar_id
        if not calendar:
            return []
        tz = pytz.timezone(user.tz or calendar.tz or "UTC")
        start = tz.localize(datetime.combine(first, time.min))
        stop = tz.localize(datetime.combine(last, time.max))
        found = calendar._work_intervals_batch(start, stop, resource, tz=tz)
        intervals = found[resource.id if resource else False]
        return [(begin, end) for begin, end, _meta in intervals]

    def _meeting_time(self) -> tuple:
        """The first working hour of the day, in UTC."""
        day = self.date_due
        work = self._work(self.owner_id, day, day)
        tz = pytz.timezone(self.owner_id.tz or "UTC")
        start = work[0][0] if work else tz.localize(datetime.combine(day, time(9)))
        start = start.astimezone(pytz.utc).replace(tzinfo=None)
        return start, start + timedelta(hours=1)
