from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..models.crm_motive import KINDS
from ..models.utm_campaign_channel import CHANNELS

# How many days are compared with the same days a year before.
DAYS = 90
VIEWS = [
    ("motive", "Motive"),
    ("competitor", "Competitor"),
    ("pair", "Pair of both"),
    ("channel", "Channel"),
    ("category", "Product Category"),
]


class CrmMotiveReport(models.Model):
    """Deals by motive, competitor, the pair of both, channel and product category: one
    row for each on each deal that the reader may see. A deal with several counts for
    each of them, so only the rows of one view belong together.
    """

    _name = "crm.motive.report"
    _description = "Deals by Motive, Competitor, Channel and Product"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "lead_id"
    _depends = {
        "crm.lead": [
            "active",
            "create_date",
            "campaign_id",
            "date_closed",
            "expected_revenue",
            "user_id",
            "team_id",
            "company_id",
            "won_status",
        ],
        "crm.lead.motive": ["lead_id", "motive_id", "weight"],
        "crm.lead.competitor": ["lead_id", "competitor_id", "threat"],
        "product.template": ["categ_id"],
        "sale.order": ["opportunity_id", "state"],
        "sale.order.line": [
            "price_subtotal", "price_unit", "product_id", "product_uom_qty"
        ],
        "utm.campaign": ["crm_channel"],
    }  # fmt: skip

    view = fields.Selection(VIEWS, readonly=True)
    lead_id = fields.Many2one("crm.lead", "Deal", readonly=True)
    motive_id = fields.Many2one("crm.motive", readonly=True)
    kind = fields.Selection(KINDS, "Kind of Motive", readonly=True)
    competitor_id = fields.Many2one("crm.competitor", readonly=True)
    channel = fields.Selection(CHANNELS, readonly=True)
    campaign_id = fields.Many2one("utm.campaign", readonly=True)
    categ_id = fields.Many2one(
        "product.category",
        "Product Category",
        readonly=True,
        help="Of what was offered in the deal.",
    )
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    date = fields.Date(readonly=True, help="When it was closed, or else begun.")
    period = fields.Selection(
        [
            ("before", "The same days a year before"),
            ("now", "The last 90 days"),
        ],
        "Compared",
        readonly=True,
    )
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
    weight = fields.Float(readonly=True, aggregator="avg", digits=(5, 1))
    discount = fields.Float(
        "Discount %",
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="On the orders of the deal, or else on its quotations.",
    )
    cycle_days = fields.Float(
        "Days to Close", readonly=True, aggregator="avg", digits=(8, 1)
    )
    expected_revenue = fields.Float("Amount", readonly=True)

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """SELECT line.id, line.view, line.lead_id, line.motive_id, line.kind,
                line.competitor_id, line.channel, line.campaign_id, line.categ_id,
                lead.user_id, lead.team_id, lead.company_id,
                COALESCE(lead.date_closed, lead.create_date)::date AS date,
                %(period)s AS period,
                1 AS deals,
                (lead.won_status = 'won')::int AS won,
                (lead.won_status = 'lost')::int AS lost,
                CASE lead.won_status WHEN 'won' THEN 100.0 WHEN 'lost' THEN 0.0 END
                    AS win_rate,
                line.weight,
                discount.share AS discount,
                CASE WHEN lead.won_status IN ('won', 'lost') THEN
                    EXTRACT(epoch FROM lead.date_closed - lead.create_date) / 86400.0
                END AS cycle_days,
                lead.expected_revenue
            FROM (%(lines)s) AS line
            JOIN crm_lead AS lead ON lead.id = line.lead_id
            LEFT JOIN (%(discounts)s) AS discount ON discount.lead_id = lead.id
            WHERE lead.id IN %(leads)s""",
            period=self._period_sql(),
            lines=self._lines_sql(),
            discounts=self._discounts_sql(),
            leads=self._leads_sql(),
        )

    @api.model
    def _leads_sql(self) -> SQL:
        """The deals that the reader may see, lost ones too."""
        leads = self.env["crm.lead"].with_context(active_test=False)
        return leads._search(Domain("type", "=", "opportunity")).subselect()

    @api.model
    def _period_sql(self) -> SQL:
        today = fields.Date.context_today(self)
        year_ago = today - relativedelta(years=1)
        begun = timedelta(days=DAYS)
        return SQL(
            """CASE WHEN COALESCE(lead.date_closed, lead.create_date)::date
                    BETWEEN %s AND %s THEN 'now'
                WHEN COALESCE(lead.date_closed, lead.create_date)::date
                    BETWEEN %s AND %s THEN 'before' END""",
            today - begun,
            today,
            year_ago - begun,
            year_ago,
        )

    @api.model
    def _lines_sql(self) -> SQL:
        """Each kind of row has its own ids, which stay the same."""
        return SQL(
            """SELECT motive.id::bigint * 8 AS id, 'motive' AS view, motive.lead_id,
                motive.motive_id, motive.kind, NULL::int AS competitor_id,
                NULL::varchar AS channel, NULL::int AS campaign_id,
                NULL::int AS categ_id, motive.weight::int AS weight
            FROM crm_lead_motive AS motive
            UNION ALL
            SELECT rival.id::bigint * 8 + 1, 'competitor', rival.lead_id,
                NULL, NULL, rival.competitor_id, NULL, NULL, NULL, rival.threat::int
            FROM crm_lead_competitor AS rival
            UNION ALL
            SELECT ((motive.id::bigint << 24) + rival.id) * 8 + 2, 'pair',
                motive.lead_id, motive.motive_id, motive.kind, rival.competitor_id,
                NULL, NULL, NULL, motive.weight::int
            FROM crm_lead_motive AS motive
            JOIN crm_lead_competitor AS rival ON rival.lead_id = motive.lead_id
            UNION ALL
            SELECT lead.id::bigint * 8 + 3, 'channel', lead.id, NULL, NULL, NULL,
                campaign.crm_channel, campaign.id, NULL, NULL
            FROM crm_lead AS lead
            JOIN utm_campaign AS campaign ON campaign.id = lead.campaign_id
            UNION ALL
            SELECT ((offer.lead_id::bigint << 24) + offer.categ_id) * 8 + 4,
                'category', offer.lead_id, NULL, NULL, NULL, NULL, NULL,
                offer.categ_id, NULL
            FROM (%s) AS offer""",
            self._categories_sql(),
        )

    @api.model
    def _categories_sql(self) -> SQL:
        """What kinds of goods were offered in a deal, as far as the reader may see."""
        return SQL(
            """SELECT DISTINCT sale.opportunity_id AS lead_id, template.categ_id
            FROM sale_order AS sale
            JOIN sale_order_line AS line ON line.order_id = sale.id
            JOIN product_product AS product ON product.id = line.product_id
            JOIN product_template AS template ON template.id = product.product_tmpl_id
            WHERE sale.id IN %s AND template.categ_id IS NOT NULL
            AND line.is_downpayment IS NOT TRUE""",
            self._orders().subselect(),
        )

    @api.model
    def _orders(self):
        return self.env["sale.order"]._search(
            Domain("opportunity_id", "!=", False) & Domain("state", "!=", "cancel")
        )

    @api.model
    def _discounts_sql(self) -> SQL:
        """What was taken off the prices, by deal, in percent, of the orders that the
        reader may see: confirmed ones, or else quotations."""
        return SQL(
            """SELECT DISTINCT ON (sale.opportunity_id)
                sale.opportunity_id AS lead_id,
                100.0 * (1 - sum(line.price_unit * line.product_uom_qty
                        * (1 - COALESCE(line.discount, 0) / 100.0))
                    / NULLIF(sum(line.price_unit * line.product_uom_qty), 0)) AS share
            FROM sale_order AS sale
            JOIN sale_order_line AS line ON line.order_id = sale.id
            WHERE sale.id IN %(orders)s AND line.display_type IS NULL
            GROUP BY sale.opportunity_id, sale.state = 'sale'
            ORDER BY sale.opportunity_id, sale.state = 'sale' DESC""",
            orders=self._orders().subselect(),
        )

    @api.readonly
    def action_open_deal(self):
        self.ensure_one()
        return self.lead_id.get_formview_action()
