from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .crm_sales_report import OUTCOMES

# One row for a deal and a stage: the number of the stage follows that of the deal.
STAGE_NUMBERS = 100_000


class CrmStageReport(models.Model):
    """How far deals came: a row for each stage that a deal reached, with the days it
    stood there and whether it went on. Stages that it jumped over count as reached.

    The stages come from the history that Odoo keeps of each deal. What was deleted
    there is missing here.
    """

    _name = "crm.stage.report"
    _description = "Conversion by Stage"
    _auto = False
    _order = "date_begun desc, id"
    _rec_name = "lead_id"
    _depends = {
        "crm.lead": [
            "active", "campaign_id", "company_id", "create_date", "date_closed",
            "expected_revenue", "stage_id", "team_id", "type", "user_id", "won_status",
        ],
        "crm.stage": ["is_won", "sequence", "team_ids"],
        "mail.message": ["model", "res_id"],
        "mail.tracking.value": ["field_id", "old_value_integer"],
    }  # fmt: skip

    lead_id = fields.Many2one("crm.lead", "Deal", readonly=True)
    stage_id = fields.Many2one("crm.stage", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    campaign_id = fields.Many2one("utm.campaign", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    won_status = fields.Selection(OUTCOMES, "Outcome", readonly=True)
    date_begun = fields.Datetime("Begun on", readonly=True)
    date_closed = fields.Datetime("Closed on", readonly=True)
    reached = fields.Integer(readonly=True)
    moved_on = fields.Integer(
        readonly=True, help="Came to a later stage, or was won in this one."
    )
    lost_here = fields.Integer(readonly=True)
    stands_here = fields.Integer(readonly=True, help="Open, and in this stage now.")
    skipped = fields.Integer(readonly=True, help="The deal jumped over this stage.")
    conversion = fields.Float(
        "Went On %",
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="Of the deals that left the stage or were closed in it.",
    )
    win_rate = fields.Float(
        "Won %",
        readonly=True,
        aggregator="avg",
        digits=(5, 1),
        help="Of the deals that reached the stage and are closed.",
    )
    days = fields.Float("Days in Stage", readonly=True, aggregator="avg", digits=(8, 1))
    expected_revenue = fields.Float("Amount", readonly=True)

    @property
    def _table_query(self) -> SQL:
        return self._stages_sql(self.env["crm.sales.report"]._leads().subselect())

    @api.model
    def _stages_sql(self, leads: SQL) -> SQL:
        """Follow deals through their stages.

        :param leads: the subselect of their ids
        """
        return SQL(
            """
            WITH %(visits)s
            SELECT deal.id::bigint * %(numbers)s + stage.id AS id, deal.id AS lead_id,
                stage.id AS stage_id, deal.user_id, deal.team_id, deal.campaign_id,
                deal.company_id, deal.won_status, deal.create_date AS date_begun,
                deal.date_closed, deal.expected_revenue, visit.days,
                1 AS reached,
                (stage.place < furthest.place OR deal.won_status = 'won')::int
                    AS moved_on,
                (deal.won_status = 'lost' AND stage.place = furthest.place)::int
                    AS lost_here,
                (deal.won_status = 'pending' AND stage.id = deal.stage_id)::int
                    AS stands_here,
                (visit.lead_id IS NULL)::int AS skipped,
                CASE WHEN stage.place < furthest.place OR deal.won_status = 'won'
                        THEN 100.0
                    WHEN deal.won_status = 'lost' THEN 0.0 END AS conversion,
                CASE deal.won_status WHEN 'won' THEN 100.0 WHEN 'lost' THEN 0.0 END
                    AS win_rate
            FROM deal
            JOIN furthest ON furthest.lead_id = deal.id
            JOIN stage ON stage.place <= furthest.place
            LEFT JOIN visit ON visit.lead_id = deal.id AND visit.stage_id = stage.id
            WHERE visit.lead_id IS NOT NULL OR stage.is_won IS NOT TRUE AND %(of_team)s
            """,
            visits=self._visits_sql(leads),
            numbers=STAGE_NUMBERS,
            of_team=self._of_team_sql(),
        )

    @api.model
    def _visits_sql(self, leads: SQL) -> SQL:
        """Give the CTEs ``deal``, ``stage``, ``visit`` (a deal in a stage, how long)
        and ``furthest`` (how far it came)."""
        return SQL(
            """deal AS (
                SELECT * FROM crm_lead WHERE id IN %(leads)s
            ),
            stage AS (
                SELECT id, is_won, row_number() OVER (ORDER BY sequence, id) AS place
                FROM crm_stage
            ),
            move AS (
                SELECT deal.id AS lead_id, tracking.id,
                    tracking.old_value_integer AS stage_id,
                    tracking.create_date AS moment
                FROM deal
                JOIN mail_message AS message
                    ON message.model = 'crm.lead' AND message.res_id = deal.id
                JOIN mail_tracking_value AS tracking
                    ON tracking.mail_message_id = message.id
                WHERE tracking.field_id = %(field)s
            ),
            last AS (
                SELECT lead_id, max(moment) AS moment FROM move GROUP BY 1
            ),
            stay AS (
                SELECT move.lead_id, move.stage_id, move.moment - COALESCE(
                    lag(move.moment) OVER (PARTITION BY lead_id ORDER BY move.id),
                    deal.create_date) AS spent
                FROM move JOIN deal ON deal.id = move.lead_id
                UNION ALL
                SELECT deal.id, deal.stage_id, COALESCE(deal.date_closed, %(now)s)
                    - COALESCE(last.moment, deal.create_date)
                FROM deal LEFT JOIN last ON last.lead_id = deal.id
            ),
            visit AS (
                SELECT stay.lead_id, stay.stage_id, stage.place, greatest(
                    EXTRACT(epoch FROM sum(stay.spent)) / 86400.0, 0) AS days
                FROM stay JOIN stage ON stage.id = stay.stage_id
                GROUP BY 1, 2, 3
            ),
            furthest AS (
                SELECT lead_id, max(place) AS place FROM visit GROUP BY 1
            )""",
            leads=leads,
            field=self._stage_field_id(),
            now=fields.Datetime.now(),
        )

    @api.model
    def _stage_field_id(self) -> int:
        return self.env["ir.model.fields"]._get_ids("crm.lead")["stage_id"]

    @api.model
    def _of_team_sql(self) -> SQL:
        """Deals go through the stages of their team, and those of all teams."""
        teams = self.env["crm.stage"]._fields["team_ids"]
        names = {
            "relation": SQL.identifier(teams.relation),
            "stage": SQL.identifier("link", teams.column1),
            "team": SQL.identifier("link", teams.column2),
        }
        of_stage = SQL(
            "SELECT %(team)s FROM %(relation)s AS link WHERE %(stage)s = stage.id",
            **names,
        )
        return SQL(
            "(NOT EXISTS (%(teams)s) OR deal.team_id IN (%(teams)s))", teams=of_stage
        )

    @api.model
    def _funnel(self, domain: Domain) -> list[dict]:
        """Count for each stage the deals that reached it, and what became of them.

        :param domain: which deals of those that the reader may see
        """
        leads = self.env["crm.sales.report"]._leads(domain)
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT stage_id, sum(reached), sum(moved_on), sum(lost_here),
                    avg(days)::float
                FROM (%s) AS row GROUP BY stage_id
                """,
                self._stages_sql(leads.subselect()),
            )
        )
        found = {stage_id: counts for stage_id, *counts in rows}
        # Names of stages are no secret, and those of other teams are among them.
        stages_sudo = self.env["crm.stage"].sudo().browse(found)
        stages_sudo = stages_sudo.sorted(lambda stage: (stage.sequence, stage.id))
        keys = ("reached", "moved_on", "lost", "days")
        return [
            {"id": stage.id, "name": stage.name, "is_won": stage.is_won}
            | dict(zip(keys, found[stage.id], strict=True))
            for stage in stages_sudo
        ]

    @api.readonly
    def action_open_deal(self) -> dict:
        """Open the deal."""
        self.ensure_one()
        return self.lead_id.get_formview_action()
