from odoo import models
from odoo.tools import SQL


class CrmOrderRule(models.Model):
    """Transfers know better than the order when goods are due and when they left."""

    _inherit = "crm.order.rule"

    def _promised_sql(self):
        return SQL(
            """COALESCE(%s, (SELECT min(picking.date_deadline)
                FROM stock_picking AS picking
               WHERE picking.sale_id = sale.id
                 AND picking.state NOT IN ('done', 'cancel')))""",
            super()._promised_sql(),
        )

    def _delivered_since_sql(self):
        return SQL("COALESCE(sale.effective_date, %s)", super()._delivered_since_sql())
