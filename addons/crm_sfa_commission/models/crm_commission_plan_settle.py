from collections import defaultdict
from datetime import date

from odoo import api, fields, models

from odoo.addons.crm_sfa.tools.quota import next_month

from ..tools.commission import multiplier_at, periods_between

# Documents of statements up to so many months old are looked at again.
LOOK_BACK = 12


class CrmCommissionPlan(models.Model):
    """The lines of statements, made from what is sold and from what was earned."""

    _inherit = "crm.commission.plan"

    @api.model
    def _cron_compute(self):
        """Bring the statements that are not confirmed up to date, plan by plan.

        It runs daily, so that a server that was off on the first of a month loses
        nothing; a plan that is done is not done again on that day.
        """
        commit = self.env["ir.cron"]._commit_progress
        today = fields.Date.context_today(self)
        due = self.search([("state", "=", "running")]).root_id.filtered(
            lambda root: root.computed_on != today
        )
        commit(remaining=len(due))
        for root in due:
            # Whoever computes it by hand at this moment brings it up to date.
            if root.try_lock_for_update():
                root._compute_due(today)
                root.computed_on = today
            if not commit(1):
                break

    def _compute_due(self, today: date):
        """Compute the periods of a plan that are not over for long."""
        versions = self._versions(self).filtered(lambda p: p.state == "running")
        first = min(versions.mapped("date_from"), default=today)
        oldest = next_month(today, -LOOK_BACK)
        for date_from, date_to in periods_between(
            max(first, oldest), today, self.period
        ):
            self._compute_period(date_from, date_to)

    def _compute_period(self, date_from: date, date_to: date, users=None):
        """Make the draft statements of a period anew, of all members or of some.

        :return: the statements of the period with lines of this plan
        """
        self.ensure_one()
        # Two at a time would make each line twice.
        self.root_id.lock_for_update()
        plan = self._version_in(date_from)
        members = plan._members_in(date_from, date_to) if plan else {}
        statements = self.env["crm.commission.statement"].sudo()  # nobody writes them
        closed = statements._of_period(self.company_id, date_from, date_to).filtered(
            lambda statement: statement.state != "draft"
        )
        open_users = self.env["res.users"].union(*members) - closed.user_id
        wanted = open_users if users is None else open_users & users
        self._clear_drafts(date_from, date_to, users)
        vals = plan._settle_all(wanted, date_from, date_to) if wanted else {}
        return statements._fill(self.company_id, date_from, date_to, vals)

    def _in_time(self):
        """Give the versions in force, the first of them first."""
        versions = self._versions(self.root_id)
        return versions.filtered(lambda p: p.state == "running").sorted("date_from")

    def _version_in(self, day: date):
        return self._in_time().filtered(lambda p: p.date_from <= day)[-1:]

    def _clear_drafts(self, date_from: date, date_to: date, users):
        lines = self.env["crm.commission.line"].sudo()  # nobody writes lines by hand
        domain = [
            ("root_id", "=", self.root_id.id),
            ("statement_id.state", "=", "draft"),
            ("statement_id.date_from", "=", date_from),
            ("statement_id.date_to", "=", date_to),
        ]
        if users is not None:
            domain.append(("user_id", "in", users.ids))
        lines.search(domain).unlink()

    def _settle_all(self, users, date_from: date, date_to: date) -> dict:
        """Give each person the values of the lines of the period."""
        statements = self.env["crm.commission.statement"].sudo()  # nobody writes them
        since = next_month(date_from, -LOOK_BACK)
        closed = statements._closed_periods(self.company_id, users, since, date_from)
        waiting = statements._waiting_before(self.company_id, users, date_from)
        earned = self._earned(users, date_from, since)
        periods = {(date_from, date_to)}.union(*closed.values())
        members = {p: self._version_in(p[0])._members_in(*p) for p in periods}
        facts = self._facts_of_versions(users, earned, min(periods)[0], date_to)
        attained = {}
        if self._in_time().accelerator_ids:
            attained = self._attainments(users, date_from, date_to)
        vals = {}
        for user in users:
            late = [] if user in waiting else closed.get(user, [])
            vals[user] = self._settle(
                facts[user.id],
                earned.get(user.id, {}),
                self._days_of(user, [(date_from, date_to), *late], members),
                attained.get(user),
                user not in waiting,
            )
        return vals

    def _days_of(self, user, periods, members) -> list[tuple[date, date]]:
        """Limit periods to the days in which the person is a member."""
        return [
            (max(start, member.date_from or start), min(end, member.date_to or end))
            for start, end in periods
            for member in members[start, end].get(user, ())
        ]

    def _facts_of_versions(self, users, earned, date_from, date_to) -> dict:
        """Give what people sold, each document as the version counts it that paid it,
        else the one in force on its day. A credit note follows what it reverses."""
        paid_by, known = {}, set()
        for user, of_user in earned.items():
            for key, was in of_user.items():
                # What is deleted has no document any more.
                if key[1]:
                    paid_by[user, key] = was.plan
                    if was.is_recent:
                        known.add(key[1])
        versions = self._in_time().filtered(lambda p: p.date_from <= date_to)
        facts = [
            fact
            for version in versions
            for fact in version._facts(users, date_from, date_to, known)
        ]
        days = {(fact.user, fact.key): fact.day for fact in facts}
        starts = [(version.date_from, version.id) for version in versions[::-1]]

        def plan_of(fact) -> int | None:
            own, origin = (fact.user, fact.key), (fact.user, fact.reversed_key)
            day = days.get(origin, fact.day)
            in_force = next((plan for start, plan in starts if start <= day), None)
            return paid_by.get(own) or paid_by.get(origin) or in_force

        of_user = defaultdict(list)
        for fact in facts:
            if fact.plan == plan_of(fact):
                of_user[fact.user].append(fact)
        return of_user

    def _settle(self, facts, earned, days, attained, may_correct) -> list[dict]:
        """Turn what is sold into lines: corrections of closed statements first, then
        what credit notes take back, then what is new."""
        earned, lines = dict(earned), []
        by_document = defaultdict(list)
        for fact in facts:
            by_document[fact.key].append(fact)
        if may_correct:
            lines += self._corrections(by_document, earned)
        fresh = {
            key: found
            for key, found in by_document.items()
            if key not in earned and any(a <= found[0].day <= b for a, b in days)
        }
        sales = defaultdict(list)
        for found in fresh.values():
            reversed_key = found[0].reversed_key
            if any(fact.unrated for fact in found):
                lines.append(self._prepare_line(found[0], "skipped", base=0))
            elif reversed_key in earned:
                lines.append(self._claw_back(found, reversed_key, earned))
            elif not reversed_key or reversed_key in fresh:
                # What a credit note gives back that never earned, costs nothing.
                sales[found[0].plan] += found
        for plan, found in sales.items():
            lines += self.browse(plan)._earnings(found, attained)
        return lines

    def _corrections(self, by_document, earned) -> list[dict]:
        """What documents of closed statements are worth now, more or less."""
        lines = []
        for key, was in earned.items():
            found = by_document.get(key, [])
            delta = sum(fact.base for fact in found) - was.net_base
            is_known = not any(fact.unrated for fact in found)
            if was.is_recent and is_known and not self.currency_id.is_zero(delta):
                amount = self.currency_id.round(was.value_of(delta))
                origin = self.env["crm.commission.line"].browse(was.origin)
                lines.append(self._prepare_correction(origin, delta, amount))
                earned[key] = was.changed(delta, amount)
        return lines

    def _claw_back(self, found, reversed_key, earned) -> dict:
        """Take back what the invoice earned that a credit note reverses."""
        was, base = earned[reversed_key], sum(fact.base for fact in found)
        amount = self.currency_id.round(was.claw(-base))
        earned[reversed_key] = was._replace(
            clawed_base=was.clawed_base + base, clawed_amount=was.clawed_amount + amount
        )
        return self._prepare_line(
            found[0],
            "clawback",
            base=base,
            amount=amount,
            rate_id=False,
            rate=100 * amount / base if base else 0,
            origin_id=was.origin,
        )

    def _earnings(self, facts, attained) -> list[dict]:
        """Price what is new: by rate and tier, accelerated; a leader's by one rate."""
        steps = [(s.attainment, s.multiplier) for s in self.accelerator_ids]
        attained = attained if steps else None
        multiplier = multiplier_at(attained, steps)
        speed = {
            "multiplier": multiplier,
            "attainment": attained or 0,
            "lacks_quota": bool(steps) and attained is None,
        }
        rates = {rate.id: rate for rate in self.rate_ids}
        # What counts nothing earns nothing yet: it stays new, to be priced later.
        facts = [fact for fact in facts if fact.base]
        # Sums of floats miss the bound of a tier by a hair.
        rounded, totals = self.currency_id.round, defaultdict(float)
        for fact in facts:
            totals[fact.rate] = rounded(totals[fact.rate] + fact.base)
        sold, lines = defaultdict(float), []
        for fact in facts:
            if fact.is_override:
                lines.append(self._price(fact, fact.base, self.override_rate))
                continue
            cut = rates[fact.rate]._cut(sold[fact.rate], fact.base, totals[fact.rate])
            sold[fact.rate] = rounded(sold[fact.rate] + fact.base)
            for part, percent, tier in cut:
                lines.append(
                    self._price(fact, part, percent, multiplier)
                    | {"tier_id": tier}
                    | speed
                )
        return lines

    def _price(self, fact, base, percent, multiplier=1.0) -> dict:
        return self._prepare_line(
            fact,
            "override" if fact.is_override else "sale",
            base=base,
            rate=percent,
            amount=self.currency_id.round(base * percent / 100 * multiplier),
        )

    def _prepare_line(self, fact, kind: str, **vals) -> dict:
        return {
            "plan_id": fact.plan,
            "kind": kind,
            "is_override": fact.is_override,
            "date": fact.day,
            "order_id": fact.order,
            "move_id": fact.move,
            "rate_id": fact.rate,
            "share": fact.share,
            "multiplier": 1.0,
        } | vals

    def _prepare_correction(self, origin, delta: float, amount: float) -> dict:
        return {
            "plan_id": self.id,
            "kind": "correction",
            "is_override": origin.is_override,
            "date": origin.date,
            "order_id": origin.order_id.id,
            "move_id": origin.move_id.id,
            "share": origin.share,
            "multiplier": 1.0,
            "base": delta,
            "rate": 100 * amount / delta,
            "amount": amount,
            "origin_id": origin.id,
        }
