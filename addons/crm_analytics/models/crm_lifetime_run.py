from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

# A history of that many years shows who comes back and who stays away.
YEARS = 2
WEEKS_TESTED = 13
# The fewest weeks of orders before the hold-out.
FEWEST_WEEKS = 4


class CrmLifetimeRun(models.Model):
    """What each customer of a company will bring, as of a day: the definition, the
    model that was fitted, and how it did in the test on weeks held out."""

    _name = "crm.lifetime.run"
    _description = "Lifetime Value Computation"
    _inherit = "crm.analytics.job"
    _order = "id desc"
    _asked = frozenset(
        [
            "date_from",
            "date_to",
            "holdout_weeks",
            "horizon_months",
            "discount",
            "measure",
            "percent_alive",
            "percent_gone",
        ]
    )
    _anytime = frozenset(["is_monthly"])

    date_from = fields.Date(
        readonly=False,
        default=lambda self: self._default_date_from(),
        help="Orders before it do not count: a customer begins with the first order"
        " after it.",
    )
    date_to = fields.Date(
        readonly=False,
        default=lambda self: self._default_date_to(),
        help="Everything is computed as of the evening of this day.",
    )
    holdout_weeks = fields.Integer(
        "Weeks Held out",
        default=WEEKS_TESTED,
        aggregator=None,
        help="The model is first fitted without the last weeks, and what it expects of"
        " them is compared with what came. 0: no test.",
    )
    horizon_months = fields.Integer(
        "Months Ahead", required=True, default=12, aggregator=None
    )
    discount = fields.Float(
        "Discount, % a Year",
        digits=(16, 2),
        default=10,
        aggregator=None,
        help="So much less is money worth that comes a year later.",
    )
    measure = fields.Selection(
        [("amount", "Turnover"), ("margin", "Margin")], required=True, default="amount"
    )
    percent_alive = fields.Integer(
        "Alive from, %",
        required=True,
        default=70,
        aggregator=None,
        help="Customers whose probability to be alive is at least this count as alive.",
    )
    percent_gone = fields.Integer(
        "Gone below, %",
        required=True,
        default=30,
        aggregator=None,
        help="Customers whose probability to be alive is below this count as gone;"
        " those between are at risk.",
    )
    is_monthly = fields.Boolean(
        "Repeat Monthly",
        copy=False,
        help="At the beginning of each month it is computed anew, up to the end of the"
        " month before. The new computation carries this mark then.",
    )
    is_newest = fields.Boolean(
        compute="_compute_is_newest",
        search="_search_is_newest",
        help="The one that contacts show: of those that are done, the one that reaches"
        " furthest.",
    )
    result_ids = fields.One2many("crm.lifetime.result", "run_id", "Results")
    customer_count = fields.Integer("Customers", readonly=True, copy=False)
    alive_count = fields.Integer("Alive", compute="_compute_churn_counts")
    risk_count = fields.Integer("At Risk", compute="_compute_churn_counts")
    gone_count = fields.Integer("Gone", compute="_compute_churn_counts")
    once_count = fields.Integer("One Order Only", compute="_compute_churn_counts")

    _horizon_positive = models.Constraint(
        "CHECK (horizon_months BETWEEN 1 AND 60)",
        "Look ahead between 1 and 60 months.",
    )
    _discount_share = models.Constraint(
        "CHECK (discount >= 0 AND discount <= 100)",
        "The discount lies between 0 and 100 % a year.",
    )
    _percents_in_order = models.Constraint(
        "CHECK (0 <= percent_gone AND percent_gone <= percent_alive"
        " AND percent_alive <= 100)",
        "The limits lie between 0 and 100 %, and that of the gone is not above that of"
        " the alive.",
    )

    @api.model
    def _default_date_to(self):
        return self.env["crm.value.source"]._today(self.env.company)

    @api.model
    def _default_date_from(self):
        return self._default_date_to() - relativedelta(years=YEARS)

    @api.depends("date_from", "date_to")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for run in self:
            run.display_name = self.env._(
                "%(first)s to %(last)s",
                first=format_date(self.env, run.date_from),
                last=format_date(self.env, run.date_to),
            )

    def _compute_is_newest(self):
        newest = self._newest_of(self.company_id)
        for run in self:
            run.is_newest = run in newest

    def _search_is_newest(self, operator, value):
        if operator != "in":
            return NotImplemented
        newest = Domain("id", "in", self._newest_of(self.env.companies).ids)
        return newest if True in value else ~newest

    def _compute_churn_counts(self):
        counts = {
            (run.id, churn): count
            for run, churn, count in self.env["crm.lifetime.result"]._read_group(
                [("run_id", "in", self.ids)], ["run_id", "churn"], ["__count"]
            )
        }
        for run in self:
            for churn in ("alive", "risk", "gone", "once"):
                run[f"{churn}_count"] = counts.get((run.id, churn), 0)

    @api.constrains("date_from", "date_to", "holdout_weeks")
    def _check_period(self):
        for run in self:
            if run.holdout_weeks < 0:
                raise ValidationError(
                    self.env._("Hold out some weeks, or 0 for no test.")
                )
            weeks = (run.date_to - run.date_from).days // 7 - run.holdout_weeks
            if weeks < FEWEST_WEEKS:
                raise ValidationError(
                    self.env._(
                        "From %(first)s until %(last)s, less %(held)s weeks held out,"
                        " is no history to learn from: at least %(fewest)s weeks must"
                        " be left. Begin earlier, or hold out less.",
                        first=run.date_from,
                        last=run.date_to,
                        held=run.holdout_weeks,
                        fewest=FEWEST_WEEKS,
                    )
                )

    # What people do

    def action_begin(self):
        """Save a new computation, which begins it."""
        self.check_access("write")
        return True

    @api.readonly
    def action_open_group(self, repeats: int, and_more: bool) -> dict:
        """Show the customers who had come back so often before the hold-out."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "crm_analytics.crm_lifetime_result_action"
        )
        often = ("tested_repeats", ">=" if and_more else "=", repeats)
        domain = [("run_id", "=", self.id), often]
        return action | {"domain": domain, "context": {}}

    # Which one counts, and the next one

    @api.model
    def _newest(self, company):
        """Give the newest that is done of a company, as a query of one id."""
        # Which one it is tells nothing that is in it.
        return self.sudo()._search(
            [("state", "=", "done"), ("company_id", "=", company.id)],
            order="date_to desc, id desc",
            limit=1,
        )

    @api.model
    def _newest_of(self, companies):
        return self.browse(
            id_ for company in companies for id_ in self._newest(company)
        )

    @api.model
    def _job_cron(self):
        return self.env.ref("crm_analytics.crm_lifetime_cron_work")

    @api.model
    def _cron_repeat(self):
        """Begin anew what is repeated monthly and does not reach the end of the last
        month. The mark goes over to the new one, so a second time begins nothing."""
        commit = self.env["ir.cron"]._commit_progress
        monthly = self.search([("is_monthly", "=", True)], order="id")
        commit(remaining=len(monthly))
        for run in monthly:
            run._repeat()
            if not commit(1):
                break

    def _repeat(self):
        today = self.env["crm.value.source"]._today(self.company_id)
        date_to = today.replace(day=1) - timedelta(days=1)
        if not self.try_lock_for_update() or not self.is_monthly:
            return
        if self.date_to < date_to:
            self.copy({"date_to": date_to, "is_monthly": True})
            self.is_monthly = False
