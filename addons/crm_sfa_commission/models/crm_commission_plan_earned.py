from collections import defaultdict

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.commission import Earned
from .crm_commission_plan import ON_ORDERS

# The metric of the quota whose attainment accelerates.
QUOTA_METRICS = {
    "order": "order",
    "invoiced": "invoiced",
    "paid": "invoiced",
    "margin": "margin",
}


class CrmCommissionPlan(models.Model):
    """What people earned already, and how far they are with their quotas."""

    _inherit = "crm.commission.plan"

    def _earned(self, users, before, since) -> dict:
        """Give what documents earned in closed statements, by user and document.

        :param before: only what was earned before that day may be corrected
        :param since: what is older is not looked at again
        """
        lines = self.env["crm.commission.line"]
        lines.flush_model()
        self.env["crm.commission.statement"].flush_model()
        document = "order_id" if self.measure in ON_ORDERS else "move_id"
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.user_id, line.is_override, line.%(document)s,
                    sum(line.base) FILTER (WHERE kind <> 'correction'),
                    sum(line.amount) FILTER (WHERE kind <> 'correction'),
                    sum(line.base), sum(line.amount), min(line.id),
                    bool_or(statement.date_from >= %(since)s)
                        AND bool_and(statement.date_from < %(before)s),
                    (array_agg(line.plan_id ORDER BY line.id))[1]
                FROM crm_commission_line AS line
                JOIN crm_commission_statement AS statement
                    ON statement.id = line.statement_id
                WHERE line.root_id = %(root)s AND statement.state <> 'draft'
                AND line.user_id = ANY(%(users)s) AND line.kind <> 'skipped'
                GROUP BY 1, 2, 3
                """,
                document=SQL.identifier(document),
                since=since,
                before=before,
                root=self.root_id.id,
                users=users.ids,
            )
        )
        clawed = self._clawed(users)
        earned = defaultdict(dict)
        for user, is_override, doc, base, amount, net, net_amount, *origin in rows:
            known = (base or 0, amount or 0, net, net_amount)
            taken = clawed.get((user, is_override, doc), (0, 0))
            earned[user][is_override, doc] = Earned(
                *(float(value) for value in (*known, *taken)), *origin
            )
        return earned

    def _clawed(self, users) -> dict:
        """Give what credit notes took back from invoices, by user and invoice."""
        groups = self.env["crm.commission.line"]._read_group(
            [
                ("root_id", "=", self.root_id.id),
                ("user_id", "in", users.ids),
                ("statement_id.state", "!=", "draft"),
                ("kind", "=", "clawback"),
            ],
            ["user_id", "is_override", "origin_id"],
            ["base:sum", "amount:sum"],
        )
        clawed = defaultdict(lambda: (0.0, 0.0))
        for user, is_override, origin, base, amount in groups:
            key = (user.id, is_override, origin.move_id.id)
            before = clawed[key]
            clawed[key] = (before[0] + base, before[1] + amount)
        return clawed

    def _attainments(self, users, date_from, date_to) -> dict:
        """Give people the percentage of their quota that the period attained.

        It is the quota in force for this measure and for all goods; of a longer one,
        what is planned for the months of the period. Without one there is no answer.
        """
        quotas = self.env["crm.quota"].sudo()  # rates hang on them, whoever computes
        found = quotas.search(
            Domain("state", "=", "running")
            & Domain("company_id", "=", self.company_id.id)
            & Domain("user_id", "in", users.ids)
            & Domain("metric", "=", QUOTA_METRICS[self.measure])
            & Domain("categ_id", "=", False)
            & Domain("date_from", "<=", date_to)
            & Domain("date_to", ">=", date_from)
        )
        # The parts are counted with their whole.
        wholes = found.filtered(
            lambda q: q.parent_id not in found or q.parent_id.user_id != q.user_id
        )
        plans, sold = wholes._plans(wholes._leaves()), wholes._attained_by_month()
        totals = defaultdict(lambda: [0.0, 0.0])
        for quota in wholes:
            for at, months in enumerate((plans[quota], sold[quota])):
                totals[quota.user_id][at] += sum(
                    amount
                    for month, amount in months.items()
                    if date_from <= month <= date_to
                )
        return {
            user: round(100 * reached / planned, 6)
            for user, (planned, reached) in totals.items()
            if planned
        }
