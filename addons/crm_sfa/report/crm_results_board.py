from datetime import date, timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..models.crm_stage_forecast import CATEGORIES
from ..tools.quota import months, next_month
from ..tools.results import SIZES, period, share, year_before
from .crm_results_facts import CONTACTS, Scope

LEADERS = "sales_team.group_sale_salesman_all_leads"
# So many quotas have room on the board.
QUOTAS = 8
# No business is older: a century of months.
MOST_BACK = 1200


class CrmSalesReport(models.Model):
    """The board of one's own results, or of those of a person or team for those who
    see all deals: its figures in one call, each with the records behind it."""

    _inherit = "crm.sales.report"

    @api.model
    @api.readonly
    def read_results(
        self,
        size: str = "month",
        back: int = 0,
        user_id: int | None = None,
        team_id: int | None = None,
    ) -> dict:
        """Give what the board shows, of the company that the reader works in.

        :param size: ``month``, ``quarter`` or ``year``
        :param back: so many periods before that of today
        :param user_id: whose; empty with an empty team: everybody's for those who see
            all deals, one's own for others
        """
        self.check_access("read")
        if size not in SIZES or not isinstance(back, int) or abs(back) > MOST_BACK:
            raise UserError(self.env._("Choose a month, a quarter or a year."))
        scope = self._results_scope(size, back, user_id, team_id)
        sold, worked = self._results_deals(scope), self._results_orders(scope)
        contacts = self._results_contacts(scope)
        opened = self._results_open(scope)
        return {
            "choices": self._results_choices(),
            "currency_id": self.env.company.currency_id.id,
            "label": self._results_label(size, scope),
            "is_now": not back,
            "figures": self._results_figures(scope, sold, worked, contacts),
            "missing": self._results_missing(scope),
            "quotas": self._results_quotas(scope),
            "pipeline": self._results_pipeline(scope, opened),
            "forecast": self._results_forecast(scope, sold, opened),
            "funnel": self._results_funnel(scope),
            "months": self._results_months(scope, worked),
        }

    # Whose and when

    @api.model
    def _results_scope(self, size, back, user_id, team_id) -> Scope:
        first, last = period(fields.Date.context_today(self), size, back)
        users, documents, quotas = self._results_whose(user_id, team_id)
        return Scope(users, documents, quotas, first, last, year_before(first, last))

    @api.model
    def _results_whose(self, user_id, team_id) -> tuple:
        if not self.env.user.has_group(LEADERS):
            if team_id or user_id not in (None, False, self.env.uid):
                raise AccessError(
                    self.env._(
                        "You see your own results. Those of others are for who may see"
                        " all deals."
                    )
                )
            user_id = self.env.uid
        if user_id:
            mine = Domain("user_id", "=", user_id)
            return (user_id,), mine, mine
        wholes = Domain("user_id", "=", False)
        if team_id:
            # Their number counts, not who they are.
            team_sudo = self.env["crm.team"].sudo().browse(team_id).exists()
            of_team = Domain("team_id", "=", team_id)
            return tuple(team_sudo.member_ids.ids), of_team, of_team & wholes
        return None, Domain.TRUE, wholes & Domain("parent_id", "=", False)

    @api.model
    def _results_choices(self) -> dict:
        """Give the teams and people that the reader may look at."""
        if not self.env.user.has_group(LEADERS):
            return {"teams": [], "people": []}
        members = self.env["crm.team.member"].search_fetch(
            Domain("user_id.active", "=", True), ["user_id", "crm_team_id"]
        )
        teams = self.env["crm.team"].search(Domain.TRUE)
        # Colleagues' names; the board of each is limited by the documents' rules.
        people_sudo = members.sudo().user_id.sorted("name")
        return {
            "teams": [{"id": team.id, "name": team.name} for team in teams],
            "people": [{"id": one.id, "name": one.name} for one in people_sudo],
        }

    @api.model
    def _results_label(self, size, scope) -> str:
        pattern = {"month": "LLLL y", "quarter": "QQQ y", "year": "y"}[size]
        return format_date(self.env, scope.first, date_format=pattern)

    # The figures

    @api.model
    def _results_figures(self, scope, deals, orders, contacts) -> list[dict]:
        spans = ((scope.first, scope.last), scope.before)
        now, before = (
            self._results_total((deals, orders, contacts), first, last)
            for first, last in spans
        )
        labels = {
            "income": (self.env._("Order income"), "money"),
            "revenue": (self.env._("Deals won, amount"), "money"),
            "won": (self.env._("Deals won"), "count"),
            "win_rate": (self.env._("Won of closed deals"), "percent"),
            "cycle": (self.env._("Days to win"), "days"),
            "offers": (self.env._("Offers made"), "count"),
            "contacts": (self.env._("Contacts"), "count"),
            "calls": (self.env._("Calls"), "count"),
            "visits": (self.env._("Visits and meetings"), "count"),
        }
        return [
            {
                "key": key,
                "label": label,
                "kind": kind,
                "value": now[key],
                "before": before[key],
                "action": self._results_opener(scope, key, label),
            }
            for key, (label, kind) in labels.items()
        ]

    @api.model
    def _results_total(self, sources, first, last) -> dict:
        """Sum up the months of a span."""
        names = ("income", "revenue", "won", "lost", "days", "offers", "contacts",
                 "calls", "visits")  # fmt: skip
        total = dict.fromkeys(names, 0)
        for month in months(first, last):
            for source in sources:
                for name, value in source.get(month, {}).items():
                    if name in total:
                        total[name] += value
        total["win_rate"] = share(total["won"], total["won"] + total["lost"])
        total["cycle"] = (
            round(total["days"] / total["won"], 1) if total["won"] else None
        )
        return total

    @api.model
    def _results_opener(self, scope: Scope, key: str, label: str) -> dict:
        span = (scope, scope.first, scope.last)
        if key == "income":
            return self._results_open_action(
                label, "sale.order", self._results_sold(*span)
            )
        if key == "offers":
            domain = self._results_offered(*span)
            return self._results_open_action(label, "sale.order", domain)
        if key in ("contacts", "calls", "visits"):
            kinds = [kind for kind, name in CONTACTS.items() if name == key]
            domain = self._results_touched(*span, kinds or None)
            return self._results_open_action(label, "crm.timeline", domain)
        domain = self._results_closed(*span)
        if key != "win_rate":
            domain &= Domain("won_status", "=", "won")
        return self._results_open_action(label, "crm.lead", domain)

    @api.model
    def _results_open_action(self, name: str, model: str, domain: Domain) -> dict:
        views = ["list"] if model == "crm.timeline" else ["list", "form"]
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [(False, view) for view in views],
            "domain": list(domain),
            # Lost deals are archived.
            "context": {"create": False, "active_test": False},
        }

    # What is open

    @api.model
    def _results_pending(self, scope: Scope) -> Domain:
        return (
            self._results_documents(scope)
            & Domain("type", "=", "opportunity")
            & Domain("won_status", "=", "pending")
            & Domain("active", "=", True)
        )

    @api.model
    def _results_open(self, scope: Scope) -> dict:
        """Sum up open deals by category: how many, their amount, and of those that are
        to close by the end of the period the amount, and the amount by probability."""
        query = self.env["crm.lead"]._search(self._results_pending(scope))
        due = SQL("crm_lead.date_deadline <= %s", scope.last)
        query.groupby = SQL.identifier("crm_lead", "forecast_category")
        query.order = None
        rows = self.env.execute_query(
            query.select(
                query.groupby,
                SQL("count(*)"),
                SQL("COALESCE(sum(crm_lead.expected_revenue), 0)::float"),
                SQL(
                    "COALESCE(sum(crm_lead.expected_revenue) FILTER (WHERE %s), 0)"
                    "::float",
                    due,
                ),
                SQL(
                    "COALESCE(sum(crm_lead.expected_revenue * crm_lead.probability"
                    " / 100) FILTER (WHERE %s), 0)::float",
                    due,
                ),
            )
        )
        return {category or "pipeline": counts for category, *counts in rows}

    @api.model
    def _results_pipeline(self, scope: Scope, opened: dict) -> list[dict]:
        labels = dict(
            self.env["crm.lead"]
            ._fields["forecast_category"]
            ._description_selection(self.env)
        )
        return [
            {
                "key": key,
                "label": labels[key],
                "count": opened[key][0],
                "amount": opened[key][1],
                "action": self._results_open_action(
                    labels[key],
                    "crm.lead",
                    self._results_pending(scope)
                    & Domain("forecast_category", "=", key),
                ),
            }
            for key, _label in CATEGORIES
            if key in opened
        ]

    @api.model
    def _results_forecast(self, scope: Scope, deals: dict, opened: dict) -> dict | None:
        """What the period will bring: what is won, and what is to close in it. Of a
        period that is over there is nothing to expect."""
        if scope.last < fields.Date.context_today(self):
            return None
        won = self._results_total((deals,), scope.first, scope.last)["revenue"]
        due = {key: counts[2] for key, counts in opened.items()}
        weighted = sum(counts[3] for key, counts in opened.items() if key != "omitted")
        due_domain = self._results_pending(scope) & Domain(
            "date_deadline", "<=", scope.last
        )
        label = self.env._("To close in the period")
        return {
            "won": won,
            "commit": due.get("commit", 0),
            "best": due.get("best", 0),
            "expected": won + weighted,
            "action": self._results_open_action(label, "crm.lead", due_domain),
        }

    @api.model
    def _results_missing(self, scope: Scope) -> dict:
        domain = self._results_pending(scope) & Domain("lacks_next_step", "=", True)
        label = self.env._("Deals without a next step")
        return {
            "label": label,
            "value": self.env["crm.lead"].search_count(domain),
            "action": self._results_open_action(label, "crm.lead", domain),
        }

    # Quotas, funnel and months

    @api.model
    def _results_quotas(self, scope: Scope) -> list[dict]:
        """Give the quotas of the period, the shortest first."""
        quotas = self.env["crm.quota"].search(
            scope.quotas
            & Domain("state", "=", "running")
            & Domain("company_id", "=", self.env.company.id)
            & Domain("date_from", "<=", scope.last)
            & Domain("date_to", ">=", scope.first)
        )
        shown = quotas.sorted(lambda quota: (quota._days(), quota.id))[:QUOTAS]
        labels = dict(shown._fields["progress"]._description_selection(self.env))
        return [
            {
                "id": quota.id,
                "name": quota.display_name,
                "amount": quota.amount,
                "attained": quota.attained,
                "planned": quota.planned,
                "rate": round(quota.attained_rate, 1),
                "in_money": bool(quota.currency_id),
                "progress": quota.progress,
                "progress_label": labels[quota.progress],
            }
            for quota in shown
        ]

    @api.model
    def _results_funnel(self, scope: Scope) -> list[dict]:
        """How far the deals came that were closed in the period."""
        closed = self._results_closed(scope, scope.first, scope.last)
        stages = self.env["crm.stage.report"]._funnel(closed)
        whole = stages[0]["reached"] if stages else 0
        for stage in stages:
            stage["share"] = share(stage["reached"], whole)
            stage["action"] = {
                "type": "ir.actions.act_window",
                "name": stage["name"],
                "res_model": "crm.stage.report",
                "views": [(False, "list")],
                "domain": [
                    ("stage_id", "=", stage["id"]),
                    ("lead_id", "any", list(self._results_archived(closed))),
                ],
            }
        return stages

    @api.model
    def _results_archived(self, closed: Domain) -> Domain:
        """The domain again, for lost deals, which are archived."""
        return closed & Domain("active", "in", (True, False))

    @api.model
    def _results_months(self, scope: Scope, orders: dict) -> list[dict]:
        """Give the order income of each month of the year, and of the year before."""
        january = date(scope.first.year, 1, 1)
        made = []
        for at in range(12):
            month = next_month(january, at)
            last = next_month(month) - timedelta(days=1)
            label = format_date(self.env, month, date_format="LLLL y")
            made.append(
                {
                    "name": format_date(self.env, month, date_format="LLL"),
                    "label": label,
                    "value": orders.get(month, {}).get("income", 0),
                    "before": orders.get(next_month(month, -12), {}).get("income", 0),
                    "in_period": scope.first <= month <= scope.last,
                    "action": self._results_open_action(
                        label, "sale.order", self._results_sold(scope, month, last)
                    ),
                }
            )
        return made
