from datetime import date

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_sfa.tools.quota import next_month

from ..tools.board import Span, percent, quotient
from .crm_board import View

# So many months without an order, and a customer is lost.
LOST = 12
CHART = 24
MOVERS = 5
SUMS = ("amount", "margin", "orders", "new", "gone")


class CrmBoardManagement(models.AbstractModel):
    """What the house earns, with whom, and what is open.

    Turnover and customers are read from the months that a job sums up every night.
    """

    _name = "crm.board.management"
    _inherit = "crm.board"
    _description = "Management Board"

    _limits = {"territory_id": "crm.territory"}

    @api.model
    def _dated(self, view):
        made = view.company.crm_months_date
        return self._moment_name(view, made) if made else ""

    @api.model
    def _content(self, view):
        months = self._months(view)
        return {
            "tiles": self._tiles(view, months),
            "blocks": [
                self._turnover_chart(view, months),
                self._customers_chart(view, months),
                self._movers_table(view),
            ],
        }

    # What is read

    @api.model
    def _where(self, view: View, first: date, last: date) -> SQL:
        """Give the condition of the months of a period, as a table ``m``."""
        where = SQL(
            "m.company_id = %s AND m.month BETWEEN %s AND %s",
            view.company.id,
            first,
            last,
        )
        if not view.territory_id:
            return where
        territories = self.env["crm.territory"].search(
            Domain("id", "child_of", view.territory_id)
        )
        return SQL(
            "%s AND m.partner_id IN (SELECT id FROM res_partner"
            " WHERE territory_id IN %s)",
            where,
            tuple(territories.ids),
        )

    @api.model
    def _months(self, view: View) -> dict[date, dict]:
        """Sum up by month in one pass. ``new`` are customers whose first order it was,
        ``gone`` those who did not order for a year after it; ``active_0`` to 2 the
        customers of each of the three periods who had not ordered before in it."""
        first = min(next_month(view.span.last, -35), next_month(view.span.first, -24))
        today = self.env["crm.value.source"]._today(view.company)
        rows = self.env.execute_query_dict(
            SQL(
                """SELECT m.month, sum(m.amount) AS amount, sum(m.margin) AS margin,
                          sum(m.orders)::int AS orders,
                          count(*) FILTER (WHERE m.orders > 0
                              AND m.previous_month IS NULL) AS new,
                          count(*) FILTER (WHERE m.orders > 0 AND m.month <= %s
                              AND (m.next_month IS NULL OR m.next_month
                                  > m.month + interval '1 month' * %s)) AS gone,
                          %s
                     FROM crm_customer_month AS m WHERE %s GROUP BY m.month""",
                next_month(today, -LOST),
                LOST,
                SQL(", ").join(
                    SQL(
                        "count(*) FILTER (WHERE %s) AS %s",
                        self._active_sql(span),
                        SQL.identifier(f"active_{at}"),
                    )
                    for at, span in enumerate(view.spans)
                ),
                self._where(view, first, view.span.last),
            )
        )
        return {row["month"]: row for row in rows}

    @api.model
    def _active_sql(self, span: Span) -> SQL:
        """Tell of ``m`` whether it is the first order of its customer in a period."""
        return SQL(
            "m.orders > 0 AND m.month BETWEEN %(first)s AND %(last)s"
            " AND (m.previous_month IS NULL OR m.previous_month < %(first)s)",
            first=span.first,
            last=span.last,
        )

    @api.model
    def _total(self, months: dict, span: Span, at: int) -> dict:
        total = dict.fromkeys((*SUMS, "active"), 0)
        for month in span.months:
            row = months.get(month, {})
            for name in ("amount", "margin", "orders", "new"):
                total[name] += row.get(name, 0)
            gone = months.get(next_month(month, -LOST), {})
            total["gone"] += gone.get("gone", 0)
        total["active"] = sum(row[f"active_{at}"] for row in months.values())
        return total

    @api.model
    def _best_customers(self, view: View) -> list[int]:
        """Count the customers of class A who ordered, in each of the periods."""
        first = min(span.first for span in view.spans)
        value_class = self.env["crm.sales.report"]._value_class_sql("customer")
        counts = [
            SQL("count(*) FILTER (WHERE %s)", self._active_sql(span))
            for span in view.spans
        ]
        [row] = self.env.execute_query(
            SQL(
                """SELECT %s FROM crm_customer_month AS m
                     JOIN res_partner AS customer ON customer.id = m.partner_id
                      AND %s = 'a'
                    WHERE %s""",
                SQL(", ").join(counts),
                value_class,
                self._where(view, first, view.span.last),
            )
        )
        return list(row)

    @api.model
    def _movers(self, view: View) -> list[tuple]:
        """Give the customers whose turnover grew most, and shrank most, against the
        year before: id, turnover and that of the year before."""
        now, year = view.span, view.span.year_before
        return self.env.execute_query(
            SQL(
                """WITH change AS MATERIALIZED (
                    SELECT m.partner_id, sum(CASE WHEN m.month BETWEEN %(first)s
                               AND %(last)s THEN m.amount ELSE 0 END) AS now,
                           sum(CASE WHEN m.month BETWEEN %(first)s AND %(last)s
                               THEN m.amount ELSE - m.amount END) AS change
                      FROM crm_customer_month AS m
                     WHERE %(where)s AND (m.month >= %(first)s OR m.month <= %(end)s)
                  GROUP BY m.partner_id)
                SELECT partner_id, now, now - change, change FROM (
                    (SELECT * FROM change WHERE change > 0
                      ORDER BY change DESC, partner_id LIMIT %(most)s)
                    UNION ALL
                    (SELECT * FROM change WHERE change < 0
                      ORDER BY change, partner_id LIMIT %(most)s)) AS moved
                ORDER BY change DESC, partner_id""",
                first=now.first,
                last=now.last,
                end=year.last,
                where=self._where(view, year.first, now.last),
                most=MOVERS,
            )
        )

    # The figures

    @api.model
    def _tiles(self, view, months) -> list[dict]:
        totals = [self._total(months, span, at) for at, span in enumerate(view.spans)]
        return [
            *self._money_tiles(view, totals),
            *self._customer_tiles(view, totals),
            *self._sales_tiles(view),
            *self._service_tiles(view),
            self._overdue_tile(view),
        ]

    @api.model
    def _money_tiles(self, view, totals) -> list[dict]:
        env = self.env

        def each(name):
            return [total[name] for total in totals]

        action = self._open_months(env._("Turnover by customer"), view, view.span)
        return [
            self._tile(
                "turnover",
                env._("Turnover"),
                each("amount"),
                env._(
                    "Confirmed orders at the rate of their day, less posted credit"
                    " notes, and invoices that no order sold. Without taxes. Left"
                    " out: quotations and cancelled orders."
                ),
                "money",
                action=action,
            ),
            self._tile(
                "margin",
                env._("Margin"),
                each("margin"),
                env._(
                    "Turnover less the cost of goods that the order lines know. Left"
                    " out: costs of service, visits and marketing."
                ),
                "money",
                action=action,
            ),
            self._tile(
                "margin_rate",
                env._("Margin of turnover"),
                [percent(total["margin"], total["amount"]) for total in totals],
                env._("Margin ÷ turnover."),
                "percent",
                action=action,
            ),
            self._tile(
                "orders",
                env._("Orders"),
                each("orders"),
                env._(
                    "Confirmed orders by their date, and invoices that no order sold."
                ),
                action=self._open_sold(view),
            ),
            self._tile(
                "average",
                env._("Average order"),
                [quotient(total["amount"], total["orders"]) for total in totals],
                env._("Turnover ÷ orders. Credit notes lower it."),
                "money",
                action=action,
            ),
        ]

    @api.model
    def _customer_tiles(self, view, totals) -> list[dict]:
        env = self.env
        best = self._best_customers(view)
        active = [total["active"] for total in totals]
        return [
            self._tile(
                "active",
                env._("Active customers"),
                active,
                env._(
                    "Customers with at least one order in the period. A company counts"
                    " once with all its people."
                ),
                action=self._open_active(env._("Active customers"), view),
            ),
            self._tile(
                "new",
                env._("New customers"),
                [total["new"] for total in totals],
                env._("Customers whose very first order lies in the period."),
                action=self._open_new(view),
            ),
            self._tile(
                "lost",
                env._("Lost customers"),
                [total["gone"] for total in totals],
                env._(
                    "Customers whose last order was %(months)s months before a month of"
                    " the period, and who did not order since. Left out: months that"
                    " are still to come.",
                    months=LOST,
                ),
                better=-1,
                action=self._open_lost(view),
            ),
            self._tile(
                "best",
                env._("Share of A customers"),
                [
                    percent(count, whole)
                    for count, whole in zip(best, active, strict=True)
                ],
                env._(
                    "Active customers that are of class A today ÷ active customers."
                    " Customers without a class count in the whole."
                ),
                "percent",
                0,
                self._open_active(
                    env._("Active customers of class A"),
                    view,
                    Domain("value_class", "=", "a"),
                ),
            ),
        ]

    @api.model
    def _sales_tiles(self, view) -> list[dict]:
        env, reports = self.env, self.env["crm.sales.report"]
        scope = self._scope(
            view, self._of_territory(view, "partner_id.territory_id"), Domain.TRUE
        )
        deals, opened = reports._results_deals(scope), reports._results_open(scope)
        forecast = reports._results_forecast(scope, deals, opened) or {}
        label = env._("Forecast")
        pending = reports._results_pending(scope) & Domain(
            "date_deadline", "<=", view.span.last
        )
        return [
            self._quota_tile(view),
            self._tile(
                "forecast",
                label,
                [forecast.get("expected")],
                env._(
                    "Deals won in the period + open deals to close by its end, each"
                    " times its probability. Left out: deals in the forecast category"
                    " “Omitted”. Empty for a period that is over."
                ),
                "money",
                action=self._open(label, "crm.lead", pending),
            ),
        ]

    @api.model
    def _quota_tile(self, view) -> dict:
        label = self.env._("Quota attained")
        domain = (
            Domain("state", "=", "running")
            & Domain("metric", "=", "order")
            & Domain("company_id", "=", view.company.id)
            & Domain("user_id", "=", False)
            & Domain("date_from", "<=", view.span.last)
            & Domain("date_to", ">=", view.span.first)
        )
        if view.territory_id:
            domain &= Domain("territory_id", "=", view.territory_id)
        else:
            domain &= Domain("parent_id", "=", False)
        quotas = self.env["crm.quota"].search(domain)
        rate = percent(sum(quotas.mapped("attained")), sum(quotas.mapped("amount")))
        return self._tile(
            "quota",
            label,
            [rate],
            self.env._(
                "Attained ÷ quota, of the order quotas in force in the period that are"
                " not part of another one; over the quota's whole period. Left out:"
                " quotas of single people."
            ),
            "percent",
            action=self._open(label, "crm.quota", domain),
        )

    @api.model
    def _service_tiles(self, view) -> list[dict]:
        env, board = self.env, self.env["crm.service.report"]
        scope = self._of_company(view) & self._of_territory(view, "territory_id")
        label, kept_label = env._("Open tickets"), env._("Deadlines kept")
        clocks = self.env["crm.sla.report"]
        limited = Domain("company_id", "in", (view.company.id, False))
        if view.territory_id:
            limited &= Domain("ticket_id", "any", list(scope))
        kept = []
        for span in view.spans:
            decided = limited & self._within(view, "date", span)
            [(rate, count)] = clocks._read_group(
                decided, [], ["kept_rate:avg", "__count"]
            )
            kept.append(round(rate, 1) if count else None)
        decided = limited & self._within(view, "date", view.span)
        return [
            self._tile(
                "tickets",
                label,
                [sum(sum(row[1:-2]) for row in board._board_open_rows(scope))],
                env._("Tickets that are not closed at this moment."),
                better=-1,
                action=self._open(
                    label,
                    "helpdesk.ticket",
                    scope & Domain("stage_id.closed", "=", False),
                ),
            ),
            self._tile(
                "sla",
                kept_label,
                kept,
                env._(
                    "Service deadlines met ÷ those met or missed, decided in the"
                    " period. Left out: deadlines that still run."
                ),
                "percent",
                action=self._open(kept_label, "crm.sla.report", decided, ("list",)),
            ),
        ]

    @api.model
    def _overdue_tile(self, view) -> dict:
        label = self.env._("Overdue receivables")
        due = self._overdue_domain(view)
        [(amount,)] = self.env["account.move.line"]._read_group(
            due, [], ["amount_residual:sum"]
        )
        return self._tile(
            "overdue",
            label,
            [amount or 0],
            self.env._(
                "What is unpaid today of what customers owe, each instalment by its own"
                " due date. Left out: credit notes, and what is being paid."
            ),
            "money",
            -1,
            self._open(label, "account.move.line", due),
        )

    @api.model
    def _overdue_domain(self, view) -> Domain:
        """As the digest counts: an invoice may be due in several instalments."""
        today = self.env["crm.value.source"]._today(view.company)
        return (
            Domain("company_id", "=", view.company.id)
            & Domain("parent_state", "=", "posted")
            & Domain("account_id.account_type", "=", "asset_receivable")
            & Domain("balance", ">", 0)
            & Domain("reconciled", "=", False)
            & Domain("date_maturity", "<", today)
            & self._of_territory(view, "partner_id.commercial_partner_id.territory_id")
        )

    # Charts and tables

    @api.model
    def _turnover_chart(self, view, months) -> dict:
        shown = self._last_months(view, CHART)

        def amounts(back):
            found = (months.get(next_month(month, -back), {}) for month in shown)
            return [row.get("amount", 0) for row in found]

        return self._chart(
            "turnover",
            self.env._("Turnover of %(months)s months", months=CHART),
            [self._month_name(month) for month in shown],
            [
                (self.env._("Turnover"), amounts(0)),
                (self.env._("A year before"), amounts(12)),
            ],
            "money",
            "line",
            [
                self._open_months(self._month_name(month), view, Span(month, month))
                for month in shown
            ],
        )

    @api.model
    def _customers_chart(self, view, months) -> dict:
        shown = self._last_months(view, 12)
        new = [months.get(month, {}).get("new", 0) for month in shown]
        lost = [
            months.get(next_month(month, -LOST), {}).get("gone", 0) for month in shown
        ]
        return self._chart(
            "customers",
            self.env._("New and lost customers"),
            [self._month_name(month) for month in shown],
            [(self.env._("New"), new), (self.env._("Lost"), lost)],
            actions=[
                self._open_months(self._month_name(month), view, Span(month, month))
                for month in shown
            ],
        )

    @api.model
    def _movers_table(self, view) -> dict:
        env, moved = self.env, self._movers(view)
        partners = env["res.partner"].browse(row[0] for row in moved)
        names = {partner.id: partner.display_name for partner in partners}
        return self._table_of(
            "movers",
            env._("Who grew and who shrank most"),
            [
                (env._("Customer"), "text"),
                (env._("Turnover"), "money"),
                (env._("A year before"), "money"),
                (env._("Change"), "change"),
            ],
            [
                (
                    [names[id_], now, before, change],
                    self._open_record("res.partner", id_),
                )
                for id_, now, before, change in moved
            ],
            env._("Turnover of the period against the same months of the year before."),
        )

    # What opens the records

    @api.model
    def _month_domain(self, view: View, span: Span) -> Domain:
        return (
            Domain("company_id", "=", view.company.id)
            & Domain("month", ">=", span.first)
            & Domain("month", "<=", span.last)
        )

    @api.model
    def _open_months(self, name, view, span, more: Domain = Domain.TRUE):
        domain = self._month_domain(view, span) & more
        domain &= self._of_territory(view, "partner_id.territory_id")
        return self._open(
            name, "crm.customer.month", domain, ("list", "pivot", "graph")
        )

    @api.model
    def _open_sold(self, view):
        """Open the months with orders: invoices that no order sold count as well, and
        the territory is that of the customer."""
        sold = Domain("orders", ">", 0)
        return self._open_months(self.env._("Orders"), view, view.span, sold)

    @api.model
    def _open_customers(self, name, view, months: Domain, more: Domain = Domain.TRUE):
        months &= Domain("orders", ">", 0)
        domain = Domain("crm_month_ids", "any", list(months)) & more
        domain &= self._of_territory(view, "territory_id")
        # Months count whoever ordered, archived since or not.
        return self._open(name, "res.partner", domain, active_test=False)

    @api.model
    def _open_active(self, name, view, more: Domain = Domain.TRUE):
        return self._open_customers(
            name, view, self._month_domain(view, view.span), more
        )

    @api.model
    def _open_new(self, view):
        first = self._month_domain(view, view.span) & Domain(
            "previous_month", "=", False
        )
        return self._open_customers(self.env._("New customers"), view, first)

    @api.model
    def _open_lost(self, view):
        """A year after their last order they are lost, unless they order later on."""
        last = self._month_domain(view, view.span.moved(-LOST))
        today = self.env["crm.value.source"]._today(view.company)
        last &= Domain("month", "<=", next_month(today, -LOST))
        again = Domain("next_month", "=", False)
        # Each month has its own limit; those of a period are few.
        for month in view.span.moved(-LOST).months:
            again |= Domain("month", "=", month) & Domain(
                "next_month", ">", next_month(month, LOST)
            )
        return self._open_customers(self.env._("Lost customers"), view, last & again)
