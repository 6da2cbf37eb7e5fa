from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_datetime

from ..tools.periods import borders, span
from ..tools.report_day import next_day
from ..tools.rfm import parse_limits
from .crm_analytics_job import MOST_TRIES

# What a customer's domain may go wrong with.
BROKEN = (ValueError, SyntaxError, TypeError, KeyError)
# Fewer periods show no regularity.
FEWEST_PERIODS = 3


class CrmAnalysis(models.Model):
    """What makes a customer important (ABC), regular (XYZ), recent, frequent and
    valuable (RFM): of whom it is computed, over which time, and where borders lie."""

    _name = "crm.analysis"
    _description = "Analysis of Customers"
    _inherit = ["mail.thread"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    domain = fields.Char(
        "Customers",
        required=True,
        default="[]",
        help="Only companies and single persons who match; their people count with"
        " them.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Chosen by",
        readonly=True,
        required=True,
        default=lambda self: self.env.user,
        copy=False,
        help="Customers are chosen with the rights of whoever wrote the condition.",
    )
    has_silent = fields.Boolean(
        "Also without Orders",
        help="Those who bought nothing in the time stand in the result too, as C.",
    )
    months = fields.Integer(
        "Full Months",
        required=True,
        default=12,
        tracking=True,
        help="So many months before the current one. 0: this year until today.",
    )

    until = fields.Date(
        "Not of Today but of",
        tracking=True,
        help="The months end before this day. Empty: before the day of the run.",
    )

    # ABC
    weight_turnover = fields.Integer(
        "Turnover", default=100, tracking=True, aggregator=None
    )
    weight_margin = fields.Integer("Margin", tracking=True, aggregator=None)
    weight_orders = fields.Integer("Number of Orders", tracking=True, aggregator=None)
    abc_by = fields.Selection(
        [
            ("share", "Share of the whole"),
            ("value", "Value of the customer"),
            ("quantile", "Share of the customers"),
        ],
        "Borders of ABC by",
        required=True,
        default="share",
        tracking=True,
        help="Share of the whole: A are those who together bring so many percent."
        " Value: A brings at least so much. Share of the customers: the best so many"
        " percent of them are A.",
    )
    abc_a = fields.Float(
        "A",
        compute="_compute_abc",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        aggregator=None,
    )
    abc_b = fields.Float(
        "B",
        compute="_compute_abc",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        aggregator=None,
        help="Up to, or from, where a customer is B. The others are C.",
    )

    # XYZ
    xyz_of = fields.Selection(
        [("orders", "Number of orders"), ("turnover", "Turnover")],
        "Regularity of",
        required=True,
        default="orders",
        tracking=True,
    )
    xyz_step = fields.Selection(
        [("week", "Week"), ("month", "Month"), ("quarter", "Quarter")],
        "In Each",
        required=True,
        default="month",
        tracking=True,
    )
    xyz_by = fields.Selection(
        [("value", "Variation"), ("quantile", "Share of the customers")],
        "Borders of XYZ by",
        required=True,
        default="value",
        tracking=True,
        help="Variation is the standard deviation of the periods divided by their mean:"
        " 0 is the same in each. Share of the customers: the most regular so many"
        " percent are X.",
    )
    xyz_x = fields.Float(
        "X",
        compute="_compute_xyz",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        aggregator=None,
    )
    xyz_y = fields.Float(
        "Y",
        compute="_compute_xyz",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        aggregator=None,
        help="Up to where a customer is Y. The others are Z.",
    )
    has_contacts = fields.Boolean(
        "Regularity of Contacts",
        help="Also classify how regularly the customers were in contact with us.",
    )

    # RFM
    rfm_by = fields.Selection(
        [("quantile", "Fifths of the customers"), ("value", "Fixed borders")],
        "Scores of RFM by",
        required=True,
        default="quantile",
        tracking=True,
    )
    recency_limits = fields.Char(
        "Days since the Last Order",
        default="30, 90, 180, 365",
        help="Four borders: up to the first one the score is 5, beyond the last one 1.",
    )
    frequency_limits = fields.Char(
        "Orders",
        default="1, 3, 6, 12",
        help="Four borders: up to the first one the score is 1, beyond the last one 5.",
    )
    money_limits = fields.Char(
        "Turnover up to",
        default="1000, 5000, 20000, 100000",
        help="Four borders: up to the first one the score is 1, beyond the last one 5.",
    )

    # When, and what for
    is_in_use = fields.Boolean(
        "Classes of the Contacts",
        tracking=True,
        copy=False,
        help="A, B and C of this analysis become the value class of the contacts, by"
        " which service, offers, contact policies and call lists go. Customers who"
        " dropped out of it become C; a class given by hand to somebody who never was"
        " in it stays.",
    )
    interval = fields.Selection(
        [("day", "Every day"), ("week", "Every week"), ("month", "Every month")],
        "Repeat",
        tracking=True,
        help="Empty: only when somebody runs it.",
    )
    next_date = fields.Date(
        "Next Run",
        compute="_compute_next_date",
        store=True,
        readonly=False,
        copy=False,
    )
    monthday = fields.Integer(
        "Day of the Month",
        compute="_compute_monthday",
        store=True,
        readonly=False,
        copy=False,
        export_string_translation=False,
    )
    run_ids = fields.One2many("crm.analysis.run", "analysis_id", "Runs")
    run_id = fields.Many2one(
        "crm.analysis.run", "Newest Result", compute="_compute_run_id"
    )
    run_count = fields.Integer("Number of Runs", compute="_compute_run_count")
    busy_id = fields.Many2one("crm.analysis.run", "Runs Now", compute="_compute_run_id")

    _one_in_use = models.UniqueIndex(
        "(company_id) WHERE is_in_use AND active",
        "Another analysis of this company gives the contacts their classes. Take that"
        " from it first.",
    )
    _weights_sensible = models.Constraint(
        "CHECK (weight_turnover >= 0 AND weight_margin >= 0 AND weight_orders >= 0"
        " AND weight_turnover + weight_margin + weight_orders > 0)",
        "Importance needs at least one of turnover, margin and number of orders; no"
        " weight is less than 0.",
    )
    _months_sensible = models.Constraint(
        "CHECK (months BETWEEN 0 AND 120)",
        "An analysis looks at 1 to 120 full months, or with 0 at this year.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals["user_id"] = self.env.uid
        return super().create(vals_list)

    def write(self, vals):
        if "domain" in vals or "user_id" in vals:
            vals = vals | {"user_id": self.env.uid}
        return super().write(vals)

    @api.depends("abc_by")
    def _compute_abc(self):
        defaults = {"share": (80, 95), "quantile": (20, 50), "value": (10_000, 1_000)}
        for analysis in self:
            analysis.abc_a, analysis.abc_b = defaults.get(analysis.abc_by, (80, 95))

    @api.depends("xyz_by")
    def _compute_xyz(self):
        for analysis in self:
            by_value = analysis.xyz_by != "quantile"
            analysis.xyz_x, analysis.xyz_y = (0.5, 1.0) if by_value else (20, 50)

    @api.depends("interval")
    def _compute_next_date(self):
        for analysis in self:
            today = fields.Date.context_today(analysis)
            analysis.next_date = analysis.interval and (analysis.next_date or today)

    @api.depends("next_date")
    def _compute_monthday(self):
        for analysis in self:
            analysis.monthday = analysis.next_date and analysis.next_date.day

    @api.depends("run_ids.state")
    def _compute_run_id(self):
        runs = self.env["crm.analysis.run"].search_fetch(
            [("analysis_id", "in", self.ids), ("state", "!=", "failed")],
            ["analysis_id", "state"],
            order="id",
        )
        done = {run.analysis_id: run for run in runs if run.state == "done"}
        busy = {
            run.analysis_id: run for run in runs if run.state in ("waiting", "running")
        }
        for analysis in self:
            analysis.run_id = done.get(analysis)
            analysis.busy_id = busy.get(analysis)

    @api.depends("run_ids")
    def _compute_run_count(self):
        counts = dict(
            self.env["crm.analysis.run"]._read_group(
                [("analysis_id", "in", self.ids)], ["analysis_id"], ["__count"]
            )
        )
        for analysis in self:
            analysis.run_count = counts.get(analysis, 0)

    # What a definition may say

    @api.constrains(
        "abc_by", "abc_a", "abc_b", "weight_turnover", "weight_margin", "weight_orders"
    )
    def _check_abc(self):
        for analysis in self:
            a, b = analysis.abc_a, analysis.abc_b
            if analysis.abc_by == "value":
                if not a > b:
                    raise ValidationError(
                        self.env._(
                            "The value from which a customer is A is above that of B."
                        )
                    )
                if len(analysis._weights()) > 1:
                    raise ValidationError(
                        self.env._(
                            "Borders by value need one measure. With several, choose"
                            " borders by share."
                        )
                    )
            elif not 0 < a < b <= 100:
                raise ValidationError(
                    self.env._(
                        "The borders of A and B are percents that rise: above 0, at"
                        " most 100."
                    )
                )

    @api.constrains("xyz_by", "xyz_x", "xyz_y")
    def _check_xyz(self):
        for analysis in self:
            most = 100 if analysis.xyz_by == "quantile" else float("inf")
            if not 0 <= analysis.xyz_x < analysis.xyz_y <= most:
                raise ValidationError(
                    self.env._(
                        "The borders of X and Y rise, from 0 on; as shares of the"
                        " customers up to 100."
                    )
                )

    @api.constrains("months", "xyz_step")
    def _check_periods(self):
        for analysis in self:
            if (
                analysis.months
                and len(analysis._periods_of(*analysis._span())) <= FEWEST_PERIODS
            ):
                raise ValidationError(
                    self.env._(
                        "Regularity needs at least %(few)s periods. Look at more"
                        " months, or at shorter periods.",
                        few=FEWEST_PERIODS,
                    )
                )

    @api.constrains("rfm_by", "recency_limits", "frequency_limits", "money_limits")
    def _check_limits(self):
        for analysis in self.filtered(lambda analysis: analysis.rfm_by == "value"):
            for name in ("recency_limits", "frequency_limits", "money_limits"):
                try:
                    parse_limits(analysis[name] or "")
                except ValueError as error:
                    raise ValidationError(
                        self.env._(
                            "“%(field)s” needs four numbers that rise, such as"
                            " “30, 90, 180, 365”.",
                            field=analysis._fields[name]._description_string(self.env),
                        )
                    ) from error

    @api.constrains("company_id")
    def _check_company_id(self):
        for analysis in self:
            runs_sudo = analysis.sudo().run_ids
            if runs_sudo.company_id - analysis.company_id:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” has results of another company. Make a new analysis"
                        " for this one.",
                        name=analysis.name,
                    )
                )
            analysis.check_access("write")

    @api.constrains("domain")
    def _check_domain(self):
        for analysis in self:
            analysis._population()

    def _population(self):
        """Give the query of the customers that it is about.

        :raises ValidationError: if the stored condition is no longer one
        """
        self.ensure_one()
        company = self.company_id
        customer = Domain("parent_id", "=", False) | Domain("is_company", "=", True)
        customer &= Domain("company_id", "in", (company.id, False))
        try:
            chosen = Domain(literal_eval(self.domain or "[]"))
            # Neither who looks nor the worker decides whom one may ask about.
            partners = self.env["res.partner"].with_user(self.user_id)
            partners = partners.with_context(allowed_company_ids=company.ids)
            query = partners.with_context(active_test=False)._search(customer & chosen)
            query.select()
        except BROKEN as error:
            raise ValidationError(
                self.env._(
                    "The condition for customers in “%(name)s” cannot be read; perhaps"
                    " a field that it names is gone. Choose it anew.",
                    name=self.name,
                )
            ) from error
        return query

    def _weights(self) -> dict[str, float]:
        """Give the measures that count, with shares that make 1."""
        self.ensure_one()
        weights = {
            name: self[f"weight_{name}"] for name in ("turnover", "margin", "orders")
        }
        total = sum(weights.values())
        return {name: value / total for name, value in weights.items() if value}

    def _span(self) -> tuple:
        self.ensure_one()
        today = self.until or self.env["crm.value.source"]._today(self.company_id)
        return span(today, self.months)

    def _periods_of(self, first, last) -> list:
        """Give the borders of the full periods that regularity is measured in."""
        return borders(first, last, self.xyz_step)

    # Running it

    def action_run(self) -> dict:
        """Compute it, in the background, and show how far it is."""
        self.ensure_one()
        self.check_access("write")
        if self.busy_id:
            raise UserError(
                self.env._(
                    "“%(name)s” is being computed since %(when)s. Wait for it, or stop"
                    " that run.",
                    name=self.name,
                    when=format_datetime(
                        self.env, self.busy_id.date_start or self.busy_id.create_date
                    ),
                )
            )
        run = self._begin()
        return run._open()

    def _begin(self):
        """Make the run of today, and wake the worker."""
        self.ensure_one()
        self._population()
        date_from, date_to = self._span()
        # Runs are the system's to write.
        run_sudo = (
            self.env["crm.analysis.run"]
            .sudo()
            .create(
                {
                    "analysis_id": self.id,
                    "company_id": self.company_id.id,
                    "user_id": self.env.uid,
                    "date_from": date_from,
                    "date_to": date_to,
                }
            )
        )
        run_sudo._wake()
        return run_sudo.sudo(self.env.su)

    @api.readonly
    def action_open_run(self) -> dict:
        self.ensure_one()
        if not (run := self.busy_id or self.run_id):
            raise UserError(
                self.env._("“%(name)s” has not been run yet.", name=self.name)
            )
        return run._open()

    @api.readonly
    def action_open_runs(self) -> dict:
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Runs of %(name)s", name=self.name),
            "res_model": "crm.analysis.run",
            "views": [(False, "list"), (False, "form"), (False, "graph")],
            "domain": [("analysis_id", "=", self.id)],
        }

    @api.readonly
    def action_open_matrix(self) -> dict:
        """Open the pictures of the newest result."""
        self.ensure_one()
        if not self.run_id:
            raise UserError(
                self.env._("“%(name)s” has not been run yet.", name=self.name)
            )
        return self.run_id.action_open_matrix()

    @api.model
    def _cron_schedule(self):
        """Begin what is due, and try again what failed. Late by days, it is begun once;
        one that still runs is not begun again."""
        planned = self.search([("interval", "!=", False), ("next_date", "!=", False)])
        for analysis in planned.try_lock_for_update():
            today = self.env["crm.value.source"]._today(analysis.company_id)
            if analysis.next_date > today:
                analysis._retry_failed()
                continue
            analysis._plan_next(today)
            if not analysis.busy_id:
                analysis._begin_or_tell()

    def _plan_next(self, today) -> None:
        """Move the next run on to the first day after today on which it is due."""
        day, monthday = self.next_date, self.monthday
        if self.interval == "day":
            day = fields.Date.add(today, days=1)
        else:
            day = next_day(today, self.interval, day.weekday(), monthday)
        # A short month does not change the day of the following ones.
        self.write({"next_date": day, "monthday": monthday})

    def _retry_failed(self) -> None:
        """Try the newest run again if it failed, as of today: meanwhile there may be
        orders, or a better condition. One that was interrupted too often is left."""
        run = self.env["crm.analysis.run"].search(
            [("analysis_id", "=", self.id)], order="id desc", limit=1
        )
        if run.state == "failed" and run.tries < MOST_TRIES:
            date_from, date_to = self._span()
            run.write({"date_from": date_from, "date_to": date_to})
            run.action_retry()

    def _begin_or_tell(self):
        try:
            self._begin()
        except UserError as error:
            # A condition that broke, or that its author may no longer ask.
            self.message_post(body=str(error), subtype_xmlid="mail.mt_note")
