from odoo import fields, models
from odoo.tools import SQL


class CrmContactStatus(models.Model):
    _inherit = "crm.contact.status"

    # The sum tells of all orders, so it is for those who may read all of them.
    uninvoiced_amount = fields.Monetary(
        groups="sales_team.group_sale_salesman_all_leads,crm_sfa.crm_sfa_group_reader"
    )

    def _uninvoiced_sql(self) -> SQL:
        """Sum up what was delivered on confirmed orders and is not invoiced."""
        return SQL(
            """SELECT person.commercial_partner_id AS partner_id, line.company_id,
                round(sum(
                    (line.qty_delivered - line.qty_invoiced)::numeric
                    * line.price_reduce_taxexcl::numeric
                    / COALESCE(NULLIF(sale_order.currency_rate, 0), 1)::numeric
                ), 2) AS amount
            FROM sale_order_line AS line
            JOIN sale_order ON sale_order.id = line.order_id
            JOIN res_partner AS person ON person.id = sale_order.partner_id
            WHERE line.state = 'sale' AND line.invoice_status = 'to invoice'
            AND line.qty_delivered > line.qty_invoiced
            GROUP BY 1, 2"""
        )
