from datetime import date

from odoo import api, fields, models

# A long month from its first day, so that terms by the end of the month count whole.
FIRST_DAY = date(2001, 1, 1)


class SaleOrder(models.Model):
    """A quotation goes to the customer, and becomes an order, within the limits of its
    people only."""

    _name = "sale.order"
    _inherit = ["sale.order", "crm.approval.mixin"]

    approval_ids = fields.One2many("crm.approval", "order_id", "Approvals")

    @api.model
    def _approval_field(self):
        return "order_id"

    @api.depends_context("uid")
    @api.depends(
        "state",
        "partner_id",
        "pricelist_id",
        "payment_term_id",
        "amount_total",
        "order_line.price_unit",
        "order_line.discount",
        "order_line.product_uom_qty",
        "order_line.purchase_price",
        "approval_ids.state",
    )
    def _compute_approval(self):
        open_orders = self.filtered(lambda order: order.state in ("draft", "sent"))
        closed = self - open_orders
        closed.approval_state, closed.approval_hint = "free", False
        return super(SaleOrder, open_orders)._compute_approval()

    def _approval_values(self, kinds):
        measures = {
            "discount": self._approval_discount,
            "margin": self._approval_margin,
            "credit": self._approval_credit,
            "terms": self._approval_terms,
        }
        values = {kind: measures[kind]() for kind in kinds if kind in measures}
        return {
            kind: round(value, 2) for kind, value in values.items() if value is not None
        }

    def _approval_size(self):
        pricelist = self._approval_pricelist()
        return sum(
            line._approval_list_price(pricelist) * line.product_uom_qty
            for line in self._approval_lines()
        )

    def _approval_goods(self):
        return "\n".join(
            self.env._(
                "%(quantity)s × %(product)s at %(price)s, discount %(discount)s %%",
                quantity=f"{line.product_uom_qty:g}",
                product=line.product_id.display_name,
                price=self.currency_id.format(line.price_unit),
                discount=f"{line.discount:g}",
            )
            for line in self._approval_lines()[:20]
        )

    def _approval_lines(self):
        return self.order_line.filtered(
            lambda line: line.product_id and not line.is_downpayment
        )

    # How far a quotation goes

    def _approval_discount(self) -> float | None:
        """Percent below the price list: of the worst line, or of the whole, where a
        line with a price below zero may lower it."""
        pricelist = self._approval_pricelist()
        worst = listed = asked = 0.0
        for line in self._approval_lines():
            price = line._approval_list_price(pricelist)
            net = line.price_unit * (1 - line.discount / 100)
            quantity = line.product_uom_qty
            listed += price * quantity
            asked += net * quantity
            if price > 0:
                worst = max(worst, 100 * (1 - net / price))
        whole = 100 * (1 - asked / listed) if listed > 0 else 0.0
        return max(worst, whole)

    def _approval_pricelist(self):
        """The price list by which discounts are measured: the customer's own, or one
        that a rule of offers gives him. To choose a cheaper one is a discount too."""
        own = self.partner_id.property_product_pricelist
        if self.pricelist_id == own or not self.pricelist_id:
            return own
        ruled = self.env["crm.offer.rule"]._pricelist_for(self)
        return self.pricelist_id if self.pricelist_id == ruled else own

    def _approval_margin(self) -> float | None:
        """Percent of the price that is left; what people enter as cost counts only
        where it is above the cost of the product."""
        lines = self._approval_lines()
        price = sum(lines.mapped("price_subtotal"))
        if not price:
            return None
        cost = sum(line._approval_cost() * line.product_uom_qty for line in lines)
        return 100 * (price - cost) / abs(price)

    def _approval_credit(self) -> float | None:
        """Percent above the customer's credit limit, with open invoices, orders that
        are not invoiced yet, and this quotation."""
        company = self.company_id
        customer = self.partner_invoice_id.commercial_partner_id
        limit = customer.credit_limit
        if not company.account_use_credit_limit or not limit:
            return None
        # Of several that are confirmed at once each counts for the next.
        customer.invalidate_recordset(["credit", "credit_to_invoice"])
        # What is confirmed stands among the orders that are to be invoiced.
        own = 0 if self.state == "sale" else self.amount_total / self.currency_rate
        owed = customer.credit + customer.credit_to_invoice + own
        return max(0.0, 100 * (owed / limit - 1))

    def _approval_terms(self) -> float | None:
        """Days until the last payment."""
        days = [
            (line._get_due_date(FIRST_DAY) - FIRST_DAY).days
            for line in self.payment_term_id.line_ids
        ]
        return max(days, default=0)

    # Where it goes on

    @api.constrains("state")
    def _check_approval(self):
        """Whoever writes the state, by whatever way: here all of them meet."""
        self.filtered(lambda order: order.state == "sale")._approval_check()
        sent = self.filtered(lambda order: order.state == "sent")
        # What a job or a customer moves was sent before.
        if sent._approval_sent_by_us():
            sent._check_before_sending()

    @api.constrains("payment_term_id")
    def _check_approval_of_terms(self):
        self.filtered(lambda order: order.state == "sale")._approval_check({"terms"})

    def _approval_sent_by_us(self) -> bool:
        return bool(self) and self._approval_people() == self.env.user

    def _check_before_sending(self):
        """Stop before a customer sees a quotation that he must not see yet."""
        open_orders = self.filtered(lambda order: order.state in ("draft", "sent"))
        open_orders.filtered("company_id.approval_on_send")._approval_check()

    def action_quotation_send(self):
        self._check_before_sending()
        return super().action_quotation_send()

    def action_preview_sale_order(self):
        self._check_before_sending()
        return super().action_preview_sale_order()

    def _may_be_accepted(self) -> bool:
        """Tell whether the customer may sign or pay it, and so make it an order."""
        return self.state not in ("draft", "sent") or not self._approval_is_open()

    def _has_to_be_signed(self):
        return super()._has_to_be_signed() and self._may_be_accepted()

    def _has_to_be_paid(self):
        return super()._has_to_be_paid() and self._may_be_accepted()
