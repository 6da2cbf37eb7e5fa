from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# So many weeks must be over before a person's forecast is corrected.
ENOUGH = 3


class CrmForecastAccuracy(models.Model):
    """How good the forecasts of a salesperson were: what the deals of past snapshots
    let expect, and what was won in their 13 weeks; and the newest one, corrected."""

    _name = "crm.forecast.accuracy"
    _description = "Accuracy of Forecasts"
    _auto = False
    _order = "current desc, id"
    _rec_name = "user_id"
    _depends = {
        "crm.forecast.line": ["snapshot_id", "user_id", "weighted", "date_deadline"],
        "crm.forecast.snapshot": ["date", "date_to", "company_id"],
        "crm.lead": ["won_status", "date_closed", "expected_revenue", "user_id"],
    }

    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    snapshots = fields.Integer("Forecasts That Are Over", readonly=True)
    forecast = fields.Monetary(readonly=True, help="Of those that are over, together.")
    won = fields.Monetary(readonly=True, help="What was won in their weeks.")
    error_rate = fields.Float(
        "Error %",
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="By how much the forecasts were wrong, to either side, of what was won.",
    )
    bias_rate = fields.Float(
        "Bias %",
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="Above zero: promised more than won. Below: less.",
    )
    current = fields.Monetary("Newest Forecast", readonly=True)
    corrected = fields.Monetary(
        readonly=True, help="The newest forecast, less the bias."
    )
    basis = fields.Selection(
        [
            ("corrected", "Corrected for the bias"),
            ("few", "As it is: fewer than three forecasts are over"),
            ("nothing", "As it is: nothing was expected or won"),
        ],
        readonly=True,
    )

    @property
    def _table_query(self) -> SQL:
        readable = self.env["crm.forecast.line"]._search(Domain.TRUE)
        return SQL(
            """
            WITH promised AS (
                SELECT snapshot.id AS snapshot_id, snapshot.company_id, line.user_id,
                    snapshot.date, snapshot.date_to,
                    COALESCE(sum(line.weighted) FILTER (
                        WHERE line.date_deadline <= snapshot.date_to), 0) AS amount
                FROM crm_forecast_line AS line
                JOIN crm_forecast_snapshot AS snapshot
                    ON snapshot.id = line.snapshot_id
                WHERE line.user_id IS NOT NULL AND line.id IN %(readable)s
                GROUP BY 1, 2, 3, 4, 5
            ),
            proved AS (
                SELECT promised.*, COALESCE((
                    SELECT sum(lead.expected_revenue) FROM crm_lead AS lead
                    WHERE lead.user_id = promised.user_id AND lead.won_status = 'won'
                    AND lead.date_closed >= promised.date
                    AND lead.date_closed < promised.date_to + 1
                    AND COALESCE(lead.company_id, promised.company_id)
                        = promised.company_id
                ), 0) AS won
                FROM promised WHERE promised.date_to < %(today)s
            ),
            past AS (
                SELECT user_id, company_id, count(*) AS snapshots,
                    sum(amount) AS forecast, sum(won) AS won,
                    sum(abs(amount - won)) AS error
                FROM proved GROUP BY 1, 2
            ),
            newest AS (
                SELECT DISTINCT ON (user_id, company_id) user_id, company_id, amount
                FROM promised WHERE date_to >= %(today)s
                ORDER BY user_id, company_id, date DESC
            ),
            both_sides AS (
                SELECT user_id, company_id, COALESCE(past.snapshots, 0) AS snapshots,
                    COALESCE(past.forecast, 0) AS forecast,
                    COALESCE(past.won, 0) AS won, past.error,
                    COALESCE(newest.amount, 0) AS current,
                    CASE WHEN COALESCE(past.snapshots, 0) < %(enough)s THEN 'few'
                        WHEN past.forecast <= 0 OR past.won <= 0 THEN 'nothing'
                        ELSE 'corrected' END AS basis
                FROM past FULL JOIN newest USING (user_id, company_id)
            )
            SELECT company_id::bigint * 10000000 + user_id AS id, user_id, company_id,
                snapshots::int, forecast, won,
                100 * error / NULLIF(won, 0) AS error_rate,
                100 * (forecast - won) / NULLIF(won, 0) AS bias_rate, current,
                CASE basis WHEN 'corrected' THEN current * won / forecast
                    ELSE current END AS corrected,
                basis
            FROM both_sides
            """,
            readable=readable.subselect(),
            today=fields.Date.context_today(self),
            enough=ENOUGH,
        )
