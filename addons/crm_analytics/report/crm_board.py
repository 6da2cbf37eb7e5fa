from datetime import date
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_date, format_datetime

from odoo.addons.crm_sfa.report.crm_results_facts import Scope
from odoo.addons.crm_sfa.tools.quota import next_month

from ..tools.board import Span, choices, ending, whole

GROUP = "crm_analytics.crm_analytics_group_user"
BOARDS = {
    "management": "crm.board.management",
    "sales": "crm.board.sales",
    "service": "crm.board.service",
    "marketing": "crm.board.marketing",
    "quality": "crm.board.quality",
}


class View(NamedTuple):
    """What somebody looks at: a company, a period, and what else limits the figures."""

    company: models.BaseModel
    span: Span
    team_id: int | None = None
    user_id: int | None = None
    territory_id: int | None = None

    @property
    def spans(self) -> tuple[Span, Span, Span]:
        """The period, the one before, and the same of the year before."""
        return self.span, self.span.before, self.span.year_before


class CrmBoard(models.AbstractModel):
    """A board: figures of the company that the reader works in, described so that one
    screen shows them all.

    Whoever may see boards sees the totals of the whole company, whatever documents the
    reader may open; what lies behind a number opens under the reader's own rights, and
    is not offered where there are none.
    """

    _name = "crm.board"
    _description = "Board"

    # What limits a board besides the period, by the name of the filter.
    _limits: dict[str, str] = {}
    _has_period = True

    @api.model
    @api.readonly
    def read_board(self, code: str, filters: dict | None = None) -> dict:
        """Give what a board shows.

        :param code: one of ``BOARDS``
        :param filters: ``date_from`` and ``date_to`` (texts; whole months are shown),
            ``team_id``, ``user_id``, ``territory_id``; all may be missing
        :raises AccessError: for who may not see boards
        :raises UserError: says which filter is wrong
        """
        if not self.env.user.has_group(GROUP):
            raise AccessError(
                self.env._(
                    "The boards show figures of the whole company. Ask an administrator"
                    " for the right “Customer Analytics” if you need them."
                )
            )
        if code not in BOARDS:
            raise UserError(self.env._("There is no such board."))
        # Asked with the reader's rights, who may not be of that company.
        company = self.env.company
        # The group stands for the totals of the company.
        board_sudo = self.env[BOARDS[code]].sudo()
        board_sudo = board_sudo.with_context(allowed_company_ids=company.ids)
        return board_sudo._read(filters or {})

    @api.model
    def _read(self, filters: dict) -> dict:
        view = self._view(filters)
        return {
            "company": view.company.name,
            "currency_id": view.company.currency_id.id,
            "dated": self._dated(view),
            "filters": self._filters(view),
            "limits": self._limit_choices(view),
            "periods": self._period_choices(view) if self._has_period else [],
            "period": self._span_name(view.span) if self._has_period else "",
            "compared": self._compared(view) if self._has_period else [],
        } | self._content(view)

    @api.model
    def _content(self, view: View) -> dict:
        """Read the figures.

        :return: ``tiles`` (see ``_tile``) and ``blocks`` (``_chart``, ``_table_of``)
        """
        raise NotImplementedError

    @api.model
    def _dated(self, view: View) -> str:
        """Say of when the figures are. Most are of this moment."""
        return self._moment_name(view, fields.Datetime.now())

    # Filters

    @api.model
    def _view(self, filters: dict) -> View:
        company = self.env.company
        limits = {
            name: self._limit(company, name, filters.get(name)) for name in self._limits
        }
        return View(company, self._span(company, filters), **limits)

    @api.model
    def _span(self, company, filters: dict) -> Span:
        first, last = filters.get("date_from"), filters.get("date_to")
        today = self.env["crm.value.source"]._today(company)
        if not self._has_period or (not first and not last):
            return choices(today)["year"]
        try:
            span = whole(date.fromisoformat(first), date.fromisoformat(last))
        except (TypeError, ValueError):
            span = None
        if not span:
            raise UserError(
                self.env._(
                    "This is no period. Choose a first and a last day, the first one"
                    " before the last, between 1990 and 2099, and at most five years."
                )
            )
        return span

    @api.model
    def _limit(self, company, name: str, value) -> int | None:
        if not value:
            return None
        if isinstance(value, int):
            mine = self._limit_domain(company, name) & Domain("id", "=", value)
            if self.env[self._limits[name]].search_count(mine, limit=1):
                return value
        raise UserError(
            self.env._(
                "What the board is limited to is not there, or belongs to another"
                " company. Choose again: %(what)s.",
                what=self._limit_label(name),
            )
        )

    @api.model
    def _limit_domain(self, company, name: str) -> Domain:
        if self._limits[name] == "res.users":
            return Domain("share", "=", False) & Domain(
                "company_ids", "in", company.ids
            )
        return Domain("company_id", "in", (company.id, False))

    @api.model
    def _limit_label(self, name: str) -> str:
        return {
            "team_id": self.env._("Team"),
            "user_id": self.env._("Person"),
            "territory_id": self.env._("Territory"),
        }[name]

    @api.model
    def _limit_choices(self, view: View) -> list[dict]:
        return [
            {
                "name": name,
                "label": self._limit_label(name),
                "choices": [
                    {"id": record.id, "name": record.display_name}
                    for record in self.env[model].search(
                        self._limit_domain(view.company, name)
                    )
                ],
            }
            for name, model in self._limits.items()
        ]

    @api.model
    def _filters(self, view: View) -> dict:
        period = {"date_from": view.span.first, "date_to": view.span.last}
        limits = {name: getattr(view, name) for name in self._limits}
        return (period if self._has_period else {}) | limits

    @api.model
    def _period_choices(self, view: View) -> list[dict]:
        labels = {
            "month": self.env._("This month"),
            "last_month": self.env._("Last month"),
            "quarter": self.env._("This quarter"),
            "year": self.env._("This year"),
            "last_year": self.env._("Last year"),
            "twelve": self.env._("Twelve months"),
        }
        today = self.env["crm.value.source"]._today(view.company)
        return [
            {
                "key": key,
                "label": labels[key],
                "date_from": span.first,
                "date_to": span.last,
            }
            for key, span in choices(today).items()
        ]

    # Names of periods and moments

    @api.model
    def _compared(self, view: View) -> list[str]:
        return [self._span_name(span) for span in view.spans[1:]]

    @api.model
    def _month_name(self, month: date) -> str:
        return format_date(self.env, month, date_format="LLL y")

    @api.model
    def _span_name(self, span: Span) -> str:
        first, last = self._month_name(span.first), self._month_name(span.last)
        return first if first == last else f"{first} – {last}"

    @api.model
    def _moment_name(self, view: View, moment) -> str:
        zone = self.env["crm.value.source"]._zone(view.company)
        return format_datetime(self.env, moment, tz=zone, dt_format="short")

    # Domains

    @api.model
    def _within(self, view: View, name: str, span: Span) -> Domain:
        """Give the domain of a moment within a period, by the company's clock."""
        facts = self.env["crm.value.source"]
        starts = facts._moment(view.company, span.first)
        after = facts._moment(view.company, next_month(span.last))
        return Domain(name, ">=", starts) & Domain(name, "<", after)

    @api.model
    def _of_company(self, view: View) -> Domain:
        return Domain("company_id", "in", (view.company.id, False))

    @api.model
    def _of_territory(self, view: View, name: str) -> Domain:
        if not view.territory_id:
            return Domain.TRUE
        return Domain(name, "child_of", view.territory_id)

    @api.model
    def _scope(self, view: View, documents: Domain, quotas: Domain) -> Scope:
        """Give what the board of results of sales calls its scope."""
        span, *others = view.spans
        before = (min(s.first for s in others), max(s.last for s in others))
        return Scope(None, documents, quotas, span.first, span.last, before)

    # Parts of the description

    @api.model
    def _tile(
        self,
        key: str,
        label: str,
        values,
        formula: str,
        kind="count",
        better=1,
        action=None,
    ) -> dict:
        """Describe a figure.

        :param values: of the period, and where they are known of the one before and of
            the year before
        :param formula: what it is made of, and what is left out
        :param kind: ``money``, ``count``, ``decimal``, ``percent``
        :param better: 1 where more is good, -1 where less is, 0 where neither
        """
        now, *others = values
        return {
            "key": key,
            "label": label,
            "value": now,
            "compared": others,
            "formula": formula,
            "kind": kind,
            "better": better,
            "action": action or False,
        }

    @api.model
    def _chart(self, key, title, labels, series, kind="count", type_="bar", actions=()):
        """Describe a chart.

        :param series: pairs of a label and values, as many as there are labels
        :param actions: what opens the records behind each label
        """
        return {
            "is": "chart",
            "key": key,
            "title": title,
            "labels": labels,
            "series": [{"label": label, "values": values} for label, values in series],
            "kind": kind,
            "type": type_,
            "actions": list(actions),
            # A share of zero is something; a count of zero is nothing.
            "empty": not any(
                value or (value is not None and kind == "percent")
                for _label, values in series
                for value in values
            ),
        }

    @api.model
    def _table_of(self, key, title, columns, rows, note="") -> dict:
        """Describe a table.

        :param columns: pairs of a label and a kind, ``text`` for words
        :param rows: pairs of the cells and what opens the records, or None
        """
        return {
            "is": "table",
            "key": key,
            "title": title,
            "note": note,
            "columns": [{"label": label, "kind": kind} for label, kind in columns],
            "rows": [
                {"cells": cells, "action": action or False} for cells, action in rows
            ],
        }

    @api.model
    def _open(
        self,
        name: str,
        model: str,
        domain: Domain,
        views=("list", "form"),
        active_test=True,
    ):
        """Give what opens records; nothing for a reader who may not read such."""
        if not self.env[model].sudo(False).has_access("read"):
            return None
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [(False, view) for view in views],
            "domain": list(domain),
            # Lost deals are archived, and count.
            "context": {
                "create": False,
                "active_test": active_test and model != "crm.lead",
            },
        }

    @api.model
    def _open_record(self, model: str, record_id: int):
        if not self.env[model].sudo(False).has_access("read"):
            return None
        return {
            "type": "ir.actions.act_window",
            "res_model": model,
            "res_id": record_id,
            "views": [(False, "form")],
        }

    @api.model
    def _last_months(self, view: View, count: int) -> list[date]:
        return ending(view.span.last, count).months
