from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.tools import SQL, format_date

from ..tools.forecast import Buyer, Deal, of_pipeline, of_rhythm, of_trend
from ..tools.rate import at_rate

WEEKS = 13
HISTORY = 3 * 52


class CrmForecastSnapshot(models.Model):
    """What was expected of the next 13 weeks, on the Monday of one of them."""

    _name = "crm.forecast.snapshot"
    _description = "Snapshot of the Forecast"
    _order = "date desc, id desc"
    _rec_name = "date"

    date = fields.Date("Week of", required=True, readonly=True)
    date_to = fields.Date("Until", required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    compare_id = fields.Many2one(
        "crm.forecast.snapshot",
        "Compare with",
        index="btree_not_null",
        ondelete="set null",
        domain="[('company_id', '=', company_id), ('date', '<', date)]",
        help="The snapshot since which changes are told; by default the one before.",
    )
    line_ids = fields.One2many("crm.forecast.line", "snapshot_id", "Deals")
    figure_ids = fields.One2many("crm.forecast.figure", "snapshot_id", "Expected")
    commit_amount = fields.Monetary("Commit", readonly=True)
    best_amount = fields.Monetary("Best Case", readonly=True)
    pipeline_amount = fields.Monetary("Pipeline", readonly=True)

    _week_uniq = models.UniqueIndex(
        "(company_id, date)", "There is a snapshot of this week already."
    )

    @api.depends("date")
    def _compute_display_name(self):
        for snapshot in self:
            snapshot.display_name = format_date(self.env, snapshot.date)

    @api.model
    def action_take(self) -> dict:
        """Take the snapshot of this week, if there is none yet, and show it."""
        self.browse().check_access("write")
        # Sales of all people make the forecast of the company.
        snapshot = self.sudo()._take(self.env.company)
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": snapshot.id,
            "views": [(False, "form")],
        }

    @api.readonly
    def action_open_changes(self) -> dict:
        """Open what changed since the snapshot to compare with."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "crm_sfa.crm_forecast_change_action"
        )
        return action | {
            "domain": [("snapshot_id", "=", self.id)],
            "context": {"search_default_group_kind": 1},
        }

    @api.model
    def _cron_take(self):
        """Take the snapshot of this week for each company; a second run takes none."""
        commit = self.env["ir.cron"]._commit_progress
        monday = self._monday()
        done = self.search([("date", "=", monday)]).company_id
        companies = self.env["res.company"].search([("id", "not in", done.ids)])
        commit(remaining=len(companies))
        for company in companies:
            self._take(company)
            if not commit(1):
                break

    @api.model
    def _monday(self) -> date:
        today = fields.Date.context_today(self)
        return today - timedelta(days=today.weekday())

    @api.model
    def _take(self, company):
        """Give the snapshot of this week, taken now if there is none."""
        monday = self._monday()
        known = [("company_id", "=", company.id)]
        found = self.search([*known, ("date", "=", monday)])
        if found:
            return found
        before = self.search([*known, ("date", "<", monday)], limit=1)
        date_to = monday + timedelta(weeks=WEEKS, days=-1)
        lines = self._line_vals(company)
        due = [
            line
            for line in lines
            if line["date_deadline"] and line["date_deadline"] <= date_to
        ]
        totals = {
            category: sum(v["amount"] for v in due if v["category"] == category)
            for category in ("commit", "best", "pipeline")
        }
        return self.create(
            {
                "date": monday,
                "date_to": date_to,
                "company_id": company.id,
                "compare_id": before.id,
                "line_ids": [Command.create(line) for line in lines],
                "figure_ids": [
                    Command.create({"source": source} | forecast._asdict())
                    for source, forecast in self._forecasts(company, due).items()
                ],
            }
            | {f"{category}_amount": total for category, total in totals.items()}
        )

    @api.model
    def _line_vals(self, company) -> list[dict]:
        """Read the open deals of a company; of those of all companies the ones whose
        seller belongs to it."""
        self.env["crm.lead"].flush_model()
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT lead.id AS lead_id, lead.user_id, lead.team_id, lead.stage_id,
                    lead.forecast_category AS category, lead.date_deadline,
                    COALESCE(lead.expected_revenue, 0)::float AS amount,
                    COALESCE(lead.probability, 0)::float AS probability
                FROM crm_lead AS lead
                LEFT JOIN res_users AS seller ON seller.id = lead.user_id
                WHERE lead.active AND lead.type = 'opportunity'
                AND lead.won_status = 'pending'
                AND COALESCE(lead.company_id, seller.company_id) = %s
                ORDER BY lead.id
                """,
                company.id,
            )
        )

    @api.model
    def _forecasts(self, company, due: list[dict]) -> dict:
        deals = [
            Deal(line["amount"], line["probability"])
            for line in due
            if line["category"] != "omitted"
        ]
        return {
            "pipeline": of_pipeline(deals),
            "repeat": of_rhythm(self._buyers(company), self._monday(), WEEKS * 7),
            "trend": of_trend(self._weekly_income(company), WEEKS),
        }

    @api.model
    def _weekly_income(self, company) -> list[float]:
        """Give the order income of the full weeks since the first order, oldest
        first."""
        monday = self._monday()
        self.env["sale.order"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT date_trunc('week', date_order)::date,
                    sum(%s)
                FROM sale_order
                WHERE state = 'sale' AND company_id = %s
                AND date_order >= %s AND date_order < %s
                GROUP BY 1 ORDER BY 1
                """,
                at_rate(SQL("amount_untaxed"), SQL("currency_rate")),
                company.id,
                monday - timedelta(weeks=HISTORY),
                monday,
            )
        )
        if not rows:
            return []
        income = {day: float(amount) for day, amount in rows}
        count = (monday - rows[0][0]).days // 7
        return [
            income.get(rows[0][0] + timedelta(weeks=week), 0.0) for week in range(count)
        ]

    @api.model
    def _buyers(self, company) -> list[Buyer]:
        self.env["sale.order"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT count(*), min(date_order)::date, max(date_order)::date,
                    avg(%s)::float
                FROM sale_order
                JOIN res_partner AS person ON person.id = sale_order.partner_id
                WHERE state = 'sale' AND sale_order.company_id = %s
                AND date_order < %s
                GROUP BY person.commercial_partner_id HAVING count(*) > 1
                """,
                at_rate(SQL("amount_untaxed"), SQL("currency_rate")),
                company.id,
                self._monday(),
            )
        )
        return [Buyer(*row) for row in rows]
