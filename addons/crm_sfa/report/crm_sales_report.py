from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_base.models.res_partner import VALUE_CLASSES

from ..models.utm_campaign_channel import CHANNELS

OUTCOMES = [("pending", "Open"), ("won", "Won"), ("lost", "Lost")]


class CrmSalesReport(models.Model):
    """Each deal that the reader may see with what came of it: won or lost, how soon,
    why, and of which person, team, territory, channel and kind of customer it was."""

    _name = "crm.sales.report"
    _description = "Sales Analysis"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "lead_id"
    _depends = {
        "crm.lead": [
            "active", "campaign_id", "company_id", "create_date", "date_closed",
            "expected_revenue", "lost_reason_id", "partner_id", "stage_id", "team_id",
            "type", "user_id", "won_status",
        ],
        "res.partner": ["commercial_partner_id", "territory_id", "value_class"],
        "utm.campaign": ["crm_channel"],
    }  # fmt: skip

    lead_id = fields.Many2one("crm.lead", "Deal", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    territory_id = fields.Many2one("crm.territory", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    value_class = fields.Selection(VALUE_CLASSES, readonly=True)
    campaign_id = fields.Many2one("utm.campaign", readonly=True)
    channel = fields.Selection(CHANNELS, readonly=True)
    lost_reason_id = fields.Many2one("crm.lost.reason", readonly=True)
    stage_id = fields.Many2one("crm.stage", readonly=True)
    won_status = fields.Selection(OUTCOMES, "Outcome", readonly=True)
    date_begun = fields.Datetime("Begun on", readonly=True)
    date_closed = fields.Datetime("Closed on", readonly=True)
    date = fields.Datetime(readonly=True, help="When it was closed, or else begun.")
    month = fields.Char(
        "Month of the Year",
        readonly=True,
        help="01 to 12: months of several years stand in one row.",
    )
    year = fields.Char(readonly=True)
    deals = fields.Integer(readonly=True)
    won = fields.Integer(readonly=True)
    lost = fields.Integer(readonly=True)
    win_rate = fields.Float(
        "Won %",
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="Of the deals that are closed.",
    )
    cycle_days = fields.Float(
        "Days to Win",
        readonly=True,
        aggregator="avg",
        digits=(8, 1),
        help="From when a deal was begun until it was won.",
    )
    close_days = fields.Float(
        "Days to Close", readonly=True, aggregator="avg", digits=(8, 1)
    )
    expected_revenue = fields.Float("Amount", readonly=True)
    won_revenue = fields.Float("Amount Won", readonly=True)
    lost_revenue = fields.Float("Amount Lost", readonly=True)

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """
            SELECT lead.id, lead.id AS lead_id, customer.id AS partner_id,
                lead.user_id, lead.team_id, customer.territory_id, lead.company_id,
                %(value_class)s AS value_class,
                lead.campaign_id, campaign.crm_channel AS channel,
                lead.lost_reason_id, lead.stage_id, lead.won_status,
                lead.create_date AS date_begun, lead.date_closed,
                COALESCE(lead.date_closed, lead.create_date) AS date,
                to_char(%(local)s, 'MM') AS month,
                to_char(%(local)s, 'YYYY') AS year,
                1 AS deals,
                (lead.won_status = 'won')::int AS won,
                (lead.won_status = 'lost')::int AS lost,
                CASE lead.won_status WHEN 'won' THEN 100.0 WHEN 'lost' THEN 0.0 END
                    AS win_rate,
                CASE lead.won_status WHEN 'won' THEN %(days)s END AS cycle_days,
                CASE WHEN lead.won_status <> 'pending' THEN %(days)s END AS close_days,
                lead.expected_revenue,
                CASE lead.won_status WHEN 'won' THEN lead.expected_revenue ELSE 0 END
                    AS won_revenue,
                CASE lead.won_status WHEN 'lost' THEN lead.expected_revenue ELSE 0 END
                    AS lost_revenue
            FROM crm_lead AS lead
            LEFT JOIN res_partner AS person ON person.id = lead.partner_id
            LEFT JOIN res_partner AS customer
                ON customer.id = person.commercial_partner_id
            LEFT JOIN utm_campaign AS campaign ON campaign.id = lead.campaign_id
            WHERE lead.id IN %(leads)s
            """,
            value_class=self._value_class_sql("customer"),
            days=SQL(
                "EXTRACT(epoch FROM lead.date_closed - lead.create_date) / 86400.0"
            ),
            # The same clock as on the board of results.
            local=SQL(
                "COALESCE(lead.date_closed, lead.create_date)"
                " AT TIME ZONE 'UTC' AT TIME ZONE %s",
                self._results_zone().zone,
            ),
            leads=self._leads().subselect(),
        )

    @api.model
    def _leads(self, domain: Domain = Domain.TRUE):
        """Give the deals that the reader may see, lost ones too."""
        leads = self.env["crm.lead"].with_context(active_test=False)
        return leads._search(domain & Domain("type", "=", "opportunity"))

    @api.model
    def _value_class_sql(self, alias: str) -> SQL:
        """The class of a customer in the company that the reader works in."""
        partners = self.env["res.partner"]
        return partners._field_to_sql(
            alias, "value_class", partners._search(Domain.TRUE)
        )

    @api.readonly
    def action_open_deal(self) -> dict:
        """Open the deal."""
        self.ensure_one()
        return self.lead_id.get_formview_action()
