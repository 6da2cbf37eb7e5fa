from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.profit import COST, Source


class CrmCustomerProfit(models.Model):
    """What it costs that a customer pays late.

    Simple interest by days: amount × days late in the period × rate / 365. Each part
    of an invoice that was settled counts until the day it was settled on, what is open
    until today; so two periods side by side make the same as one over both.
    """

    _inherit = "crm.customer.profit"

    @api.model
    def _profit_sources(self):
        late = Source(COST, -1, 120, "account.move", self._late_domain)
        return super()._profit_sources() | {"late": late}

    @api.model
    def _profit_queries(self, run):
        queries = super()._profit_queries(run)
        if not run.interest:
            return queries
        query = SQL(
            "SELECT partner_id, 'late', amount FROM (%s) AS late", self._late_sql(run)
        )
        return [*queries, (self.env._("Payments"), query)]

    @api.model
    def _late_sql(self, run) -> SQL:
        today = self.env["crm.value.source"]._today(run.company_id)
        return SQL(
            """SELECT m.id AS move_id, m.partner_id,
                      part.amount * late.days * %(rate)s::numeric / 36500 AS amount
                 FROM account_move AS m
                 JOIN account_move_line AS l
                   ON l.move_id = m.id AND l.display_type = 'payment_term'
                CROSS JOIN LATERAL (
                      SELECT r.amount, r.max_date AS settled
                        FROM account_partial_reconcile AS r
                       WHERE r.debit_move_id = l.id
                       UNION ALL SELECT l.amount_residual, NULL) AS part
                CROSS JOIN LATERAL (
                      SELECT LEAST(part.settled, %(last)s)
                             - GREATEST(l.date_maturity, %(first)s) AS days) AS late
                WHERE m.move_type = 'out_invoice' AND m.state = 'posted'
                  AND m.company_id = %(company)s AND l.date_maturity < %(last)s
                  AND part.amount > 0 AND late.days > 0""",
            rate=run.interest,
            company=run.company_id.id,
            # The day before: the interest of the first day is that of the period.
            first=run.date_from - timedelta(days=1),
            last=min(run.date_to, today),
        )

    def _late_domain(self, profit) -> Domain:
        # No domain compares two days, so they are named: those of one customer.
        query = SQL(
            """SELECT DISTINCT late.move_id FROM (%s) AS late
                 JOIN res_partner AS p ON p.id = late.partner_id
                WHERE p.commercial_partner_id = %s""",
            self._late_sql(profit.run_id),
            profit.partner_id.id,
        )
        rows = self.env.execute_query(query)
        return Domain("id", "in", [move_id for (move_id,) in rows])
