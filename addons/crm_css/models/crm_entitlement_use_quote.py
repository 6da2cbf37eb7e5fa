from markupsafe import Markup

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_date


class CrmEntitlementUse(models.Model):
    """What was used beyond the contract becomes a quotation, once."""

    _inherit = "crm.entitlement.use"

    @api.model
    def _not_quoted_domain(self) -> Domain:
        """Tell what is beyond the contract, and neither offered nor taken back."""
        return (
            Domain("overuse_quantity", ">", 0)
            & Domain("is_quoted", "=", False)
            & Domain("reversed_by_ids", "=", False)
        )

    def action_quote(self):
        """Offer what could not be offered at once, as no product was named."""
        self.contract_id.check_access("write")
        self.filtered_domain(self._not_quoted_domain())._quote()

    def _quote(self):
        """Put what goes beyond the contract on a quotation of the customer."""
        # sudo: an agent books what was done; the quotation is for sales to send
        for use_sudo in self.sudo():
            if use_sudo.reverses_id:
                use_sudo.reverses_id._unquote()
            elif not use_sudo.order_line_ids:
                use_sudo._quote_one()

    def _quote_one(self):
        contract = self.contract_id
        if not contract[f"{self.kind}_product_id"]:
            contract._message_log(
                body=self.env._(
                    "%(quantity)s of %(kind)s beyond the contract are not offered yet:"
                    " name the product that the customer buys (page Entitlement).",
                    quantity=f"{self.overuse_quantity:g}",
                    kind=self._kind_label(),
                )
            )
            return
        order = contract._overuse_order()
        line = self.env["sale.order.line"].create(self._prepare_order_line(order))
        contract._message_log(
            body=Markup("%s %s")
            % (
                self.env._(
                    "Beyond the contract, and offered: %(what)s.", what=line.name
                ),
                order._get_html_link(),
            )
        )

    def _prepare_order_line(self, order) -> dict:
        contract = self.contract_id
        words = [
            format_date(self.env, self.date, lang_code=order.partner_id.lang),
            self.ticket_id.display_name,
            self.note,
        ]
        product = contract[f"{self.kind}_product_id"].with_context(
            lang=order.partner_id.lang
        )
        return {
            "order_id": order.id,
            "product_id": product.id,
            "product_uom_qty": self.overuse_quantity,
            "name": f"{product.display_name}: {', '.join(filter(None, words))}",
            "entitlement_use_id": self.id,
        }

    def _unquote(self):
        """Take the line back while the customer has not agreed; else tell sales."""
        for line in self.order_line_ids:
            if line.state in ("draft", "sent"):
                line.unlink()
            elif line.state == "sale":
                line.order_id._message_log(
                    body=self.env._(
                        "The use behind “%(line)s” was taken back. Check the order.",
                        line=line.name,
                    )
                )

    def _kind_label(self) -> str:
        return dict(self._fields["kind"]._description_selection(self.env))[self.kind]
