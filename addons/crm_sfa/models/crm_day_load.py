from collections import Counter, defaultdict
from datetime import date, timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain


class CrmDayItem(models.Model):
    """How much each person has planned for this week, beside the time there is."""

    _inherit = "crm.day.item"

    @api.model
    @api.readonly
    def read_load(self, user_ids: list[int]) -> dict:
        """Tell by person, as text keys for the browser: expected ``hours`` of this
        week and working hours left (``work``), ``counts`` by kind, ``late`` items, and
        ``away``: why nothing may be given to them today, or False."""
        people = self.env["res.users"]._day_people()
        users = self.env["res.users"].browse(user_ids).exists()
        if users - people:
            raise AccessError(
                self.env._("You may see the plans of people whose team you lead.")
            )
        today = fields.Date.context_today(self)
        sunday = today + timedelta(days=6 - today.weekday())
        hours, counts, late = self._planned(users, sunday)
        work = users._working_times(today, sunday)
        return {
            str(user.id): {
                "hours": round(hours[user.id], 1),
                "work": round(_hours(work[user.id]), 1),
                "counts": counts[user.id],
                "late": late[user.id],
                "away": user._away_text(today),
            }
            for user in users
        }

    def _planned(self, users, last: date) -> tuple:
        groups = self._read_group(
            Domain("user_id", "in", users.ids)
            & Domain("date", "<=", last)
            & self._shown_domain(),
            ["user_id", "kind", "lateness"],
            ["__count", "hours:sum"],
        )
        hours, late, counts = Counter(), Counter(), defaultdict(list)
        labels = dict(self._fields["kind"]._description_selection(self.env))
        by_kind = defaultdict(Counter)
        for user, kind, lateness, count, total in groups:
            hours[user.id] += total
            late[user.id] += count if lateness == "late" else 0
            by_kind[user.id][kind] += count
        for user, kinds in by_kind.items():
            counts[user] = [
                {"kind": kind, "label": label, "count": kinds[kind]}
                for kind, label in labels.items()
                if kinds[kind]
            ]
        return hours, counts, late


def _hours(intervals) -> float:
    return sum((stop - start).total_seconds() for start, stop in intervals) / 3600
