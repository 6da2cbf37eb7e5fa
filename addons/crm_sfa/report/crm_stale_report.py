from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..models.utm_campaign_channel import CHANNELS

# Fewer closed deals tell nothing about a rate.
ENOUGH = 5
# What a row is about, by the field that names it.
SUBJECTS = {
    "motive": "motive_id",
    "competitor": "competitor_id",
    "channel": "campaign_id",
    "category": "categ_id",
}


class CrmStaleReport(models.Model):
    """What is going stale: how often a motive, competitor, campaign or kind of goods
    was in the deals of the last 90 days, and how often these were won, against the same
    days of the year before. Made of the deals that the reader may see."""

    _name = "crm.stale.report"
    _description = "What Is Going Stale"
    _auto = False
    _order = "falling desc, share_change, id"
    _rec_name = "name"

    view = fields.Selection(
        [
            ("motive", "Motive"),
            ("competitor", "Competitor"),
            ("channel", "Campaign"),
            ("category", "Product Category"),
        ],
        "Kind",
        readonly=True,
    )
    name = fields.Char("What", compute="_compute_name")
    motive_id = fields.Many2one("crm.motive", readonly=True)
    competitor_id = fields.Many2one("crm.competitor", readonly=True)
    campaign_id = fields.Many2one("utm.campaign", readonly=True)
    channel = fields.Selection(CHANNELS, readonly=True)
    categ_id = fields.Many2one("product.category", "Product Category", readonly=True)
    deals_before = fields.Integer(readonly=True)
    deals = fields.Integer("Deals Now", readonly=True)
    share_before = fields.Float(
        "Share Before %",
        readonly=True,
        aggregator=None,
        digits=(5, 1),
        help="Of all deals of that time of which something of this kind is known.",
    )
    share = fields.Float("Share Now %", readonly=True, aggregator=None, digits=(5, 1))
    share_change = fields.Float(
        "Change of Share", readonly=True, aggregator=None, digits=(5, 1)
    )
    win_rate_before = fields.Float(
        "Won Before %", readonly=True, aggregator=None, digits=(5, 1)
    )
    win_rate = fields.Float("Won Now %", readonly=True, aggregator=None, digits=(5, 1))
    win_rate_change = fields.Float(
        "Change of Won", readonly=True, aggregator=None, digits=(5, 1)
    )
    falling = fields.Boolean(
        readonly=True, help="Its share or its win rate is lower than a year before."
    )
    few = fields.Boolean(
        "Few Deals",
        readonly=True,
        help="Fewer than five deals were closed in one of the two times: the win rates"
        " are hardly to be compared.",
    )

    @property
    def _table_query(self) -> SQL:
        deals = self.env["crm.motive.report"]._table_query
        # What the deals are made of may wait to be written.
        self.env.flush_all()
        return SQL(
            """
            WITH deal AS (
                SELECT * FROM (%(deals)s) AS row
                WHERE row.period IS NOT NULL AND row.view <> 'pair'
            ),
            of_kind AS (
                SELECT view,
                    count(DISTINCT lead_id) FILTER (WHERE period = 'now') AS now,
                    count(DISTINCT lead_id) FILTER (WHERE period = 'before') AS before
                FROM deal GROUP BY view
            ),
            found AS (
                SELECT view, motive_id, competitor_id, campaign_id, channel, categ_id,
                    count(*) FILTER (WHERE period = 'now')::int AS deals,
                    count(*) FILTER (WHERE period = 'before')::int AS deals_before,
                    count(win_rate) FILTER (WHERE period = 'now') AS closed,
                    count(win_rate) FILTER (WHERE period = 'before') AS closed_before,
                    avg(win_rate) FILTER (WHERE period = 'now')::float AS win_rate,
                    avg(win_rate) FILTER (WHERE period = 'before')::float
                        AS win_rate_before
                FROM deal GROUP BY 1, 2, 3, 4, 5, 6
            ),
            share AS (
                SELECT found.*,
                    COALESCE(100.0 * deals / NULLIF(of_kind.now, 0), 0) AS share,
                    COALESCE(100.0 * deals_before / NULLIF(of_kind.before, 0), 0)
                        AS share_before
                FROM found JOIN of_kind USING (view)
            )
            SELECT CASE view WHEN 'motive' THEN motive_id::bigint * 8
                    WHEN 'competitor' THEN competitor_id::bigint * 8 + 1
                    WHEN 'channel' THEN campaign_id::bigint * 8 + 2
                    ELSE categ_id::bigint * 8 + 3 END AS id,
                share.view, motive_id, competitor_id, campaign_id, channel, categ_id,
                deals, deals_before, share, share_before,
                share - share_before AS share_change, win_rate, win_rate_before,
                win_rate - win_rate_before AS win_rate_change,
                deals_before > 0 AND (share < share_before
                    OR COALESCE(win_rate < win_rate_before, FALSE)) AS falling,
                closed < %(enough)s OR closed_before < %(enough)s AS few
            FROM share
            """,
            deals=deals,
            enough=ENOUGH,
        )

    def _compute_name(self):
        for row in self:
            row.name = row[SUBJECTS[row.view]].display_name

    @api.readonly
    def action_open_deals(self) -> dict:
        """Open the deals behind a row, of both times."""
        self.ensure_one()
        field = SUBJECTS[self.view]
        subject = Domain(field, "=", self[field].id) & Domain("view", "=", self.view)
        rows = self.env["crm.motive.report"].search(
            subject & Domain("period", "!=", False)
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "crm.lead",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", rows.lead_id.ids)],
            "context": {"active_test": False, "create": False},
        }
