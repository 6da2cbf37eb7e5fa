from odoo import api, fields, models

from .crm_commission_plan_expected import Goods
from .crm_lead_commission import SEES_ALL


class SaleOrder(models.Model):
    """Who shares in what an order earns, and what a quotation would earn."""

    _inherit = "sale.order"

    commission_split_ids = fields.One2many(
        "crm.commission.split",
        "order_id",
        "Commission Shares",
        copy=False,
        groups="sales_team.group_sale_salesman",
    )
    commission_shares = fields.Char(
        "Commission of",
        compute="_compute_commission_shares",
        help="Who shares in what this order earns. Its invoices follow it.",
    )
    commission_currency_id = fields.Many2one(
        related="company_id.currency_id",
        string="Currency of the Commission",
        export_string_translation=False,
    )
    commission_expected = fields.Monetary(
        "Expected Commission",
        compute="_compute_commission_expected",
        currency_field="commission_currency_id",
        help="What the salesperson would earn if this were ordered now, on top of what"
        " the period has so far. Only the salesperson and sales managers see it.",
    )

    @api.depends("commission_split_ids.share", "commission_split_ids.user_id")
    @api.depends_context("uid")
    def _compute_commission_shares(self):
        percent = self.env["crm.commission.part"]._percent
        for order in self:
            # What the reader may not see of it, the rule of the shares leaves out.
            splits = order.sudo().commission_split_ids.with_env(self.env)
            # sudo: a colleague may be hidden; the name of who shares is not.
            order.commission_shares = ", ".join(
                f"{split.sudo().user_id.name} {percent(split.share)}"
                for split in splits._filtered_access("read")
            )

    @api.depends("user_id", "state", "order_line.price_subtotal", "currency_id")
    @api.depends_context("uid")
    def _compute_commission_expected(self):
        sees_all = self.env.user.has_group(SEES_ALL)
        self.commission_expected = 0
        offers = self.filtered(
            lambda order: (
                order.state in ("draft", "sent")
                and order.user_id
                and (sees_all or order.user_id == self.env.user)
            )
        )
        plans = self.env["crm.commission.plan"]
        by_whom = offers.grouped(lambda order: (order.user_id, order.company_id))
        for (user, company), orders in by_whom.items():
            goods = [order._commission_goods(user) for order in orders]
            for order, amount in zip(
                orders, plans._expected(user, company, goods), strict=True
            ):
                order.commission_expected = amount

    def _commission_goods(self, user=None) -> list[Goods]:
        """The goods of a quotation in the company's currency; the person's share."""
        share = self._commission_share(user)
        rate = self.currency_rate or 1.0
        lines = self.order_line.filtered(
            lambda line: not line.display_type and not line.is_downpayment
        )
        return [
            Goods(
                line.product_id.product_tmpl_id,
                line.price_subtotal * share / rate,
                line.margin * share / rate,
            )
            for line in lines
        ]

    def _commission_share(self, user) -> float:
        splits_sudo = self.sudo().commission_split_ids  # to compute, not to show
        if not splits_sudo or not user:
            return 1.0
        own = splits_sudo.filtered(lambda split: split.user_id == user)
        return sum(own.mapped("share")) / 100

    @api.readonly
    def action_share_commission(self) -> dict:
        """Open the window in which shares are agreed."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "crm_sfa_commission.crm_commission_share_action"
        )
        return action | {"context": {"default_order_id": self.id}}
