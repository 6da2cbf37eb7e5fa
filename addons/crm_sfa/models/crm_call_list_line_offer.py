from odoo import api, models
from odoo.exceptions import UserError

from ..tools.offer import Usual

# The usual basket: bought in so many months, if possible more than once.
MONTHS = 12
MOST_LINES = 60
MOST_QUANTITY = 1_000_000


class CrmCallListLine(models.Model):
    """The quotation in the call: the usual basket, at the prices of this moment."""

    _inherit = "crm.call.list.line"

    def _screen_parts(self):
        parts = super()._screen_parts()
        orders = self.env["sale.order"]
        if not orders.has_access("create"):
            return parts
        made = orders.search(
            [("call_line_ids", "in", self.ids), ("state", "!=", "cancel")]
        )
        return parts | {
            "offer": self._basket()
            | {"orders": [self._made_order(order) for order in made]}
        }

    def _made_order(self, order) -> dict:
        return {
            "id": order.id,
            "name": order.name,
            "state": order.state,
            "amount": order.currency_id.format(order.amount_total),
            "hint": order.double_offer_hint or "",
        }

    def _offer_customer(self):
        return self.partner_id or self.lead_id.partner_id

    def _basket(self) -> dict:
        """Give what the customer's whole family usually buys, with prices."""
        rules, company = self.env["crm.offer.rule"], self.company_id
        customer = self._offer_customer().commercial_partner_id
        basket, gone = [], []
        if customer:
            basket = rules._usual(customer, company, 2, MONTHS)
            basket = basket or rules._usual(customer, company, 1, MONTHS)
            basket, gone = rules._offered(basket[:MOST_LINES], company)
        lines = [
            {
                "product_id": usual.product,
                "uom_id": usual.uom,
                "quantity": usual.quantity,
                "orders": usual.orders,
            }
            for usual in basket
        ]
        return self._priced(lines) | {"gone": gone}

    @api.readonly
    def price_basket(self, lines: list[dict]) -> dict:
        """Give the products with the prices that the ERP asks now of this customer."""
        self.ensure_one()
        self.check_access("read")
        self.env["sale.order"].check_access("create")
        return self._priced(self._read_basket(lines))

    def _read_basket(self, lines) -> list[dict]:
        """Read what the screen sent: products that are sold, and sensible numbers."""
        try:
            asked = [
                (int(line["product_id"]), int(line["uom_id"] or 0), line["quantity"])
                for line in lines[:MOST_LINES]
            ]
            numbers = [float(quantity) for _product, _uom, quantity in asked]
        except (KeyError, TypeError, ValueError) as error:
            raise UserError(
                self.env._("The basket cannot be read. Reload the page.")
            ) from error
        if not all(0 <= number <= MOST_QUANTITY for number in numbers):
            raise UserError(
                self.env._("A quantity is a number that is not below zero.")
            )
        products = self.env["product.product"].search(
            [("id", "in", [one[0] for one in asked]), ("sale_ok", "=", True)]
        )
        return [
            {
                "product_id": product,
                "uom_id": uom or products.browse(product).uom_id.id,
                "quantity": number,
                "orders": 0,
            }
            for (product, uom, _quantity), number in zip(asked, numbers, strict=True)
            if product in products.ids
        ]

    def _priced(self, lines: list[dict]) -> dict:
        pricelist, currency = self._offer_pricelist()
        total = 0.0
        for line in lines:
            product = self.env["product.product"].browse(line["product_id"])
            product = product.with_context(lang=self._offer_customer().lang)
            uom = self.env["uom.uom"].browse(line["uom_id"])
            price = pricelist._get_product_price(
                product, line["quantity"] or 1, currency=currency, uom=uom
            )
            total += price * line["quantity"]
            line |= {
                "name": product.with_context(lang=self.env.lang).display_name,
                "uom": uom.name,
                "price": price,
                "price_text": currency.format(price),
                "total_text": currency.format(price * line["quantity"]),
            }
        return {
            "lines": lines,
            "pricelist": pricelist.name or "",
            "total": currency.format(total),
        }

    def _offer_pricelist(self):
        """The price list that the rules of offers give the customer, or his own."""
        customer, company = (
            self._offer_customer().commercial_partner_id,
            self.company_id,
        )
        pricelist = self.env["product.pricelist"]
        if customer:
            rules = self.env["crm.offer.rule"]
            plan = rules._plans(customer, company)[customer.id]
            pricelist = rules._plan_pricelist(plan, customer, company)
        return pricelist, pricelist.currency_id or company.currency_id

    def make_quotation(self, lines: list[dict]) -> int:
        """Make a draft of what was chosen, by the rules of offers.

        :return: id of the draft; it becomes an order by its own button, so that what
            stops it there stops it here too
        """
        self.ensure_one()
        self._check_in_hand()
        self.env["sale.order"].check_access("create")
        wanted = [line for line in self._read_basket(lines) if line["quantity"] > 0]
        if not wanted:
            raise UserError(self.env._("Choose at least one product and its quantity."))
        customer = self._offer_customer() or self._make_customer()
        order = self._make_order(customer, wanted)
        # Entries are written by methods only.
        self.sudo().order_ids |= order
        return order.id

    def _make_order(self, customer, wanted: list[dict]):
        rules, company = self.env["crm.offer.rule"], self.company_id
        family = customer.commercial_partner_id
        plan = rules._plans(family, company)[family.id]
        rules._check_plan(plan, family, company)
        basket = [
            Usual(line["product_id"], line["uom_id"], line["quantity"], 0)
            for line in wanted
        ]
        basket, _gone = rules._offered(basket, company)
        deal = self._own_lead()
        if not (deal.partner_id == customer and deal.type == "opportunity"):
            deal = deal.browse()
        order = rules._make_offer(plan, customer, company, basket, deal)
        order.write({"user_id": self.env.uid})
        if self.list_id.campaign_id:
            order.campaign_id = self.list_id.campaign_id
        order._message_log(
            body=self.env._("Made in a call: %(list)s", list=self.list_id.name)
        )
        return order

    def _make_customer(self):
        """A lead that buys becomes a contact."""
        self.lead_id._handle_partner_assignment(create_missing=True)
        # Entries are written by methods only.
        self.sudo().partner_id = self.lead_id.partner_id
        return self.lead_id.partner_id
