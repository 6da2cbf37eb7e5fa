from odoo import api, fields, models
from odoo.tools import format_amount


class CrmLead(models.Model):
    """The amount of a deal: that of its quotation, unless somebody knows better."""

    _inherit = "crm.lead"

    expected_revenue = fields.Monetary(
        compute="_compute_expected_revenue",
        store=True,
        readonly=False,
        help="Follows the newest open quotation of the deal, or its orders, without"
        " tax. Type another amount to set it by hand.",
    )
    revenue_by_hand = fields.Boolean(
        "Amount Set by Hand",
        copy=False,
        tracking=True,
        help="The amount does not follow the quotation. Take the mark away to let it"
        " follow again.",
    )
    quotation_id = fields.Many2one(
        "sale.order",
        "Amount From",
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        domain="[('opportunity_id', '=', id), ('state', 'in', ('draft', 'sent'))]",
        help="Where the deal has several quotations: the one that counts. Empty: the"
        " newest.",
    )
    revenue_note = fields.Char(
        "Where the Amount Comes From",
        compute="_compute_revenue_note",
        compute_sudo=True,
    )

    @api.depends(
        "revenue_by_hand",
        "quotation_id",
        "company_id",
        "order_ids.state",
        "order_ids.amount_untaxed",
        "order_ids.currency_id",
        "order_ids.date_order",
    )
    def _compute_expected_revenue(self):
        for lead in self:
            orders = lead._revenue_orders()
            follows = orders and not lead.revenue_by_hand and not lead._rateless(orders)
            lead.expected_revenue = (
                lead._revenue_of(orders) if follows else lead.expected_revenue
            )

    @api.depends("expected_revenue", "revenue_by_hand", "quotation_id", "order_ids")
    def _compute_revenue_note(self):
        for lead in self:
            lead.revenue_note = lead._revenue_words()

    def write(self, vals):
        if "expected_revenue" not in vals or "revenue_by_hand" in vals:
            return super().write(vals)
        amount = vals["expected_revenue"] or 0
        # Before there is a quotation it is a guess, which the quotation replaces.
        by_hand = self.filtered(
            lambda lead: lead._revenue_orders() and lead.expected_revenue != amount
        )
        if by_hand:
            super(CrmLead, by_hand).write(vals | {"revenue_by_hand": True})
        return super(CrmLead, self - by_hand).write(vals)

    def action_follow_quotation(self):
        """Let the amount follow the quotation again."""
        return self.write({"revenue_by_hand": False})

    def _update_revenues_from_so(self, order):
        """The amount follows the orders by itself, also when it becomes less."""

    def _revenue_orders(self):
        """Give the orders from which the amount comes: those confirmed, or else the
        open quotation that is marked, or else the newest."""
        self.ensure_one()
        orders_sudo = self.sudo().order_ids  # also those of colleagues
        if confirmed := orders_sudo.filtered(lambda order: order.state == "sale"):
            return confirmed
        opened = orders_sudo.filtered(lambda order: order.state in ("draft", "sent"))
        marked = opened & self.sudo().quotation_id  # one of the readable ones
        return marked or opened.sorted(lambda order: (order.date_order, order.id))[-1:]

    def _revenue_currency(self, order):
        return (self.company_id or order.company_id).currency_id

    def _revenue_of(self, orders) -> float:
        return sum(
            order.currency_id._convert(
                order.amount_untaxed,
                self._revenue_currency(order),
                order.company_id,
                order.date_order or fields.Date.today(),
            )
            for order in orders
        )

    def _rateless(self, orders):
        """Give the orders whose currency nobody has entered a rate for: Odoo would
        take their amounts as they are."""
        return orders.filtered(
            lambda order: (
                order.currency_id != self._revenue_currency(order)
                and not order.currency_id.rate_ids
                and not self._revenue_currency(order).rate_ids
            )
        )

    def _revenue_words(self) -> str:
        self.ensure_one()
        orders = self._revenue_orders()
        if not orders:
            return ""
        names = ", ".join(orders.mapped("name"))
        if rateless := self._rateless(orders):
            return self.env._(
                "%(order)s is in %(currency)s, which has no rate: the amount does not"
                " follow it. Enter a rate, or set the amount by hand.",
                order=rateless[0].name,
                currency=rateless[0].currency_id.name,
            )
        if not self.revenue_by_hand:
            return self.env._("Follows %(orders)s", orders=names)
        currency = self._revenue_currency(orders[0])
        return self.env._(
            "Set by hand; %(orders)s: %(amount)s",
            orders=names,
            amount=format_amount(self.env, self._revenue_of(orders), currency),
        )
