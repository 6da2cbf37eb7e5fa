import json
from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.misc import format_date

from ..tools.quota import Slice, by_days, elapsed, months, next_month


class CrmQuota(models.Model):
    """What of a quota is reached, read from orders, invoices and contacts."""

    _inherit = "crm.quota"

    attained = fields.Monetary(
        compute="_compute_attainment",
        help="What was sold so far, without tax, at the rates of the documents' days.",
    )
    attained_rate = fields.Float(
        "Attained %", compute="_compute_attainment", digits=(16, 1)
    )
    gap = fields.Monetary(
        compute="_compute_attainment", help="What is still lacking to the quota."
    )
    planned = fields.Monetary(
        "Planned to Date",
        compute="_compute_attainment",
        help="What had to be reached by today, by the season.",
    )
    run_rate = fields.Monetary(
        "Per Week so Far", compute="_compute_attainment", help="Attained in a week."
    )
    expected_linear = fields.Monetary(
        "Expected, at This Pace", compute="_compute_attainment"
    )
    expected = fields.Monetary(
        "Expected, by Season",
        compute="_compute_attainment",
        help="What will be attained at the end, if the rest of the period does as well"
        " as the season lets expect.",
    )
    season_basis = fields.Selection(
        [
            ("parts", "The months of the quota"),
            ("last_year", "Sales of the year before"),
            ("linear", "Days, for there is no other basis"),
        ],
        "Season from",
        compute="_compute_attainment",
    )
    progress = fields.Selection(
        [
            ("ahead", "Not Begun"),
            ("on_track", "On Track"),
            ("behind", "Behind"),
            ("reached", "Reached"),
            ("missed", "Missed"),
        ],
        compute="_compute_attainment",
        search="_search_progress",
    )
    chart = fields.Text(compute="_compute_chart")
    rate_warning = fields.Char(compute="_compute_rate_warning")

    @api.depends("amount", "metric", "company_id", "user_id", "team_id",
                 "territory_id", "categ_id", "date_from", "date_to")  # fmt: skip
    def _compute_attainment(self):
        dated = self.filtered(lambda quota: quota.date_from and quota.date_to)
        (self - dated)._reset_attainment()
        by_month = dated._attained_by_month()
        seasons = dated._seasons()
        today = fields.Date.context_today(self)
        for quota in dated:
            attained = sum(by_month[quota].values())
            quota._measure(attained, *seasons[quota], today)

    def _reset_attainment(self):
        for name in ("attained", "attained_rate", "gap", "planned", "run_rate",
                     "expected_linear", "expected"):  # fmt: skip
            self[name] = 0
        self.season_basis = self.progress = False

    def _measure(self, attained: float, basis: str, season: dict, today):
        linear = elapsed(by_days(self.date_from, self.date_to), today)
        seasonal = elapsed(season, today)
        days = min((today - self.date_from).days + 1, self._days())
        self.attained = attained
        self.attained_rate = 100 * attained / self.amount if self.amount else 0
        self.gap = max(self.amount - attained, 0)
        self.planned = self.amount * (linear if seasonal is None else seasonal)
        self.run_rate = attained * 7 / days if days > 0 else 0
        self.expected_linear = attained / linear if linear else 0
        self.expected = attained / seasonal if seasonal else self.expected_linear
        self.season_basis = basis
        self.progress = self._progress_on(today)

    def _progress_on(self, today) -> str:
        done = self._rounded(self.attained - self.amount) >= 0
        if today < self.date_from:
            return "ahead"
        if done:
            return "reached"
        if today > self.date_to:
            return "missed"
        behind = self._rounded(self.attained - self.planned) < 0
        return "behind" if behind else "on_track"

    def _search_progress(self, operator, value):
        if operator != "in":
            return NotImplemented
        quotas = self.search([("state", "!=", "draft")])
        found = quotas.filtered(lambda quota: quota.progress in value)
        return Domain("id", "in", found.ids)

    def _days(self) -> int:
        return (self.date_to - self.date_from).days + 1

    def _compute_chart(self):
        """Attained of the quota of each month, in percent, for Odoo's own bars."""
        today = fields.Date.context_today(self).replace(day=1)
        by_month, plans = self._attained_by_month(), self._plans(self._leaves())
        for quota in self:
            values = [
                {
                    "label": format_date(self.env, month, date_format="LLL"),
                    "value": round(by_month[quota].get(month, 0), 2),
                    "type": "past" if month < today else "future",
                }
                for month in plans[quota]
            ]
            title = self.env._("Attained")
            quota.chart = json.dumps([{"key": title, "values": values}])

    def _compute_rate_warning(self):
        """Name the currencies of orders that count one to one, having no rate."""
        unrated = self._orders_without_rate()
        for quota in self:
            names = {
                currency
                for company, currency, month in unrated
                if company == quota.company_id
                and quota.metric in ("order", "margin")
                and quota.date_from
                and quota.date_from <= month <= quota.date_to
            }
            quota.rate_warning = bool(names) and self.env._(
                "No exchange rate is known of %(currencies)s: orders in it count one to"
                " one. Enter a rate, and compute the orders anew.",
                currencies=", ".join(sorted(names)),
            )

    def _orders_without_rate(self) -> list[tuple]:
        main = self.company_id.currency_id
        # Sums of currencies, not of orders that the reader may not see.
        unrated = (
            self.env["res.currency"]
            .sudo()  # months and currencies alone
            .with_context(active_test=False)
            .search([("rate_ids", "=", False), ("id", "not in", main.ids)])
        )
        groups = (
            self.env["sale.order"]
            .sudo()  # months and currencies alone
            ._read_group(
                [("state", "=", "sale"), ("currency_id", "in", unrated.ids)],
                ["company_id", "currency_id", "date_order:month"],
            )
            if unrated
            else []
        )
        return [(company, cur.name, month.date()) for company, cur, month in groups]

    # What was planned for the months

    def _leaves(self) -> dict:
        """Give the smallest parts in force of each quota, without a query for each."""
        # Parts may be of people whose quotas the reader does not see; only sums of
        # the own quota are made of them.
        found_sudo = self.sudo().search_fetch(
            [("id", "child_of", self.ids), ("state", "=", "running")],
            ["parent_id", "parent_path", "amount", "date_from", "date_to"],
        )
        leaves = found_sudo - found_sudo.parent_id
        result, wanted = defaultdict(list), set(self.ids)
        for leaf in leaves:
            above = {int(part) for part in leaf.parent_path.split("/") if part}
            for whole_id in above & wanted - {leaf.id}:
                result[whole_id].append(leaf)
        return result

    def _plans(self, leaves: dict) -> dict:
        """Give each quota its amount by month: that of its smallest parts, by days
        where these are longer than a month."""
        plans = {}
        for quota in self:
            plan = dict.fromkeys(
                months(quota.date_from, quota.date_to) if quota.date_to else (), 0.0
            )
            for leaf in leaves.get(quota.id, [quota]):
                for month, share in (
                    by_days(leaf.date_from, leaf.date_to).items() if plan else ()
                ):
                    plan[month] += leaf.amount * share
            plans[quota] = plan
        return plans

    def _seasons(self) -> dict:
        """Give each quota the weights of its months, and where they come from."""
        leaves, result = self._leaves(), {}
        parted = self.filtered(
            lambda quota: any(
                leaf.date_from > quota.date_from or leaf.date_to < quota.date_to
                for leaf in leaves.get(quota.id, ())
            )
        )
        for quota, plan in parted._plans(leaves).items():
            result[quota] = ("parts", plan)
        others = self - parted
        for quota, last_year in others._attained_by_month(years_back=1).items():
            if sum(max(amount, 0) for amount in last_year.values()) > 0:
                result[quota] = ("last_year", last_year)
            else:
                linear = by_days(quota.date_from, quota.date_to)
                result[quota] = ("linear", linear)
        return result

    # What was sold

    def _attained_by_month(self, years_back: int = 0) -> dict:
        """Give each quota what was reached in each of its months.

        :param years_back: read the months of so many years before, as if of these
        """
        slices = [quota._slice(years_back) for quota in self]
        found = self._sold(slices)
        return {
            quota: {
                next_month(month, 12 * years_back): amount
                for month, amount in found[at].items()
            }
            for at, quota in enumerate(self)
        }

    def _slice(self, years_back: int = 0) -> Slice:
        shift = -12 * years_back
        return Slice(
            self.metric,
            self.company_id.id,
            self.user_id._origin.id or None,
            self.team_id._origin.id or None,
            self.territory_id.sudo().parent_path or None,  # where it lies
            self.categ_id.parent_path or None,
            next_month(self.date_from, shift),
            next_month(self.date_to, shift + 1) - timedelta(days=1),
        )

    @api.model
    def _sold(self, slices: list[Slice]) -> dict[int, dict]:
        """Give what was reached by month, for each place in the list."""
        found = defaultdict(dict)
        if slices:
            self.env.flush_all()
            for at, month, amount in self.env.execute_query(self._sold_sql(slices)):
                found[at][month] = float(amount)
        return found
