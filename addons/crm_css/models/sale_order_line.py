from datetime import date

from odoo import api, fields, models


class SaleOrderLine(models.Model):
    """A line tells what the customer owns, and sells extensions of warranties.

    Where no stock is kept, the customer owns what the line says was delivered, or what
    a posted invoice charges: the larger of the two.
    """

    _inherit = "sale.order.line"

    owned_item_id = fields.Many2one(
        "crm.owned.item",
        "Prolongs Warranty Of",
        index="btree_not_null",
        ondelete="set null",
        domain="[('commercial_partner_id', 'parent_of', order_partner_id)]",
        check_company=True,
        help="The item whose warranty this extension prolongs. Empty: what is bought"
        " on the same order, or what the ticket of the order is about.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.filtered(lambda line: line.state == "sale")._sync_owned()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"qty_delivered", "product_uom_qty", "owned_item_id"}:
            self._sync_owned()
        return result

    @api.model
    def _owned_past_domain(self) -> list:
        return [("state", "=", "sale"), ("product_id", "!=", False)]

    def _sync_owned(self, past=False):
        """Have the owned items, and the extensions, that these lines sold.

        :param past: whether it was long ago: the day of delivery is the order's then
        """
        # Who sells or invoices need not be an agent.
        lines_sudo = self.sudo()
        lines_sudo.filtered("product_id")._sync_owned_items(past)
        lines_sudo._sync_owned_invoices()
        lines_sudo._grant_extensions()

    def _tells_owned(self) -> bool:
        """Tell whether the line is where we learn that the customer owns the product.

        It is not, where deliveries tell it.
        """
        self.ensure_one()
        product = self.product_id
        is_goods = product.type == "consu" and not self.is_downpayment
        return is_goods and product.track_owned

    def _sync_owned_items(self, past: bool):
        lines = self.filtered(lambda line: line._tells_owned())
        items = self.env["crm.owned.item"].with_context(active_test=False)
        known = items.search(
            [("order_line_id", "in", lines.ids), ("origin", "=", "order")]
        ).grouped("order_line_id")
        vals_list = []
        for line in lines:
            quantity = line._owned_quantity()
            item = known.get(line)
            if item:
                item._set_owned_quantity(quantity)
            elif quantity > 0:
                vals_list.append(line._prepare_owned_vals(quantity, past))
        items.create(vals_list)

    def _sync_owned_invoices(self):
        """Note the invoice on what was delivered before."""
        waiting = self.env["crm.owned.item"].search(
            [("order_line_id", "in", self.ids), ("invoice_id", "=", False)]
        )
        for item in waiting:
            item._note_invoice(item.order_line_id._owned_invoice())

    def _owned_quantity(self) -> float:
        """Give what the customer has of it, in the product's own unit."""
        self.ensure_one()
        if self.state != "sale":
            return 0
        quantity = max(self.qty_delivered, self.qty_invoiced_posted)
        product_uom = self.product_id.uom_id
        return self.product_uom_id._compute_quantity(quantity, product_uom)

    def _owned_invoice(self):
        """Give the first posted invoice of the line, if any."""
        invoices = self.invoice_lines.move_id.filtered(
            lambda move: move.state == "posted" and move.move_type == "out_invoice"
        )
        return invoices.sorted(lambda move: (move.invoice_date or date.max, move.id))[
            :1
        ]

    def _prepare_owned_vals(self, quantity: float, past: bool = False) -> dict:
        self.ensure_one()
        order, invoice = self.order_id, self._owned_invoice()
        bought = fields.Datetime.context_timestamp(order, order.date_order).date()
        today = fields.Date.context_today(self)
        return {
            "origin": "order",
            "partner_id": order.partner_id.id,
            "site_id": self._owned_site(order.partner_shipping_id).id,
            "product_id": self.product_id.id,
            "quantity": quantity,
            "order_line_id": self.id,
            "company_id": order.company_id.id,
            "date_bought": bought,
            "date_delivered": invoice.invoice_date or (bought if past else today),
            "invoice_id": invoice.id,
            "date_invoiced": invoice.invoice_date,
        }

    def _owned_site(self, address):
        """Give the address of a delivery, if it is one of the customer's."""
        customer = self.order_id.partner_id.commercial_partner_id
        if address.commercial_partner_id == customer:
            return address
        return address.browse()

    # Extensions of warranties

    def _grant_extensions(self):
        """Prolong the warranties for which these lines sold extensions, once."""
        lines = self.filtered("product_id")
        sold = self.env["crm.warranty"].search(
            [("sold_product_ids", "in", lines.product_id.product_tmpl_id.ids)]
        )
        granted = self.env["crm.owned.warranty"]
        for line in lines if sold else ():
            terms = sold.filtered(
                lambda term, line=line: (
                    line.product_id.product_tmpl_id in term.sold_product_ids
                )
            )[:1]
            if terms:
                line._grant_extension(terms, granted)

    def _grant_extension(self, terms, granted):
        """Prolong as many items as the line sold extensions, and no more."""
        known = granted.search([("order_line_id", "=", self.id)])
        if self.state != "sale":
            known.unlink()
            return
        left = self.product_uom_qty - sum(known.item_id.mapped("quantity"))
        for item in self._extended_items(terms) - known.item_id:
            if left <= 0:
                break
            left -= item.quantity
            granted.create(
                {
                    "item_id": item.id,
                    "warranty_id": terms.id,
                    "date_sold": self.order_id.date_order.date(),
                    "order_line_id": self.id,
                }
            )

    def _extended_items(self, terms):
        """Give what may be meant: named, bought together, or of the ticket."""
        items = self.owned_item_id
        if not items:
            items = items.search(
                [("order_line_id", "in", self.order_id.order_line.ids)], order="id"
            )
            items = items.filtered(lambda item: terms._rank_for(item.product_id))
        return items or self.order_id.ticket_ids.owned_item_id
