from datetime import date
from typing import NamedTuple

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..tools.contribution import Part, complete, cut, parts, spans

READERS = "crm_analytics.crm_analytics_group_user"
SIZES = ("week", "month")
# So many members of a dimension are shown by name.
MOST_SHOWN = 5


class Span(NamedTuple):
    """Two periods of a company that follow each other, and are compared."""

    company: models.Model
    size: str
    now: tuple[date, date]
    before: tuple[date, date]


class CrmDigest(models.AbstractModel):
    """What changed between two weeks or months, and what the change is made of.

    Of each figure the contributions of the members of a dimension sum to its change;
    what no member is told of stands in a row of its own.
    """

    _name = "crm.digest"
    _description = "What Changed and Why"

    @api.model
    @api.readonly
    def read_digest(self, size: str = "week", day: str | None = None) -> dict:
        """Give the figures of the last week or month that was over on a day, beside
        those of the one before, of the company that the reader works in.

        :param size: ``week`` or ``month``
        :param day: empty: today
        """
        if not self.env.user.has_group(READERS):
            raise AccessError(
                self.env._("What changed is told to those who may see all turnover.")
            )
        span = self._digest_span(size, day)
        self.env.flush_all()
        figures = [
            self._digest_figure(span, key, facts)
            for key, facts in self._digest_facts(span).items()
        ]
        return {
            "size": size,
            "label": self._digest_period(span.now),
            "before": self._digest_period(span.before),
            "last": span.now[1].isoformat(),
            "currency_id": span.company.currency_id.id,
            "figures": figures,
            "note": self._digest_note(),
        }

    @api.model
    def _digest_span(self, size, day) -> Span:
        company = self.env.company
        try:
            asked = date.fromisoformat(day) if day else None
        except (TypeError, ValueError):
            asked = None
        if size not in SIZES or (day and not asked):
            raise UserError(self.env._("Choose a week or a month."))
        asked = asked or self.env["crm.value.source"]._today(company)
        if not 1900 <= asked.year <= 9000:
            raise UserError(self.env._("Choose a week or a month."))
        return Span(company, size, *spans(asked, size))

    @api.model
    def _digest_period(self, period: tuple[date, date]) -> str:
        first, last = (format_date(self.env, day) for day in period)
        return f"{first} – {last}"

    # A figure

    @api.model
    def _digest_labels(self) -> dict[str, tuple[str, str]]:
        """Give of each figure what it is called, and its kind."""
        return {
            "income": (self.env._("Turnover"), "money"),
            "margin": (self.env._("Margin"), "money"),
            "orders": (self.env._("Orders"), "count"),
            "new": (self.env._("New customers"), "count"),
            "lost": (self.env._("Lost customers"), "count"),
            "tickets": (self.env._("Tickets"), "count"),
            "overdue": (self.env._("Overdue"), "money"),
        }

    @api.model
    def _digest_dimensions(self) -> dict[str, tuple[str, str | None]]:
        """Give of each dimension what it is called, and the model of its members."""
        return {
            "customer": (self.env._("Customer"), "res.partner"),
            "category": (self.env._("Product category"), "product.category"),
            "person": (self.env._("Person"), "res.users"),
            "team": (self.env._("Team"), "crm.team"),
            "service_team": (self.env._("Team"), "helpdesk.ticket.team"),
            "territory": (self.env._("Territory"), "crm.territory"),
            "value_class": (self.env._("Value class"), None),
        }

    @api.model
    def _digest_figure(self, span: Span, key: str, facts: dict) -> dict:
        """Write a figure down.

        :param facts: by dimension rows of a member and its values before and now; those
            of the first dimension are complete
        """
        label, kind = self._digest_labels()[key]
        whole = parts((None, *row[1:]) for row in next(iter(facts.values())))
        whole = whole[0] if whole else Part(None, 0, 0)
        found = {
            name: complete(parts(rows), whole.before, whole.now)
            for name, rows in facts.items()
        }
        return {
            "key": key,
            "label": label,
            "kind": kind,
            "good": key not in ("lost", "tickets", "overdue"),
            "before": float(whole.before),
            "now": float(whole.now),
            "change": float(whole.change),
            "words": self._digest_words(span, key, whole, found["customer"]),
            "action": self._digest_action(span, key),
            "dimensions": [
                self._digest_dimension(name, of_dimension)
                for name, of_dimension in found.items()
            ],
        }

    @api.model
    def _digest_dimension(self, name: str, found: list[Part]) -> dict:
        label, model = self._digest_dimensions()[name]
        head, others = cut([part for part in found if part.change], MOST_SHOWN)
        names = self._digest_names(model, [part.key for part in head if part.key])
        rows = [
            self._digest_row(names.get(part.key) or self.env._("Without"), part)
            for part in head
        ]
        if others:
            rows.append(self._digest_row(self.env._("All others"), others))
        return {"key": name, "label": label, "rows": rows}

    @api.model
    def _digest_row(self, label: str, part: Part) -> dict:
        return {
            "label": label,
            "before": float(part.before),
            "now": float(part.now),
            "change": float(part.change),
        }

    @api.model
    def _digest_names(self, model: str | None, keys: list) -> dict:
        if not model:
            return {key: key.upper() for key in keys}
        # Names of those who moved the company's figures, which the reader may see.
        members_sudo = self.env[model].sudo().with_context(active_test=False)
        return {one.id: one.display_name for one in members_sudo.browse(keys).exists()}
