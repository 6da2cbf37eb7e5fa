from odoo import api, fields, models

GROUP = "crm_analytics.crm_analytics_group_user"


class ResPartner(models.Model):
    """What a customer earns us, as it was computed last."""

    _inherit = "res.partner"

    crm_profit_id = fields.Many2one(
        "crm.customer.profit",
        "Profit as Computed Last",
        compute="_compute_crm_profit_id",
        groups=GROUP,
    )
    crm_profit = fields.Monetary(
        "Profit",
        compute="_compute_crm_profit_id",
        currency_field="crm_profit_currency_id",
        groups=GROUP,
    )
    crm_profit_currency_id = fields.Many2one(
        "res.currency",
        "Currency of the Profit",
        compute="_compute_crm_profit_id",
        groups=GROUP,
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("company")
    def _compute_crm_profit_id(self):
        found = self.env["crm.customer.profit"].search(
            [
                ("run_id.is_latest", "=", True),
                ("company_id", "=", self.env.company.id),
                ("partner_id", "in", self.commercial_partner_id.ids),
            ]
        )
        by_customer = {row.partner_id: row for row in found}
        for partner in self:
            row = by_customer.get(partner.commercial_partner_id, found.browse())
            partner.crm_profit_id = row
            partner.crm_profit = row.profit
            partner.crm_profit_currency_id = row.currency_id

    @api.readonly
    def action_open_crm_profit(self) -> dict:
        """Open the customer's profit, as it was computed last."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Profit"),
            "res_model": "crm.customer.profit",
            "res_id": self.crm_profit_id.id,
            "views": [(False, "form")],
        }
