from odoo import fields, models
from odoo.tools import SQL

from ..models.crm_quota import METRICS
from ..tools.quota import by_days

# One row for a quota and a month: the number of the month follows that of the quota.
MONTH_NUMBERS = 100_000


class CrmQuotaReport(models.Model):
    """Quota and attainment, month by month, of the smallest parts in force.

    What the reader may not see as a quota is no row here either. Parts only, for the
    whole is their sum.
    """

    _name = "crm.quota.report"
    _description = "Attainment of Quotas"
    _auto = False
    _order = "month, id"
    _rec_name = "quota_id"

    quota_id = fields.Many2one("crm.quota", readonly=True)
    month = fields.Date(readonly=True)
    metric = fields.Selection(METRICS, readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    user_id = fields.Many2one("res.users", "Person", readonly=True)
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True)
    territory_id = fields.Many2one("crm.territory", readonly=True)
    categ_id = fields.Many2one("product.category", "Product Category", readonly=True)
    amount = fields.Monetary("Planned", readonly=True)
    attained = fields.Monetary(readonly=True)
    gap = fields.Monetary(readonly=True, help="Quota less attained.")

    @property
    def _table_query(self) -> SQL:
        quotas = self.env["crm.quota"].search([("state", "=", "running")])
        with_parts = quotas.search(
            [("state", "=", "running"), ("parent_id", "in", quotas.ids)]
        ).parent_id
        leaves = quotas - with_parts
        rows = [
            (at, quota.id, month, quota.amount * share)
            for at, quota in enumerate(leaves)
            for month, share in by_days(quota.date_from, quota.date_to).items()
        ]
        at, quota_ids, month, amounts = zip(*rows, strict=True) if rows else ((),) * 4
        sold = SQL("SELECT NULL::int AS id, NULL::date AS month, 0::numeric AS amount")
        if rows:
            self.env.flush_all()
            sold = leaves._sold_sql([quota._slice() for quota in leaves])
        return SQL(
            """
            SELECT quota.id::bigint * %(numbers)s + (extract(year FROM plan.month) * 12
                    + extract(month FROM plan.month))::bigint AS id,
                quota.id AS quota_id, plan.month, quota.metric, quota.company_id,
                quota.currency_id, quota.user_id, quota.team_id, quota.territory_id,
                quota.categ_id, plan.amount, COALESCE(sold.amount, 0) AS attained,
                plan.amount - COALESCE(sold.amount, 0) AS gap
            FROM unnest(%(at)s::int[], %(quota_ids)s::int[], %(months)s::date[],
                %(amounts)s::numeric[]) AS plan (at, quota_id, month, amount)
            JOIN crm_quota AS quota ON quota.id = plan.quota_id
            LEFT JOIN (%(sold)s) AS sold ON sold.id = plan.at
                AND sold.month = plan.month
            """,
            numbers=MONTH_NUMBERS,
            at=list(at),
            quota_ids=list(quota_ids),
            months=list(month),
            amounts=list(amounts),
            sold=sold,
        )
