from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_analytics.tools.profit import COST, Source


class CrmCustomerProfit(models.Model):
    """Time that was noted on tickets, at the hourly cost of who worked. Such a ticket
    has no standard cost beside it."""

    _inherit = "crm.customer.profit"

    @api.model
    def _profit_sources(self):
        lines = "account.analytic.line"
        return super()._profit_sources() | {
            "time": Source(COST, -1, 75, lines, self._time_domain)
        }

    @api.model
    def _profit_queries(self, run):
        query = SQL(
            """SELECT t.partner_id, 'time', -l.amount
                 FROM account_analytic_line AS l
                 JOIN helpdesk_ticket AS t ON t.id = l.ticket_id
                WHERE l.company_id = %s AND l.date BETWEEN %s AND %s""",
            run.company_id.id,
            run.date_from,
            run.date_to,
        )
        return [*super()._profit_queries(run), (self.env._("Timesheets"), query)]

    def _time_domain(self, profit) -> Domain:
        customer = "ticket_id.partner_id.commercial_partner_id"
        return Domain(
            [
                (customer, "=", profit.partner_id.id),
                ("company_id", "=", profit.company_id.id),
                ("date", ">=", profit.date_from),
                ("date", "<=", profit.date_to),
            ]
        )

    @api.model
    def _ticket_condition_sql(self):
        return SQL(
            """%s AND NOT EXISTS (SELECT FROM account_analytic_line AS noted
                                   WHERE noted.ticket_id = t.id)""",
            super()._ticket_condition_sql(),
        )

    def _tickets_domain(self, profit):
        # On which of them time was noted is not for every reader to know.
        noted = (
            self.env["account.analytic.line"]
            .sudo()
            .search(
                Domain(
                    "ticket_id.partner_id.commercial_partner_id",
                    "=",
                    profit.partner_id.id,
                )
            )
        )
        tickets = Domain("id", "not in", noted.ticket_id.ids)
        return super()._tickets_domain(profit) & tickets
