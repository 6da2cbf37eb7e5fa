from odoo import api, fields, models


class SaleOrder(models.Model):
    """A confirmed order is checked against the rules; the sale goes on all the same."""

    _inherit = "sale.order"

    flag_ids = fields.One2many(
        "crm.order.flag",
        "order_id",
        "Flags",
        domain=[("state", "=", "open")],
        readonly=True,
        groups="sales_team.group_sale_salesman",
    )
    flag_hint = fields.Char(
        "Why It Is Abnormal",
        compute="_compute_flag_hint",
        groups="sales_team.group_sale_salesman",
    )

    @api.depends("flag_ids.reason")
    @api.depends_context("lang")
    def _compute_flag_hint(self):
        for order in self:
            order.flag_hint = " ".join(order.flag_ids.mapped("reason"))

    def action_confirm(self):
        result = super().action_confirm()
        # Everything is compared, whatever the seller may see; only figures are told.
        confirmed_sudo = self.sudo().filtered(lambda order: order.state == "sale")
        if confirmed_sudo:
            confirmed_sudo.env["crm.order.rule"]._check_confirmed(confirmed_sudo)
            confirmed_sudo.invalidate_recordset(["flag_ids", "flag_hint"])
        return result

    def action_dismiss_flags(self) -> dict:
        self.ensure_one()
        return self.flag_ids.action_dismiss()
