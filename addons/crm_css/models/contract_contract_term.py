from datetime import date

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import contract_terms
from ..tools.contract_terms import Span, Terms

UNITS = [
    ("day", "Days"),
    ("week", "Weeks"),
    ("month", "Months"),
    ("year", "Years"),
]
LONGEST = {"day": 36500, "week": 5200, "month": 1200, "year": 100}
SPANS = ("term", "minimum", "notice", "renewal")


class ContractContract(models.Model):
    """How long a service contract runs, and until when notice can be given.

    The dates are computed from the first day, never from the end before.
    """

    _inherit = "contract.contract"

    service_start = fields.Date(
        "First Day",
        default=fields.Date.context_today,
        index=True,
        tracking=True,
    )
    term_interval = fields.Integer(
        "First Term",
        default=1,
        aggregator=None,
        tracking=True,
        help="0: the contract is open, or you fill in its last day yourself.",
    )
    term_unit = fields.Selection(UNITS, required=True, default="year", tracking=True)
    first_end = fields.Date(
        "First Term Ends",
        compute="_compute_first_end",
        store=True,
        readonly=False,
        tracking=True,
        help="The last day of the first term. Empty: the contract runs until notice "
        "is given.",
    )
    minimum_interval = fields.Integer(
        "Minimum Term",
        aggregator=None,
        tracking=True,
        help="Before this time is over no notice ends the contract. 0: there is no "
        "minimum beyond the first term.",
    )
    minimum_unit = fields.Selection(UNITS, required=True, default="year")
    minimum_end = fields.Date(compute="_compute_minimum_end", store=True)
    notice_interval = fields.Integer(
        "Notice Period",
        aggregator=None,
        tracking=True,
        help="How long before the end notice must be given.",
    )
    notice_unit = fields.Selection(UNITS, required=True, default="month")
    notice_date = fields.Date(
        "Notice Until",
        compute="_compute_notice_date",
        store=True,
        index="btree_not_null",
        help="The last day on which notice still ends the contract on its last day.",
    )
    renewal_kind = fields.Selection(
        [("explicit", "By a new agreement"), ("tacit", "Tacitly, unless notice given")],
        "Renewal",
        required=True,
        default="explicit",
        tracking=True,
    )
    renewal_interval = fields.Integer(
        "Renewed for", default=1, aggregator=None, tracking=True
    )
    renewal_unit = fields.Selection(UNITS, required=True, default="year", tracking=True)
    renewal_count = fields.Integer(
        "Renewals", readonly=True, copy=False, aggregator=None, tracking=True
    )
    period_start = fields.Date(
        "Period Began",
        compute="_compute_period",
        store=True,
        help="The first day of the newest period that was agreed.",
    )
    service_end = fields.Date(
        "Last Day",
        compute="_compute_period",
        store=True,
        index="btree_not_null",
        tracking=True,
    )

    @api.depends("service_start", "term_interval", "term_unit")
    def _compute_first_end(self):
        for contract in self:
            span = contract._span("term")
            # A day that was typed stays where no term is named.
            contract.first_end = (
                contract_terms.end_of(contract.service_start, span)
                if contract._is_sane("term") and contract.service_start
                else contract.first_end
            )

    @api.depends("service_start", "minimum_interval", "minimum_unit")
    def _compute_minimum_end(self):
        for contract in self:
            known = contract.service_start and contract._is_sane("minimum")
            contract.minimum_end = known and contract_terms.end_of(
                contract.service_start, contract._span("minimum")
            )

    @api.depends(
        "service_start",
        "first_end",
        "term_interval",
        "term_unit",
        "renewal_interval",
        "renewal_unit",
        "renewal_count",
    )
    def _compute_period(self):
        for contract in self:
            terms = contract._terms()
            period = terms and terms.period(contract.renewal_count)
            contract.period_start = period and period.start
            contract.service_end = (period and period.end) or False

    @api.depends("service_end", "notice_interval", "notice_unit")
    def _compute_notice_date(self):
        for contract in self:
            sane = not contract.notice_interval or contract._is_sane("notice")
            contract.notice_date = (
                contract.service_end
                and sane
                and contract_terms.last_notice_day(
                    contract.service_end, contract._span("notice") or Span(0, "day")
                )
            )

    def _terms(self) -> Terms | None:
        """Give what the dates follow from, or nothing where the start is open."""
        self.ensure_one()
        if not self.service_start:
            return None
        return Terms(
            start=self.service_start,
            first_end=self.first_end or None,
            term=self._span("term"),
            renewal=self._span("renewal"),
            renewals=self.renewal_count,
        )

    def _span(self, name: str) -> Span | None:
        if not self._is_sane(name):
            return None
        return Span(self[f"{name}_interval"], self[f"{name}_unit"])

    def _is_sane(self, name: str) -> bool:
        """Tell whether a span can be computed; what is not is refused on saving."""
        unit = self[f"{name}_unit"]
        return bool(unit) and 0 < self[f"{name}_interval"] <= LONGEST[unit]

    def _earliest_end(self) -> date | None:
        """Give the day on which the contract ends if notice is given today."""
        self.ensure_one()
        today = fields.Date.context_today(self)
        if not self.service_end:
            notice = self._span("notice")
            end = contract_terms.end_of(today, notice) if notice else today
            return max(end, self.minimum_end or end)
        terms = self._terms()
        if self.renewal_kind != "tacit":
            return max(self.service_end, today)
        return contract_terms.earliest_end(
            terms, self._span("notice"), self.minimum_end or None, today
        )

    @api.constrains(*(f"{name}_{part}" for name in SPANS for part in ("interval",
                    "unit")))  # fmt: skip
    def _check_spans(self):
        for contract in self:
            for name in SPANS:
                count, unit = contract[f"{name}_interval"], contract[f"{name}_unit"]
                if not 0 <= count <= LONGEST[unit]:
                    field = self._fields[f"{name}_interval"]
                    raise ValidationError(
                        self.env._(
                            "“%(contract)s”: %(field)s is between 0 and 100 years.",
                            contract=contract.display_name,
                            field=field._description_string(self.env),
                        )
                    )

    @api.constrains("is_service", "service_start", "first_end", "renewal_kind",
                    "renewal_interval", "service_step")  # fmt: skip
    def _check_terms(self):
        for contract in self.filtered("is_service"):
            if problem := contract._problem_of_terms():
                raise ValidationError(problem)

    def _problem_of_terms(self) -> str | None:
        start, end = self.service_start, self.first_end
        name = self.display_name
        if start and not 1900 <= start.year <= 2200:
            return self.env._(
                "“%(name)s” begins in the year %(year)s. Check the first day.",
                name=name,
                year=start.year,
            )
        if self.service_step == "signed" and not start:
            return self.env._(
                "When does “%(name)s” begin? Fill in its first day.", name=name
            )
        if start and end and end < start:
            return self.env._(
                "“%(name)s” ends before it begins. Mend its first or its last day.",
                name=name,
            )
        if self.renewal_kind == "tacit" and not (end and self.renewal_interval):
            return self.env._(
                "“%(name)s” is renewed tacitly: fill in when its first term ends and"
                " for how long it is renewed.",
                name=name,
            )
        return None
