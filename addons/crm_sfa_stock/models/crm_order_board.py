from odoo import api, fields, models
from odoo.tools import SQL


class CrmOrderBoard(models.Model):
    _inherit = "crm.order.board"
    _depends = {
        "sale.order": ["delivery_status"],
        "stock.picking": ["sale_id", "scheduled_date", "state"],
    }

    date_delivery = fields.Datetime(
        "Next Delivery",
        readonly=True,
        help="For when the next open transfer of the order is scheduled.",
    )

    def _select(self):
        return SQL(
            """%s, (SELECT min(picking.scheduled_date) FROM stock_picking AS picking
                WHERE picking.sale_id = sale.id
                  AND picking.state NOT IN ('done', 'cancel')) AS date_delivery""",
            super()._select(),
        )

    @api.model
    def _delivered_sql(self):
        # Where the rest was given up, no transfer is open, and nothing more will come.
        return SQL(
            """%s OR (template.type != 'service'
                AND sale.delivery_status = 'full')""",
            super()._delivered_sql(),
        )
