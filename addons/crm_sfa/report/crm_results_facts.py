from datetime import date, datetime, time, timedelta
from typing import NamedTuple

import pytz

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.quota import months, next_month
from ..tools.rate import at_rate

CONTACTS = {"call": "calls", "visit": "visits", "meeting": "visits"}


class Scope(NamedTuple):
    """Whose results, and when: a person's, a team's or everybody's.

    :param users: who made the contacts; None is everybody
    :param documents: the deals and orders
    :param first: the period, and the same of the year before
    """

    users: tuple[int, ...] | None
    documents: Domain
    quotas: Domain
    first: date
    last: date
    before: tuple[date, date]

    @property
    def starts(self) -> date:
        """The first month that the board looks at: January of the year before."""
        return min(self.before[0], date(self.first.year - 1, 1, 1))

    @property
    def ends(self) -> date:
        return max(self.last, date(self.first.year, 12, 31))


class CrmSalesReport(models.Model):
    """What was reached, month by month: deals closed, orders, offers and contacts, each
    read in one pass."""

    _inherit = "crm.sales.report"

    @api.model
    def _results_zone(self):
        """The company's clock on the wall, as for quotas."""
        company_sudo = self.env.company.sudo()
        return pytz.timezone(company_sudo.partner_id.tz or "UTC")

    @api.model
    def _results_within(self, name: str, first: date, last: date) -> Domain:
        starts = self._results_moment(first)
        after = self._results_moment(last + timedelta(days=1))
        return Domain(name, ">=", starts) & Domain(name, "<", after)

    @api.model
    def _results_moment(self, day: date) -> datetime:
        """Give the moment at which a day begins, by the company's clock, in UTC."""
        begins = self._results_zone().localize(datetime.combine(day, time.min))
        return begins.astimezone(pytz.utc).replace(tzinfo=None)

    @api.model
    def _results_deals(self, scope: Scope) -> dict:
        """Sum up the deals that were closed, by month."""
        known = months(scope.starts, scope.ends)
        query = self._leads(self._results_closed(scope, scope.starts, scope.ends))
        query.groupby, query.order = SQL("1"), None
        won = SQL("crm_lead.won_status = 'won'")
        rows = self.env.execute_query(
            query.select(
                self._results_place(SQL("crm_lead.date_closed"), known),
                SQL("count(*) FILTER (WHERE %s)", won),
                SQL("count(*) FILTER (WHERE NOT %s)", won),
                SQL("sum(crm_lead.expected_revenue) FILTER (WHERE %s)", won),
                SQL(
                    "sum(EXTRACT(epoch FROM crm_lead.date_closed"
                    " - crm_lead.create_date) / 86400.0) FILTER (WHERE %s)",
                    won,
                ),
            )
        )
        names = ("won", "lost", "revenue", "days")
        return {
            known[at - 1]: dict(
                zip(names, (float(value or 0) for value in row), strict=True)
            )
            for at, *row in rows
        }

    @api.model
    def _results_closed(self, scope: Scope, first, last) -> Domain:
        return (
            self._results_documents(scope)
            & Domain("type", "=", "opportunity")
            & Domain("won_status", "in", ("won", "lost"))
            & self._results_within("date_closed", first, last)
        )

    @api.model
    def _results_documents(self, scope: Scope) -> Domain:
        return scope.documents & Domain(
            "company_id", "in", (self.env.company.id, False)
        )

    @api.model
    def _results_sold(self, scope: Scope, first, last) -> Domain:
        return (
            self._results_documents(scope)
            & Domain("state", "=", "sale")
            & self._results_within("date_order", first, last)
        )

    @api.model
    def _results_offered(self, scope: Scope, first, last) -> Domain:
        return (
            self._results_documents(scope)
            & Domain("state", "!=", "cancel")
            & self._results_within("create_date", first, last)
        )

    @api.model
    def _results_orders(self, scope: Scope) -> dict:
        """Give order income and offers by month, in one pass over the orders: they
        count as income when they are confirmed, as an offer when they are made."""
        spans = [
            self._results_within(name, scope.starts, scope.ends)
            for name in ("date_order", "create_date")
        ]
        orders = self.env["sale.order"]
        query = orders._search(
            self._results_documents(scope)
            & Domain("state", "!=", "cancel")
            & Domain.OR(spans)
        )
        query.groupby, query.order = SQL("1, 2"), None
        known = months(scope.starts, scope.ends)
        sold, offered = (
            self._results_place(SQL.identifier("sale_order", name), known)
            for name in ("date_order", "create_date")
        )
        amount = SQL.identifier("sale_order", "amount_untaxed")
        rows = self.env.execute_query(
            query.select(
                SQL("CASE WHEN sale_order.state = 'sale' THEN %s END", sold),
                offered,
                SQL("count(*)"),
                SQL("sum(%s)", at_rate(amount, SQL("sale_order.currency_rate"))),
            )
        )
        found = {month: dict.fromkeys(("income", "offers"), 0) for month in known}
        for sold_at, offered_at, count, income in rows:
            if sold_at and sold_at <= len(known):
                found[known[sold_at - 1]]["income"] += float(income or 0)
            if 0 < offered_at <= len(known):
                found[known[offered_at - 1]]["offers"] += count
        return found

    @api.model
    def _results_place(self, moment: SQL, known: list[date]) -> SQL:
        """Give the place of a moment among months, from 1; beside them what is of
        none. To find it costs less than to tell the month of each moment."""
        borders = [
            self._results_moment(month) for month in (*known, next_month(known[-1]))
        ]
        return SQL("width_bucket(%s, %s::timestamp[])", moment, borders)

    @api.model
    def _results_contacts(self, scope: Scope) -> dict:
        """Count contacts by month and kind. Only their number is told, as for quotas
        of contacts; who opens them sees what the documents' rules allow."""
        starts, ends = scope.before[0], scope.last
        query = (
            self.env["crm.timeline"]
            .sudo()
            ._search(self._results_touched(scope, starts, ends))
        )
        known = months(starts, ends)
        place = self._results_place(SQL("crm_timeline.date"), known)
        # A meeting with several customers is one contact.
        document = (
            SQL.identifier("crm_timeline", name)
            for name in ("kind", "res_model", "res_id")
        )
        query.groupby, query.order = SQL("1, 2, 3, 4"), None
        rows = self.env.execute_query(
            SQL(
                "SELECT place, kind, count(*) FROM (%s) AS contact GROUP BY 1, 2",
                query.select(SQL("%s AS place", place), *document),
            )
        )
        found = {}
        for at, kind, count in rows:
            of_month = found.setdefault(
                known[at - 1], dict.fromkeys(("contacts", "calls", "visits"), 0)
            )
            of_month["contacts"] += count
            if name := CONTACTS.get(kind):
                of_month[name] += count
        return found

    @api.model
    def _results_touched(self, scope: Scope, first, last, kinds=None) -> Domain:
        codes = kinds or self.env["crm.contact.kind"]._codes()
        whose = (
            Domain("user_id", "!=", False)
            if scope.users is None
            else Domain("user_id", "in", scope.users)
        )
        return (
            whose
            & Domain("kind", "in", codes)
            & Domain("company_id", "in", (self.env.company.id, False))
            & Domain("date", "<=", fields.Datetime.now())
            & self._results_within("date", first, last)
        )
