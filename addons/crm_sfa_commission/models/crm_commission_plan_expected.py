from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.commission import period_of


class Goods(NamedTuple):
    """What of some goods may be sold, in the company's currency. A deal whose goods
    are not known yet has no template, and no margin."""

    template: object
    amount: float
    margin: float | None


class CrmCommissionPlan(models.Model):
    """What deals and quotations would earn. It is not stored: prices, tiers and plans
    move on each day."""

    _inherit = "crm.commission.plan"

    @api.model
    def _expected(self, user, company, deals: list[list[Goods]]) -> list[float]:
        """Give what each of some deals would earn a person if it were won now, on top
        of what the period has so far. Quotas do not accelerate it."""
        today = fields.Date.context_today(self)
        # The sums are for the person, who may not read all that they are made of.
        plans = self.sudo()._in_force_on(today, Domain("company_id", "=", company.id))
        totals = [0.0] * len(deals)
        for plan in plans:
            sold = plan._sold_by_rate(user, today)
            if sold is not None:
                for at, goods in enumerate(deals):
                    totals[at] += plan._expected_of(goods, sold)
        return totals

    def _sold_by_rate(self, user, today) -> dict | None:
        """Give what the period that runs has so far, by rate; None to no member."""
        if user not in self._members_in(today, today):
            return None
        sold = dict.fromkeys(self.rate_ids.ids, 0.0)
        for fact in self._facts(user, *period_of(today, self.period)):
            if not fact.is_override and not fact.unrated:
                sold[fact.rate] = self.currency_id.round(sold[fact.rate] + fact.base)
        return sold

    def _expected_of(self, goods: list[Goods], sold: dict) -> float:
        bases = {}
        for part in goods:
            base = part.margin if self.measure == "margin" else part.amount
            if rate := base is not None and self._rate_of(part.template):
                bases[rate] = bases.get(rate, 0.0) + base
        return sum(rate._earns(sold[rate.id], base) for rate, base in bases.items())

    def _rate_of(self, template):
        """Find the narrowest rate for a product; the general one if none is known."""
        if not template:
            return self.rate_ids.filtered(
                lambda rate: not rate.product_tmpl_id and not rate.categ_id
            )
        fitting = self.rate_ids.filtered(lambda rate: rate._covers(template))
        return fitting.sorted(
            lambda rate: (bool(rate.product_tmpl_id), len(rate._scope()[1] or ""))
        )[-1:]
