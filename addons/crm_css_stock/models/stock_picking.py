from odoo import fields, models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        copy=False,
        help="The ticket for which something was sent or taken back.",
    )
