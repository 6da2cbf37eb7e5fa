from odoo import api, models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.constrains("price_unit", "discount", "product_uom_qty", "product_id")
    def _check_approval(self):
        """An order does not get below its limits after it was confirmed."""
        confirmed = self.order_id.filtered(lambda order: order.state == "sale")
        confirmed._approval_check({"discount", "margin"})

    def _approval_list_price(self, pricelist) -> float:
        """The price in the price list, for this quantity on the day of the order."""
        self.ensure_one()
        if self.product_type == "combo":
            return 0.0
        if self.combo_item_id:
            return self._get_combo_item_display_price()
        line = self.with_company(self.company_id)
        product = line.product_id.with_context(**line._get_product_price_context())
        price = pricelist._get_product_price(
            product,
            quantity=line.product_uom_qty or 1.0,
            currency=line.currency_id,
            uom=line.product_uom_id,
            date=line._get_order_date(),
        )
        taxes = line.product_id.taxes_id._filter_taxes_by_company(line.company_id)
        return line.product_id._get_tax_included_unit_price_from_price(
            price,
            product_taxes=taxes,
            fiscal_position=line.order_id.fiscal_position_id,
        )

    def _approval_cost(self) -> float:
        """The cost of one, in the currency of the order."""
        self.ensure_one()
        line = self.with_company(self.company_id)
        cost = line.product_id.uom_id._compute_price(
            line.product_id.standard_price, line.product_uom_id
        )
        known = line._convert_to_sol_currency(cost, line.product_id.cost_currency_id)
        return max(known, line.purchase_price)
