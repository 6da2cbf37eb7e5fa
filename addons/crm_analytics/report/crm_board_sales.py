from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_sfa.tools.quota import next_month

from ..tools.board import Span, percent
from .crm_board import View

# So many rows of a breakdown are shown, the largest first.
ROWS = 10


class CrmBoardSales(models.AbstractModel):
    """What was sold, by whom and of what, and what is on its way.

    Income is read from the months that a job sums up every night. Deals, pipeline and
    quotas are those of the board of results, for the whole company.
    """

    _name = "crm.board.sales"
    _inherit = "crm.board"
    _description = "Sales Board"

    _limits = {"team_id": "crm.team", "user_id": "res.users"}

    @api.model
    def _dated(self, view):
        made = view.company.crm_months_date
        return self._moment_name(view, made) if made else ""

    @api.model
    def _content(self, view):
        months = self._months(view)
        scope = self._scope(view, self._of_people(view), self._quotas_domain(view))
        reports = self.env["crm.sales.report"]
        deals, opened = reports._results_deals(scope), reports._results_open(scope)
        return {
            "tiles": [
                *self._income_tiles(view, months),
                *self._deal_tiles(view, scope, deals),
                *self._open_tiles(view, scope, deals, opened),
            ],
            "blocks": [
                self._income_chart(view, months),
                self._stages_chart(view, scope),
                *self._breakdowns(view),
                self._quotas_table(scope),
            ],
        }

    # What is read

    @api.model
    def _of_people(self, view: View) -> Domain:
        domain = Domain.TRUE
        if view.team_id:
            domain &= Domain("team_id", "=", view.team_id)
        if view.user_id:
            domain &= Domain("user_id", "=", view.user_id)
        return domain

    @api.model
    def _quotas_domain(self, view: View) -> Domain:
        """As on the board of results: of a person, of a team, or of the whole."""
        if view.user_id:
            return Domain("user_id", "=", view.user_id)
        wholes = Domain("user_id", "=", False)
        if view.team_id:
            return wholes & Domain("team_id", "=", view.team_id)
        return wholes & Domain("parent_id", "=", False)

    @api.model
    def _sum(self, view: View, span: Span, by: str) -> list[dict]:
        """Sum up the months of a period by a column."""
        where = SQL(
            "company_id = %s AND month BETWEEN %s AND %s",
            view.company.id,
            span.first,
            span.last,
        )
        for name in ("team_id", "user_id"):
            if value := getattr(view, name):
                where = SQL("%s AND %s = %s", where, SQL.identifier(name), value)
        return self.env.execute_query_dict(
            SQL(
                """SELECT %s AS key, sum(amount) AS amount, sum(margin) AS margin,
                          sum(discount) AS discount
                     FROM crm_sale_month WHERE %s GROUP BY 1 ORDER BY 2 DESC""",
                SQL.identifier(by),
                where,
            )
        )

    @api.model
    def _months(self, view: View) -> dict:
        first = min(
            next_month(view.span.last, -23), *(span.first for span in view.spans)
        )
        rows = self._sum(view, Span(first, view.span.last), "month")
        return {row["key"]: row for row in rows}

    @api.model
    def _total(self, months: dict, span: Span, name: str) -> float:
        return sum(months.get(month, {}).get(name, 0) for month in span.months)

    # The figures

    @api.model
    def _income_tiles(self, view, months) -> list[dict]:
        env = self.env
        income, margin, discount = (
            [self._total(months, span, name) for span in view.spans]
            for name in ("amount", "margin", "discount")
        )
        action = self._open_sold(view)
        return [
            self._tile(
                "income",
                env._("Order income"),
                income,
                env._(
                    "Lines of confirmed orders by the order's date, without taxes, at"
                    " the rate of that day. Left out: quotations and cancelled orders."
                    " Credit notes are not taken off."
                ),
                "money",
                action=action,
            ),
            self._tile(
                "margin",
                env._("Margin of income"),
                [percent(*pair) for pair in zip(margin, income, strict=True)],
                env._("(Order income − cost of the goods) ÷ order income."),
                "percent",
                action=action,
            ),
            self._tile(
                "discount",
                env._("Discount"),
                [
                    percent(off, paid + off)
                    for off, paid in zip(discount, income, strict=True)
                ],
                env._(
                    "What the discounts on order lines took off ÷ what the lines would"
                    " have cost without. Left out: lower prices of price lists."
                ),
                "percent",
                -1,
                self._open_sold(view, Domain("order_line.discount", ">", 0)),
            ),
        ]

    @api.model
    def _deal_tiles(self, view, scope, deals) -> list[dict]:
        env, reports = self.env, self.env["crm.sales.report"]
        totals = [reports._results_total((deals,), *span) for span in view.spans]
        texts = {
            "won": (
                env._("Deals won"),
                env._("Deals that were won in the period."),
                "count",
                1,
            ),
            "win_rate": (
                env._("Won of closed deals"),
                env._("Deals won ÷ deals won or lost in the period."),
                "percent",
                1,
            ),
            "cycle": (
                env._("Days to win"),
                env._(
                    "Days from when a deal was begun until it was won: the mean of the"
                    " deals won in the period."
                ),
                "decimal",
                -1,
            ),
        }
        closed = reports._results_closed(scope, *view.span)
        won = closed & Domain("won_status", "=", "won")
        return [
            self._tile(
                key,
                label,
                [total[key] for total in totals],
                formula,
                kind,
                better,
                self._open(label, "crm.lead", closed if key == "win_rate" else won),
            )
            for key, (label, formula, kind, better) in texts.items()
        ]

    @api.model
    def _open_tiles(self, view, scope, deals, opened) -> list[dict]:
        env, reports = self.env, self.env["crm.sales.report"]
        pending = reports._results_pending(scope)
        open_label, due_label = env._("Pipeline"), env._("Forecast")
        forecast = reports._results_forecast(scope, deals, opened) or {}
        return [
            self._tile(
                "pipeline",
                open_label,
                [sum(counts[1] for counts in opened.values())],
                env._("Expected revenue of the deals that are open at this moment."),
                "money",
                action=self._open(open_label, "crm.lead", pending),
            ),
            self._tile(
                "forecast",
                due_label,
                [forecast.get("expected")],
                env._(
                    "Deals won in the period + open deals to close by its end, each"
                    " times its probability. Left out: deals in the forecast category"
                    " “Omitted”. Empty for a period that is over."
                ),
                "money",
                action=self._open(
                    due_label,
                    "crm.lead",
                    pending & Domain("date_deadline", "<=", view.span.last),
                ),
            ),
            *self._waiting_tiles(view),
        ]

    @api.model
    def _waiting_tiles(self, view) -> list[dict]:
        env, today = self.env, self.env["crm.value.source"]._today(view.company)
        waiting = (
            Domain("company_id", "=", view.company.id)
            & Domain("state", "in", ("draft", "sent"))
            & (
                Domain("validity_date", "=", False)
                | Domain("validity_date", ">=", today)
            )
            & self._of_people(view)
        )
        query = env["sale.order"]._search(waiting)
        query.order = None
        [(count, amount)] = env.execute_query(
            query.select(
                SQL("count(*)"),
                SQL(
                    "COALESCE(sum(sale_order.amount_untaxed / COALESCE(NULLIF("
                    "sale_order.currency_rate, 0), 1)::numeric), 0)::float"
                ),
            )
        )
        label = env._("Quotations waiting")
        formula = env._(
            "Quotations of this moment, drafts and sent ones, that are still valid."
            " Left out: those whose validity is over."
        )
        action = self._open(label, "sale.order", waiting)
        return [
            self._tile("waiting", label, [count], formula, better=0, action=action),
            self._tile(
                "waiting_amount",
                env._("Amount of quotations"),
                [amount],
                env._("Amounts without taxes of the quotations that wait."),
                "money",
                0,
                action,
            ),
        ]

    # Charts and tables

    @api.model
    def _income_chart(self, view, months) -> dict:
        shown = self._last_months(view, 12)

        def amounts(back):
            found = (months.get(next_month(month, -back), {}) for month in shown)
            return [row.get("amount", 0) for row in found]

        return self._chart(
            "income",
            self.env._("Order income by month"),
            [self._month_name(month) for month in shown],
            [
                (self.env._("Order income"), amounts(0)),
                (self.env._("A year before"), amounts(12)),
            ],
            "money",
            actions=[
                self._open_sold(view._replace(span=Span(month, month).moved(0)))
                for month in shown
            ],
        )

    @api.model
    def _stages_chart(self, view, scope) -> dict:
        reports = self.env["crm.sales.report"]
        pending = reports._results_pending(scope)
        rows = self.env["crm.lead"]._read_group(
            pending,
            ["stage_id"],
            ["expected_revenue:sum", "prorated_revenue:sum"],
        )
        return self._chart(
            "stages",
            self.env._("Pipeline by stage"),
            [stage.name or self.env._("No stage") for stage, *_sums in rows],
            [
                (self.env._("Expected"), [amount or 0 for _s, amount, _w in rows]),
                (
                    self.env._("Times the probability"),
                    [weighted or 0 for *_s, weighted in rows],
                ),
            ],
            "money",
            actions=[
                self._open(
                    stage.name or self.env._("No stage"),
                    "crm.lead",
                    pending & Domain("stage_id", "=", stage.id),
                )
                for stage, *_sums in rows
            ],
        )

    @api.model
    def _breakdowns(self, view) -> list[dict]:
        env = self.env
        return [
            self._breakdown(view, "team_id", "crm.team", env._("Income by team")),
            self._breakdown(view, "user_id", "res.users", env._("Income by person")),
            self._breakdown(
                view, "categ_id", "product.category", env._("Income by kind of goods")
            ),
        ]

    @api.model
    def _breakdown(self, view, name: str, model: str, title: str) -> dict:
        env = self.env
        rows = self._sum(view, view.span, name)
        before = {
            row["key"]: row["amount"]
            for row in self._sum(view, view.span.year_before, name)
        }
        total = sum(row["amount"] for row in rows)
        records = env[model].browse(row["key"] for row in rows[:ROWS] if row["key"])
        names = {record.id: record.display_name for record in records}
        return self._table_of(
            name.removesuffix("_id"),
            title,
            [
                (self._column_label(name), "text"),
                (env._("Order income"), "money"),
                (env._("Share"), "percent"),
                (env._("A year before"), "money"),
                (env._("Margin"), "percent"),
            ],
            [
                (
                    [
                        names.get(row["key"]) or env._("None"),
                        row["amount"],
                        percent(row["amount"], total),
                        before.get(row["key"], 0),
                        percent(row["margin"], row["amount"]),
                    ],
                    self._open_part(view, name, row["key"]),
                )
                for row in rows[:ROWS]
            ],
            env._("The %(count)s largest.", count=ROWS) if len(rows) > ROWS else "",
        )

    @api.model
    def _column_label(self, name: str) -> str:
        field = self.env["crm.sale.month"]._fields[name]
        return field._description_string(self.env)

    @api.model
    def _quotas_of(self, scope) -> list[dict]:
        """Give the quotas that the reader may see: those of single people are not
        everybody's."""
        if not self.env["crm.quota"].sudo(False).has_access("read"):
            return []
        return self.env["crm.sales.report"].sudo(False)._results_quotas(scope)

    @api.model
    def _quotas_table(self, scope) -> dict:
        env = self.env
        return self._table_of(
            "quotas",
            env._("Quotas"),
            [
                (env._("Quota"), "text"),
                (env._("To reach"), "decimal"),
                (env._("Planned to date"), "decimal"),
                (env._("Attained"), "decimal"),
                (env._("Attained, %"), "percent"),
                (env._("Progress"), "text"),
            ],
            [
                (
                    [
                        quota["name"],
                        quota["amount"],
                        quota["planned"],
                        quota["attained"],
                        quota["rate"],
                        quota["progress_label"],
                    ],
                    self._open_record("crm.quota", quota["id"]),
                )
                for quota in self._quotas_of(scope)
            ],
            env._("In force in the period, over the quota's whole period."),
        )

    # What opens the records

    @api.model
    def _open_sold(self, view, more: Domain = Domain.TRUE):
        sold = (
            Domain("company_id", "=", view.company.id)
            & Domain("state", "=", "sale")
            & self._within(view, "date_order", view.span)
            & self._of_people(view)
            & more
        )
        return self._open(self.env._("Orders"), "sale.order", sold)

    @api.model
    def _open_part(self, view, name: str, key):
        if name != "categ_id":
            return self._open_sold(view, Domain(name, "=", key or False))
        # Sections and notes have no product either.
        goods = Domain("display_type", "=", False)
        goods &= Domain("product_id.categ_id", "=", key or False)
        return self._open_sold(view, Domain("order_line", "any", list(goods)))
