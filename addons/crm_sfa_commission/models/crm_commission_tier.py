from odoo import api, fields, models
from odoo.tools.misc import formatLang

from ..tools.commission import Tier


class CrmCommissionTier(models.Model):
    """The rate for what lies between two amounts of the period."""

    _name = "crm.commission.tier"
    _description = "Commission Tier"
    _inherit = ["crm.commission.part"]
    _order = "rate_id, amount_from, id"

    rate_id = fields.Many2one(
        "crm.commission.rate", required=True, index=True, ondelete="cascade"
    )
    plan_id = fields.Many2one(related="rate_id.plan_id")
    currency_id = fields.Many2one(related="rate_id.plan_id.currency_id")
    amount_from = fields.Monetary("From", required=True)
    amount_to = fields.Monetary("To", help="Zero: without an upper bound.")
    rate = fields.Float("Rate %", required=True, digits=(16, 2))

    @api.depends("amount_from", "amount_to", "rate")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for tier in self:
            low = self._shown_in(tier.amount_from, tier.plan_id)
            high = self._shown_in(tier.amount_to, tier.plan_id)
            span = f"{low} – {high}" if tier.amount_to else f"≥ {low}"
            tier.display_name = f"{span}: {tier._percent(tier.rate)}"

    @api.model
    def _shown_in(self, amount: float, plan) -> str:
        return formatLang(self.env, amount, currency_obj=plan.currency_id)

    def _as_tier(self) -> Tier:
        end = self.amount_to or None
        return Tier(self.amount_from, end, self.rate, self.id)
