from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_analytics.tools.profit import COST, Source

# Drafts change until the month is closed.
CLOSED = ("confirmed", "paid")


class CrmCustomerProfit(models.Model):
    """What sellers earn with a customer's documents, by confirmed statements."""

    _inherit = "crm.customer.profit"

    @api.model
    def _profit_sources(self):
        lines = "crm.commission.line"
        return super()._profit_sources() | {
            "commissions": Source(COST, -1, 110, lines, self._commissions_domain)
        }

    @api.model
    def _profit_queries(self, run):
        query = SQL(
            """SELECT COALESCE(m.partner_id, o.partner_id), 'commissions', l.amount
                 FROM crm_commission_line AS l
                 JOIN crm_commission_statement AS s ON s.id = l.statement_id
                 LEFT JOIN account_move AS m ON m.id = l.move_id
                 LEFT JOIN sale_order AS o ON o.id = l.order_id
                WHERE s.company_id = %s AND s.state = ANY(%s)
                  AND l.date BETWEEN %s AND %s""",
            run.company_id.id,
            list(CLOSED),
            run.date_from,
            run.date_to,
        )
        return [*super()._profit_queries(run), (self.env._("Commissions"), query)]

    def _commissions_domain(self, profit) -> Domain:
        customer = profit.partner_id.id
        billed = Domain("move_id.partner_id.commercial_partner_id", "=", customer)
        ordered = Domain("move_id", "=", False) & Domain(
            "order_id.partner_id.commercial_partner_id", "=", customer
        )
        return (billed | ordered) & Domain(
            [
                ("statement_id.state", "in", CLOSED),
                ("company_id", "=", profit.company_id.id),
                ("date", ">=", profit.date_from),
                ("date", "<=", profit.date_to),
            ]
        )
