from datetime import date

from odoo import fields, models

from ..tools.entitlement import Cover


class ContractContract(models.Model):
    """Which tickets a service contract covers."""

    _inherit = "contract.contract"

    def _covers(self, ticket, days: set[date]) -> bool:
        """Tell whether the contract covers a ticket on one of the days."""
        self.ensure_one()
        people, products = self.covered_partner_ids, self.covered_product_ids
        place, product = ticket.territory_id, ticket.product_id
        return (
            self.company_id.id == ticket.company_id._origin.id
            and any(self._runs_on(day) for day in days)
            and (not people or ticket.partner_id._origin.id in people.ids)
            and (not products or not product or product._origin.id in products.ids)
            and (not self.territory_id or not place or self._contains(place))
        )

    def _covers_item(self, item) -> bool:
        """Tell whether the contract, while it runs, covers what a customer owns."""
        self.ensure_one()
        products = self.covered_product_ids
        return self.company_id == item.company_id and (
            not products or item.product_id in products
        )

    def _cover_label(self) -> str:
        """Name the contract with what it sells, such as "Contract 17 (Gold)"."""
        self.ensure_one()
        name = self.name or self.code
        level = self.service_level_id.name
        return f"{name} ({level})" if level else name

    def _contains(self, place) -> bool:
        path = place._origin.sudo().parent_path or ""  # where it lies, not whose it is
        return path.startswith(self.territory_id.parent_path or "/")

    def _runs_on(self, day: date) -> bool:
        """Tell whether the customer is served under the contract on a day."""
        if not self.service_start or day < self.service_start:
            return False
        if self.is_terminated:
            return day <= self.terminate_date
        goes_on = self.renewal_kind == "tacit" or not self.service_end
        return goes_on or day <= self.service_end

    def _best(self):
        """Give the contract with the best level; of several, the one that ends last."""
        return max(
            self,
            key=lambda one: (
                one.service_level_id.rank,
                one._last_day() or date.max,
                -one.id,
            ),
            default=self.browse(),
        )

    def _cover(self) -> Cover:
        self.ensure_one()
        text = self._cover_text()
        today = fields.Date.context_today(self)
        if not self._runs_on(today):
            text = self.env._("%(text)s (no longer running)", text=text)
            return Cover(True, text, "warning")
        used_up = any(
            self[f"included_{kind}"] and not self[f"{kind}_left"]
            for kind in ("hours", "visits", "tickets")
        )
        return Cover(True, text, "danger" if used_up else "success")
