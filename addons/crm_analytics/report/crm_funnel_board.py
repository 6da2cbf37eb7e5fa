from datetime import date, timedelta
from typing import NamedTuple

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from odoo.addons.crm_sfa.tools.results import period

from ..tools.funnel import MIN_MEMBERS, STEPS, best, conversion, leak

# What the rows of the map are: periods of the first touch, or members of a dimension.
PERIODS = ("month", "quarter")
DIMENSIONS = {
    "campaign": "campaign_id",
    "source": "source_id",
    "medium": "medium_id",
    "team": "team_id",
    "person": "user_id",
    "territory": "territory_id",
}
COUNTS = {
    "lead": "leads",
    "opportunity": "opportunities",
    "quotation": "quotations",
    "order": "orders",
    "delivery": "deliveries",
    "invoice": "invoices",
    "service": "services",
    "repeat": "repeats",
}
# A lead and its opportunity are worth what is expected; service has no price.
AMOUNTS = {
    "lead": "amount_lead",
    "opportunity": "amount_lead",
    "quotation": "amount_quotation",
    "order": "amount_order",
    "delivery": "amount_delivery",
    "invoice": "amount_invoice",
    "repeat": "amount_repeat",
}
# The best quarter is looked for among these last ones.
QUARTERS_BACK = 8
# More periods no map can show.
MOST_MONTHS = 60
MOST_ROWS = 60


class Scope(NamedTuple):
    """What the funnel shows.

    :param by: what the rows of the map are
    :param wanted: of dimensions the member that is shown alone
    """

    by: str
    first: date
    last: date
    wanted: dict[str, int]

    @property
    def begins(self) -> date:
        """The first day of the quarters among which the best one is looked for."""
        return min(self.first, period(self.last, "quarter", QUARTERS_BACK - 1)[0])


class CrmFunnel(models.Model):
    """The funnel in one view: its figures in one call, each with the records behind."""

    _inherit = "crm.funnel"

    @api.model
    @api.readonly
    def read_funnel(
        self,
        by: str = "quarter",
        first: str | None = None,
        last: str | None = None,
        wanted: dict | None = None,
    ) -> dict:
        """Give the funnel of the leads whose first touch lies between two days, of the
        company that the reader works in.

        :param by: what its rows are: a period of the first touch (``month``,
            ``quarter``), or ``campaign``, ``source``, ``medium``, ``team``, ``person``,
            ``territory``
        :param first: a day; empty: a year, of whole quarters, until today
        :param wanted: shows these alone: ids by dimension, 0 for those who have none
        """
        self.check_access("read")
        scope = self._funnel_scope(by, first, last, wanted)
        self.env.flush_all()
        found = self._funnel_read(scope)
        whole = found["whole"][0]
        quarters = [
            (self._funnel_period("quarter", row["key"]), row)
            for row in sorted(found["quarter"], key=lambda row: row["key"])
        ]
        return {
            "by": scope.by,
            "first": scope.first.isoformat(),
            "last": scope.last.isoformat(),
            "currency_id": self.env.company.currency_id.id,
            "least": MIN_MEMBERS,
            "wanted": self._funnel_wanted(scope),
            "steps": self._funnel_steps(scope, whole, quarters),
            "rows": self._funnel_rows(scope, found["row"]),
            "campaign": self._funnel_campaigns(scope, whole),
            "others": self._funnel_others(scope),
            "labels": self._funnel_labels(),
        }

    # What is asked for

    @api.model
    def _funnel_scope(self, by, first, last, wanted) -> Scope:
        if by not in (*PERIODS, *DIMENSIONS):
            raise UserError(self.env._("Choose what the rows of the funnel are."))
        today = self.env["crm.value.source"]._today(self.env.company)
        ends = self._funnel_day(last) or today
        begins = self._funnel_day(first) or period(ends, "quarter", 3)[0]
        months = (ends.year - begins.year) * 12 + ends.month - begins.month
        if ends < begins or months >= MOST_MONTHS:
            raise UserError(
                self.env._(
                    "Choose a period of %(years)s years at most that ends after it"
                    " begins.",
                    years=MOST_MONTHS // 12,
                )
            )
        return Scope(by, begins, ends, self._funnel_ids(wanted or {}))

    @api.model
    def _funnel_day(self, value) -> date | None:
        if not value:
            return None
        try:
            day = date.fromisoformat(value)
        except (TypeError, ValueError):
            day = None
        # Before the first and after the last, no calendar has months.
        if not day or not 1900 <= day.year <= 9000:
            raise UserError(self.env._("“%(day)s” is not a day.", day=value))
        return day

    @api.model
    def _funnel_ids(self, wanted) -> dict[str, int]:
        if not isinstance(wanted, dict) or not all(
            name in DIMENSIONS and isinstance(value, int) and 0 <= value < 2**31
            for name, value in wanted.items()
        ):
            raise UserError(self.env._("The funnel cannot be narrowed like this."))
        return wanted

    @api.model
    def _funnel_labels(self) -> dict[str, str]:
        return dict(self._fields["reached"]._description_selection(self.env))

    # The leads

    @api.model
    def _funnel_which(self, scope: Scope) -> SQL:
        company = self.env.company
        lead_names = set(DIMENSIONS) - {"territory"}
        conditions = [
            SQL("(lead.company_id = %s OR lead.company_id IS NULL)", company.id),
            self.env["crm.value.source"]._within(
                company, SQL("lead.create_date"), scope.begins, scope.last
            ),
        ]
        for name, value in scope.wanted.items():
            table = "lead" if name in lead_names else "customer"
            column = SQL.identifier(table, DIMENSIONS[name])
            conditions.append(self._funnel_is(column, value))
        return SQL(" AND ").join(conditions)

    @api.model
    def _funnel_is(self, column: SQL, value: int) -> SQL:
        return SQL("%s = %s", column, value) if value else SQL("%s IS NULL", column)

    @api.model
    def _funnel_read(self, scope: Scope) -> dict[str, list[dict]]:
        """Sum up the leads in one statement: by quarter, by row of the map, in all."""
        values = self.env["crm.value.source"]
        local = values._local_sql(self.env.company, SQL("member.date_lead"))
        inside = values._within(
            self.env.company, SQL("date_lead"), scope.first, scope.last
        )
        key = SQL("quarter")
        if scope.by == "month":
            key = SQL("month")
        elif scope.by in DIMENSIONS:
            key = SQL.identifier(DIMENSIONS[scope.by])
        sums, medians = self._funnel_sums(), self._funnel_medians()
        rows = self.env.execute_query_dict(
            SQL(
                """
                WITH member AS MATERIALIZED (
                    SELECT member.*,
                        date_trunc('month', %(local)s)::date::text AS month,
                        date_trunc('quarter', %(local)s)::date::text AS quarter
                    FROM (%(members)s) AS member
                )
                SELECT 'whole' AS kind, NULL AS key, %(sums)s, %(medians)s
                    FROM member WHERE %(inside)s
                UNION ALL
                SELECT 'quarter', quarter, %(sums)s, %(nothing)s FROM member GROUP BY 2
                UNION ALL
                SELECT 'row', %(key)s::text, %(sums)s, %(nothing)s
                    FROM member WHERE %(inside)s GROUP BY 2
                """,
                local=local,
                members=self._members_sql(self._funnel_which(scope)),
                inside=inside,
                key=key,
                sums=sums,
                medians=medians,
                nothing=SQL(", ").join(SQL("NULL::float") for _step in STEPS[1:]),
            )
        )
        found = {"whole": [], "quarter": [], "row": []}
        for row in rows:
            found[row.pop("kind")].append(row)
        return found

    @api.model
    def _funnel_sums(self) -> SQL:
        columns = [
            SQL(
                "COALESCE(sum(%s), 0)::int AS %s",
                SQL.identifier(name),
                SQL.identifier(step),
            )
            for step, name in COUNTS.items()
        ]
        columns += [
            SQL(
                "COALESCE(sum(%s) FILTER (WHERE %s > 0), 0)::float AS %s",
                SQL.identifier(name),
                SQL.identifier(COUNTS[step]),
                SQL.identifier(f"{step}_money"),
            )
            for step, name in AMOUNTS.items()
        ]
        columns.append(SQL("count(campaign_id)::int AS of_campaigns"))
        return SQL(", ").join(columns)

    @api.model
    def _funnel_medians(self) -> SQL:
        """The median of the days between each step and the one before it."""
        columns = [
            SQL(
                """(percentile_cont(0.5) WITHIN GROUP (ORDER BY GREATEST(
                    EXTRACT(epoch FROM %(end)s - %(begin)s) / 86400.0, 0))
                    FILTER (WHERE %(end)s - %(begin)s IS NOT NULL))::float
                    AS %(name)s""",
                end=SQL.identifier(f"date_{step.key}"),
                begin=SQL.identifier(f"date_{step.base}"),
                name=SQL.identifier(f"{step.key}_days"),
            )
            for step in STEPS[1:]
        ]
        return SQL(", ").join(columns)

    # What is shown of them

    @api.model
    def _funnel_steps(self, scope: Scope, whole: dict, quarters: list) -> list[dict]:
        labels = self._funnel_labels()
        money = {step: whole[f"{step}_money"] for step in AMOUNTS}
        shown = []
        for step in STEPS:
            example = best(quarters, step)
            shown.append(
                {
                    "key": step.key,
                    "label": labels[step.key],
                    "base": labels.get(step.base),
                    "count": whole[step.key],
                    "money": money.get(step.key),
                    "days": whole.get(f"{step.key}_days"),
                    "conversion": conversion(whole, step),
                    "best": example and {"label": example[0], "value": example[1]},
                    "leak": leak(whole, money, step, example and example[1]),
                    "action": self._funnel_action(scope, step.key),
                    "leak_action": self._funnel_action(scope, step.base, step.key),
                }
            )
        return shown

    @api.model
    def _funnel_rows(self, scope: Scope, found: list[dict]) -> list[dict]:
        is_period = scope.by in PERIODS
        if is_period:
            found = sorted(found, key=lambda row: row["key"])
        else:
            found = sorted(found, key=lambda row: -row["lead"])[:MOST_ROWS]
        names = {} if is_period else self._funnel_names(scope.by, found)
        return [self._funnel_row(scope, row, names) for row in found]

    @api.model
    def _funnel_row(self, scope: Scope, row: dict, names: dict) -> dict:
        if scope.by in PERIODS:
            label = self._funnel_period(scope.by, row["key"])
            first, last = period(date.fromisoformat(row["key"]), scope.by)
            of_row = scope._replace(
                first=max(first, scope.first), last=min(last, scope.last)
            )
            key = row["key"]
        else:
            key = int(row["key"] or 0)
            label = names.get(key) or self.env._("None")
            of_row = scope._replace(wanted=scope.wanted | {scope.by: key})
        return {
            "key": key,
            "label": label,
            "first": of_row.first.isoformat(),
            "last": of_row.last.isoformat(),
            "cells": [
                {
                    "key": step.key,
                    "count": row[step.key],
                    "money": row.get(f"{step.key}_money"),
                    "conversion": conversion(row, step),
                    "action": self._funnel_action(of_row, step.key),
                }
                for step in STEPS
            ],
        }

    @api.model
    def _funnel_names(self, by: str, found: list[dict]) -> dict[int, str]:
        ids = [int(row["key"]) for row in found if row["key"]]
        # Names that stand on every report; the records behind keep to their rules.
        members_sudo = self.env[self._fields[DIMENSIONS[by]].comodel_name].sudo()
        members_sudo = members_sudo.browse(ids)
        return {one.id: one.display_name for one in members_sudo}

    @api.model
    def _funnel_wanted(self, scope: Scope) -> list[dict]:
        shown = []
        for by, value in scope.wanted.items():
            # Any id may come in: only what the reader may see has a name.
            members = self.env[self._fields[DIMENSIONS[by]].comodel_name]
            found = members.with_context(active_test=False).search([("id", "=", value)])
            names = {one.id: one.display_name for one in found}
            label = names.get(value) or self.env._("None")
            shown.append({"by": by, "id": value, "label": label})
        return shown

    @api.model
    def _funnel_period(self, size: str, key: str) -> str:
        pattern = {"month": "LLL y", "quarter": "QQQ y"}[size]
        return format_date(self.env, date.fromisoformat(key), date_format=pattern)

    @api.model
    def _funnel_within(self, name: str, scope: Scope) -> Domain:
        values, company = self.env["crm.value.source"], self.env.company
        ends = values._moment(company, scope.last + timedelta(days=1))
        starts = values._moment(company, scope.first)
        return Domain(name, ">=", starts) & Domain(name, "<", ends)

    @api.model
    def _funnel_domain(self, scope: Scope) -> Domain:
        domain = self._funnel_within("date_lead", scope)
        domain &= Domain("company_id", "=", self.env.company.id)
        for by, value in scope.wanted.items():
            domain &= Domain(DIMENSIONS[by], "=", value or False)
        return domain

    @api.model
    def _funnel_action(self, scope: Scope, step: str | None, but: str | None = None):
        """Open the leads that reached a step, or of these those who did not another."""
        if not step:
            return None
        labels = self._funnel_labels()
        domain = self._funnel_domain(scope) & Domain(COUNTS[step], "=", 1)
        name = labels[step]
        if but:
            domain &= Domain(COUNTS[but], "=", 0)
            name = self.env._(
                "%(step)s, not: %(next)s", step=labels[step], next=labels[but]
            )
        return self._funnel_open("crm.funnel", name, domain)

    @api.model
    def _funnel_open(self, model: str, name: str, domain: Domain) -> dict:
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [(False, "list"), (False, "form")]
            if model != "crm.funnel"
            else [(False, "list"), (False, "pivot"), (False, "graph")],
            "domain": list(domain),
            "context": {"create": False},
        }

    # What is not among the leads

    @api.model
    def _funnel_campaigns(self, scope: Scope, whole: dict) -> dict | None:
        """Count what campaigns' mailings sent in the period. Mailings know no team,
        person or territory: narrowed by these, nothing is told."""
        if not {"campaign", "source", "medium"}.issuperset(scope.wanted):
            return None
        values, company = self.env["crm.value.source"], self.env.company
        conditions = [
            SQL("mailing.campaign_id IS NOT NULL"),
            # As on the marketing board: of the company of who answers for it.
            SQL("(mailing.user_id IS NULL OR owner.company_id = %s)", company.id),
            values._within(
                company, SQL("trace.sent_datetime"), scope.first, scope.last
            ),
        ]
        for name, value in scope.wanted.items():
            column = SQL.identifier("mailing", DIMENSIONS[name])
            conditions.append(self._funnel_is(column, value))
        ((sent, campaigns),) = self.env.execute_query(
            SQL(
                """SELECT count(*), count(DISTINCT mailing.campaign_id)
                     FROM mailing_mailing AS mailing
                     JOIN mailing_trace AS trace ON trace.mass_mailing_id = mailing.id
                LEFT JOIN res_users AS owner ON owner.id = mailing.user_id
                    WHERE trace.is_test_trace IS NOT TRUE AND %s""",
                SQL(" AND ").join(conditions),
            )
        )
        domain = self._funnel_domain(scope) & Domain("campaign_id", "!=", False)
        return {
            "sent": sent,
            "campaigns": campaigns,
            "leads": whole["of_campaigns"],
            "action": self._funnel_open(
                "crm.funnel", self.env._("Leads of campaigns"), domain
            ),
        }

    @api.model
    def _funnel_others(self, scope: Scope) -> dict:
        """Sum up the orders confirmed in the period that no lead began, beside all."""
        values, company = self.env["crm.value.source"], self.env.company
        conditions = [
            SQL("sale.state = 'sale' AND sale.company_id = %s", company.id),
            values._within(company, SQL("sale.date_order"), scope.first, scope.last),
        ]
        domain = self._funnel_within("date_order", scope) & Domain(
            [
                ("state", "=", "sale"),
                ("company_id", "=", company.id),
                ("opportunity_id", "=", False),
            ]
        )
        join = SQL()
        for name, value in scope.wanted.items():
            if name == "territory":
                join = SQL(
                    """JOIN res_partner AS person ON person.id = sale.partner_id
                    JOIN res_partner AS customer
                        ON customer.id = person.commercial_partner_id"""
                )
                column = SQL("customer.territory_id")
                path = "partner_id.commercial_partner_id.territory_id"
            else:
                column = SQL.identifier("sale", DIMENSIONS[name])
                path = DIMENSIONS[name]
            conditions.append(self._funnel_is(column, value))
            domain &= Domain(path, "=", value or False)
        amount = self._amount_sql()
        ((orders, money, count, alone),) = self.env.execute_query(
            SQL(
                """SELECT count(*), COALESCE(sum(%(amount)s), 0)::float,
                          count(*) FILTER (WHERE sale.opportunity_id IS NULL),
                          COALESCE(sum(%(amount)s)
                              FILTER (WHERE sale.opportunity_id IS NULL), 0)::float
                     FROM sale_order AS sale %(join)s WHERE %(which)s""",
                amount=amount,
                join=join,
                which=SQL(" AND ").join(conditions),
            )
        )
        label = self.env._("Orders that came without a lead")
        may = self.env["sale.order"].has_access("read")
        return {
            "label": label,
            "count": count,
            "money": alone,
            "all_count": orders,
            "all_money": money,
            "action": self._funnel_open("sale.order", label, domain) if may else None,
        }
