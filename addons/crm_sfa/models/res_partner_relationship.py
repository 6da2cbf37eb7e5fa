from odoo import api, models
from odoo.tools import SQL


class ResPartner(models.Model):
    """Confirmed orders move the stage of a customer."""

    _inherit = "res.partner"

    @api.model
    def _stage_facts_sql(self):
        return SQL(
            """%s UNION ALL
               SELECT customer.commercial_partner_id, sale.company_id, sale.date_order
                 FROM sale_order AS sale
                 JOIN res_partner AS customer ON customer.id = sale.partner_id
                WHERE sale.state = 'sale'""",
            super()._stage_facts_sql(),
        )
