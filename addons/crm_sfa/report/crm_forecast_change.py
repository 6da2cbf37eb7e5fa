from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

KINDS = [
    ("new", "New"),
    ("won", "Won"),
    ("lost", "Lost"),
    ("gone", "No Deal of the Company Any More"),
    ("slipped", "Slipped"),
    ("earlier", "Sooner"),
    ("up", "Amount Up"),
    ("down", "Amount Down"),
]


class CrmForecastChange(models.Model):
    """What became of a deal between a snapshot and the one it is compared with.

    A deal that slipped and grew is two changes. Of deals that are no longer open, the
    deal itself tells whether it was won.
    """

    _name = "crm.forecast.change"
    _description = "Change of the Forecast"
    _auto = False
    _order = "snapshot_id desc, kind, id"
    _rec_name = "lead_id"
    _depends = {
        "crm.forecast.line": [
            "snapshot_id", "lead_id", "user_id", "amount", "date_deadline"
        ],
        "crm.forecast.snapshot": ["compare_id"],
        "crm.lead": ["won_status"],
    }  # fmt: skip

    snapshot_id = fields.Many2one("crm.forecast.snapshot", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    lead_id = fields.Many2one("crm.lead", "Deal", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True)
    kind = fields.Selection(KINDS, "What Changed", readonly=True)
    amount_before = fields.Monetary("Before", readonly=True)
    amount = fields.Monetary("Now", readonly=True)
    difference = fields.Monetary(readonly=True)
    deadline_before = fields.Date("Closing Before", readonly=True)
    date_deadline = fields.Date("Closing Now", readonly=True)

    @property
    def _table_query(self) -> SQL:
        readable = self.env["crm.forecast.line"]._search(Domain.TRUE)
        return SQL(
            """
            WITH line AS (
                SELECT * FROM crm_forecast_line WHERE id IN %(readable)s
            ),
            pair AS (
                SELECT COALESCE(now.id, before.id) AS id,
                    snapshot.id AS snapshot_id, snapshot.company_id,
                    COALESCE(now.lead_id, before.lead_id) AS lead_id,
                    COALESCE(now.user_id, before.user_id) AS user_id,
                    now.id IS NOT NULL AS is_open, before.id IS NOT NULL AS was_open,
                    before.amount AS amount_before, now.amount,
                    before.date_deadline AS deadline_before, now.date_deadline
                FROM crm_forecast_snapshot AS snapshot
                JOIN line AS any_line
                    ON any_line.snapshot_id IN (snapshot.id, snapshot.compare_id)
                LEFT JOIN line AS now ON now.snapshot_id = snapshot.id
                    AND now.lead_id = any_line.lead_id
                LEFT JOIN line AS before ON before.snapshot_id = snapshot.compare_id
                    AND before.lead_id = any_line.lead_id
                WHERE snapshot.compare_id IS NOT NULL AND any_line.lead_id IS NOT NULL
                GROUP BY snapshot.id, now.id, before.id, now.lead_id, before.lead_id,
                    now.user_id, before.user_id, before.amount, now.amount,
                    before.date_deadline, now.date_deadline
            )
            SELECT (pair.snapshot_id::bigint * 10 + change.number) * 10000000
                    + pair.lead_id AS id,
                pair.snapshot_id, pair.company_id, pair.lead_id, pair.user_id,
                change.kind, pair.amount_before, pair.amount,
                COALESCE(pair.amount, 0) - COALESCE(pair.amount_before, 0)
                    AS difference,
                pair.deadline_before, pair.date_deadline
            FROM pair
            LEFT JOIN crm_lead AS lead ON lead.id = pair.lead_id
            CROSS JOIN LATERAL (VALUES
                (0, 'new', NOT was_open),
                (1, 'won', NOT is_open AND lead.won_status = 'won'),
                (2, 'lost', NOT is_open AND lead.won_status = 'lost'),
                (3, 'gone', NOT is_open AND lead.won_status = 'pending'),
                (4, 'slipped', is_open AND was_open
                    AND pair.date_deadline > pair.deadline_before),
                (5, 'earlier', is_open AND was_open
                    AND pair.date_deadline < pair.deadline_before),
                (6, 'up', is_open AND was_open AND pair.amount > pair.amount_before),
                (7, 'down', is_open AND was_open AND pair.amount < pair.amount_before)
            ) AS change (number, kind, holds)
            WHERE change.holds
            """,
            readable=readable.subselect(),
        )

    @api.readonly
    def action_open_deal(self) -> dict:
        """Open the deal."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.lead",
            "res_id": self.lead_id.id,
            "views": [(False, "form")],
        }
