from odoo import fields, models


class SaleOrder(models.Model):
    """Orders that were made in a call."""

    _inherit = "sale.order"

    call_line_ids = fields.Many2many(
        "crm.call.list.line",
        "crm_call_line_order_rel",
        "order_id",
        "line_id",
        "Calls",
        readonly=True,
        copy=False,
        groups="crm_base.crm_base_group_user",
    )
