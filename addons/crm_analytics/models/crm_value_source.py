from datetime import date, datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.crm_sfa.tools.rate import at_rate


class CrmValueSource(models.AbstractModel):
    """What customers brought, read from the ERP's own documents.

    Confirmed orders count at the rate of the order's date, without taxes; posted credit
    notes are subtracted at their date, and take from the margin what their order lines
    had of it. Invoices that no order sold, of contracts or by hand, count as orders.
    """

    _name = "crm.value.source"
    _description = "Source of What Customers Brought"

    @api.model
    def _value_sources(self, company, date_from: date, date_to: date) -> dict[str, SQL]:
        """Give the documents of a company between two days of its own calendar, both
        included. Other addons add theirs.

        :return: by name a query of ``partner_id`` (any person of the customer),
            ``moment`` (UTC), ``amount`` and ``margin`` (in the company's currency,
            negative for refunds) and ``orders`` (1 for an order, 0 for what belongs to
            one)
        """
        return {
            "orders": self._orders_sql(company, date_from, date_to),
            "refunds": self._refunds_sql(company, date_from, date_to),
            "invoices": self._invoices_sql(company, date_from, date_to),
        }

    @api.model
    def _facts_sql(self, company, date_from: date, date_to: date) -> SQL:
        """Give all sources as one query. Flush before it is executed."""
        sources = self._value_sources(company, date_from, date_to).values()
        return SQL(" UNION ALL ").join(sources)

    # Calendars: days are those of the company, moments are in UTC

    @api.model
    def _zone(self, company) -> str:
        # Not everybody may read the company's contact; the zone alone is taken.
        return company.sudo().partner_id.tz or "UTC"

    @api.model
    def _today(self, company) -> date:
        zone = pytz.timezone(self._zone(company))
        return pytz.utc.localize(fields.Datetime.now()).astimezone(zone).date()

    @api.model
    def _moment(self, company, day: date) -> datetime:
        """Give the moment at which a day of the company begins."""
        zone = pytz.timezone(self._zone(company))
        begins = zone.localize(datetime.combine(day, time.min))
        return begins.astimezone(pytz.utc).replace(tzinfo=None)

    @api.model
    def _within(self, company, column: SQL, date_from: date, date_to: date) -> SQL:
        """Give the condition that a moment lies between two days, both included."""
        return SQL(
            "%s >= %s AND %s < %s",
            column,
            self._moment(company, date_from),
            column,
            self._moment(company, date_to + timedelta(days=1)),
        )

    @api.model
    def _local_sql(self, company, moment: SQL) -> SQL:
        """Give a moment as the company's clock on the wall shows it."""
        zone = self._zone(company)
        if zone == "UTC":
            return moment
        return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)", moment, zone)

    @api.model
    def _noon_sql(self, company, day: SQL) -> SQL:
        """Give the moment of noon of a day, for documents that have no time."""
        return SQL(
            "(%s + time '12:00') AT TIME ZONE %s AT TIME ZONE 'UTC'",
            day,
            self._zone(company),
        )

    # The ERP's documents

    @api.model
    def _orders_sql(self, company, date_from: date, date_to: date) -> SQL:
        return SQL(
            """SELECT o.partner_id, o.date_order AS moment,
                      %s AS amount, %s AS margin, 1 AS orders
                 FROM sale_order AS o
                WHERE o.state = 'sale' AND o.company_id = %s AND %s""",
            at_rate(SQL("o.amount_untaxed"), SQL("o.currency_rate")),
            at_rate(SQL("COALESCE(o.margin, 0)"), SQL("o.currency_rate")),
            company.id,
            self._within(company, SQL("o.date_order"), date_from, date_to),
        )

    @api.model
    def _refunds_sql(self, company, date_from: date, date_to: date) -> SQL:
        return SQL(
            """SELECT m.partner_id, %s, l.balance * -1, l.balance * -1 * %s, 0
                 FROM account_move AS m
                 JOIN account_move_line AS l
                   ON l.move_id = m.id AND l.display_type = 'product'
                WHERE m.move_type = 'out_refund' AND m.state = 'posted' AND %s
                  AND m.company_id = %s AND m.invoice_date BETWEEN %s AND %s""",
            self._noon_sql(company, SQL("m.invoice_date")),
            self._margin_share_sql("l"),
            self._given_back_sql("l"),
            company.id,
            date_from,
            date_to,
        )

    @api.model
    def _invoices_sql(self, company, date_from: date, date_to: date) -> SQL:
        """What an order sold counts as that order, not once more as its invoices. Of
        the cost of the others nothing is known. A line that was added to the invoice
        of an order is no further order."""
        return SQL(
            """SELECT m.partner_id, %s, sum(l.balance * -1), sum(l.balance * -1),
                      CASE WHEN EXISTS (
                           SELECT FROM account_move_line AS beside
                             JOIN sale_order_line_invoice_rel AS rel
                               ON rel.invoice_line_id = beside.id
                             JOIN sale_order_line AS sold ON sold.id = rel.order_line_id
                            WHERE beside.move_id = m.id AND sold.state = 'sale')
                           THEN 0 ELSE 1 END
                 FROM account_move_line AS l
                 JOIN account_move AS m ON m.id = l.move_id
                WHERE l.display_type = 'product' AND %s
                  AND m.move_type = 'out_invoice' AND m.state = 'posted'
                  AND m.company_id = %s AND m.invoice_date BETWEEN %s AND %s
             GROUP BY m.id""",
            self._noon_sql(company, SQL("m.invoice_date")),
            self._unordered_sql("l"),
            company.id,
            date_from,
            date_to,
        )

    @api.model
    def _margin_share_sql(self, line: str) -> SQL:
        """Give which share of a credit note's line was margin: that of its order
        lines. A line that no order line knows had no cost that we know."""
        return SQL(
            """COALESCE((
                   SELECT avg(sold.margin_percent)
                     FROM sale_order_line_invoice_rel AS rel
                     JOIN sale_order_line AS sold ON sold.id = rel.order_line_id
                    WHERE rel.invoice_line_id = %s AND sold.is_downpayment IS NOT TRUE
               ), 1)::numeric""",
            SQL.identifier(line, "id"),
        )

    @api.model
    def _unordered_sql(self, line: str) -> SQL:
        """Give the condition that no order that counts sold what stands on a line of an
        invoice or credit note."""
        # A sum of each line's own orders is looked up by index; asked whether there is
        # one, the database would read all order lines for the few that are invoiced.
        return SQL(
            """COALESCE((
                   SELECT bool_and(sold.state IS DISTINCT FROM 'sale')
                     FROM sale_order_line_invoice_rel AS rel
                     JOIN sale_order_line AS sold ON sold.id = rel.order_line_id
                    WHERE rel.invoice_line_id = %s), TRUE)
               AND NOT EXISTS (
                   SELECT FROM sale_order_line AS sold
                    WHERE sold.service_contract_line_id = %s
                      AND sold.state = 'sale')""",
            SQL.identifier(line, "id"),
            SQL.identifier(line, "contract_line_id"),
        )

    @api.model
    def _given_back_sql(self, line: str) -> SQL:
        """Give the condition that a line of a credit note takes back what counted: all
        that no order sold; and of orders what goes back, but no down payment, which
        never counted, nor what a final invoice below zero sells."""
        return SQL(
            """((%s) OR (%s > 0 AND EXISTS (
                   SELECT FROM sale_order_line_invoice_rel AS rel
                     JOIN sale_order_line AS sold ON sold.id = rel.order_line_id
                    WHERE rel.invoice_line_id = %s AND sold.state = 'sale'
                      AND sold.is_downpayment IS NOT TRUE)))""",
            self._unordered_sql(line),
            SQL.identifier(line, "balance"),
            SQL.identifier(line, "id"),
        )
