from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.commission import tier_of, tier_parts, tier_problem


class CrmCommissionRate(models.Model):
    """What goods earn: one rate, or tiers of what is sold of them in the period. Of
    several rates that fit a product, the narrowest holds."""

    _name = "crm.commission.rate"
    _description = "Commission Rate"
    _inherit = ["crm.commission.part"]
    _order = "plan_id, product_tmpl_id, categ_id, id"

    plan_id = fields.Many2one(
        "crm.commission.plan", required=True, index=True, ondelete="cascade"
    )
    product_tmpl_id = fields.Many2one(
        "product.template", "Product", index="btree_not_null", ondelete="restrict"
    )
    categ_id = fields.Many2one(
        "product.category",
        "Product Category",
        index="btree_not_null",
        ondelete="restrict",
        help="With the categories below it. Without product and category: all goods.",
    )
    mode = fields.Selection(
        [
            ("flat", "One rate"),
            ("whole", "Tiers: the tier reached holds for the whole amount"),
            ("marginal", "Tiers: each holds for the part within it"),
        ],
        "How",
        required=True,
        default="flat",
    )
    rate = fields.Float(
        "Rate %",
        digits=(16, 2),
        help="Zero: these goods earn nothing, even if their category does.",
    )
    tier_ids = fields.One2many("crm.commission.tier", "rate_id", "Tiers", copy=True)
    summary = fields.Char("Pays", compute="_compute_summary")

    _not_below_zero = models.Constraint("CHECK(rate >= 0)", "A rate is not below zero.")
    _one_scope = models.Constraint(
        "CHECK(product_tmpl_id IS NULL OR categ_id IS NULL)",
        "A rate is for a product or for a category, not for both.",
    )

    @api.depends("product_tmpl_id", "categ_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for rate in self:
            # Whoever reads a plan may know for which goods it pays.
            goods = rate.sudo().product_tmpl_id or rate.sudo().categ_id
            rate.display_name = goods.display_name or self.env._("All goods")

    @api.depends("mode", "rate", "tier_ids.amount_from", "tier_ids.amount_to",
                 "tier_ids.rate")  # fmt: skip
    @api.depends_context("lang")
    def _compute_summary(self):
        for rate in self:
            tiers = [tier.display_name for tier in rate.tier_ids]
            flat = self._percent(rate.rate)
            rate.summary = flat if rate.mode == "flat" else "; ".join(tiers)

    @api.constrains("plan_id", "product_tmpl_id", "categ_id")
    def _check_once(self):
        for rate in self:
            same = (rate.plan_id.rate_ids - rate).filtered(
                lambda other, one=rate: (
                    other.product_tmpl_id == one.product_tmpl_id
                    and other.categ_id == one.categ_id
                )
            )
            if same:
                raise ValidationError(
                    self.env._(
                        "%(plan)s has two rates for %(goods)s. Take one away.",
                        plan=rate.plan_id.display_name,
                        goods=rate.display_name,
                    )
                )

    def _check_tiers(self):
        """Refuse tiers with gaps or overlaps, and name the place."""
        for rate in self.filtered(lambda rate: rate.mode != "flat"):
            tiers = rate._tiers()
            problem = tier_problem(tiers) if tiers else ("none", 0, 0)
            if problem:
                rate._refuse_tiers(*problem)

    def _refuse_tiers(self, problem: str, low: float, high: float):
        messages = {
            "none": self.env._("there are none. Add some, or choose one rate"),
            "gap": self.env._("nothing is said between %(low)s and %(high)s"),
            "overlap": self.env._("two hold between %(low)s and %(high)s"),
            "open": self.env._(
                "the one from %(low)s, which is not the last, has no end"
            ),
            "closed": self.env._(
                "nothing is said above %(high)s. Let the last be open"
            ),
            "empty": self.env._(
                "the one from %(low)s ends at %(high)s, before it begins"
            ),
        }
        shown = {
            name: self.env["crm.commission.tier"]._shown_in(amount, self.plan_id)
            for name, amount in (("low", low), ("high", high))
        }
        raise ValidationError(
            self.env._(
                "The tiers of %(goods)s in %(plan)s: %(problem)s.",
                goods=self.display_name,
                plan=self.plan_id.display_name,
                problem=messages[problem] % shown,
            )
        )

    def _tiers(self) -> list:
        tiers = self.tier_ids.sorted(lambda tier: (tier.amount_from, tier.id))
        return [tier._as_tier() for tier in tiers]

    def _earns(self, sold: float, base: float) -> float:
        """Give what an amount on top of what is sold already would earn."""
        return sum(part * percent / 100 for part, percent, _ in self._cut(sold, base))

    def _cut(self, sold: float, base: float, total: float | None = None) -> list:
        """Cut an amount into (part, rate in percent, id of the tier).

        :param total: what is sold in the whole period; without it, this amount is the
            last one
        """
        if self.mode == "flat":
            return [(base, self.rate, False)]
        tiers = self._tiers()
        if self.mode == "whole":
            if total is None:
                total = self.plan_id.currency_id.round(sold + base)
            tier = tier_of(total, tiers)
            return [(base, tier.rate, tier.id)]
        parts = tier_parts(sold, base, tiers)
        return [(part, tier.rate, tier.id) for tier, part in parts]

    def _scope(self) -> tuple[int | None, str | None]:
        """The product, and the path of the category, that limit the rate."""
        return self.product_tmpl_id.id or None, self.categ_id.parent_path or None

    def _covers(self, template) -> bool:
        if self.product_tmpl_id:
            return self.product_tmpl_id == template
        path = template.categ_id.parent_path or ""
        return path.startswith(self.categ_id.parent_path or "")

    def _overlaps(self, other) -> bool:
        """Tell whether the same goods may fall under both rates."""
        if self.product_tmpl_id and other.product_tmpl_id:
            return self.product_tmpl_id == other.product_tmpl_id
        if self.product_tmpl_id or other.product_tmpl_id:
            one, two = (self, other) if self.product_tmpl_id else (other, self)
            return two._covers(one.product_tmpl_id)
        one, two = (rate.categ_id.parent_path or "" for rate in (self, other))
        return one.startswith(two) or two.startswith(one)
