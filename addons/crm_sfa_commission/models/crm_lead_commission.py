from odoo import api, fields, models

from .crm_commission_plan_expected import Goods

SEES_ALL = "sales_team.group_sale_manager"


class CrmLead(models.Model):
    """What a deal would earn the person responsible."""

    _inherit = "crm.lead"

    commission_expected = fields.Monetary(
        "Expected Commission",
        compute="_compute_commission_expected",
        currency_field="company_currency",
        help="Expected revenue, by its probability, at the rate or tier that it would"
        " reach in this period. Only the person responsible and sales managers see it.",
    )

    @api.depends("user_id", "expected_revenue", "probability", "company_id", "type")
    @api.depends_context("uid", "company")
    def _compute_commission_expected(self):
        sees_all = self.env.user.has_group(SEES_ALL)
        deals = self.filtered(
            lambda lead: (
                lead.type == "opportunity"
                and (sees_all or lead.user_id == self.env.user)
            )
        )
        amounts = deals._commission_expected_amounts()
        for lead in self:
            lead.commission_expected = amounts.get(lead, 0)

    def _commission_expected_amounts(self) -> dict:
        """Give what each deal would earn, by its probability."""
        plans, amounts = self.env["crm.commission.plan"], {}
        by_whom = self.filtered("user_id").grouped(
            lambda lead: (lead.user_id, lead.company_id or self.env.company)
        )
        for (user, company), leads in by_whom.items():
            goods = [lead._commission_goods() for lead in leads]
            earned = plans._expected(user, company, goods)
            for lead, amount in zip(leads, earned, strict=True):
                amounts[lead] = amount * lead.probability / 100
        return amounts

    def _commission_goods(self) -> list[Goods]:
        """The goods of the newest open quotation, at the amount of the deal; without
        one the goods are not known yet."""
        # The quotation may be a colleague's.
        offers_sudo = self.sudo().order_ids.filtered(
            lambda order: order.state in ("draft", "sent")
        )
        newest = offers_sudo.sorted("id")[-1:]
        goods = newest._commission_goods() if newest else []
        total = sum(part.amount for part in goods)
        if not total:
            return [Goods(None, self.expected_revenue, None)]
        scale = self.expected_revenue / total
        return [
            Goods(part.template, part.amount * scale, part.margin * scale)
            for part in goods
        ]
