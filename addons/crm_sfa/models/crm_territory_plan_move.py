from odoo import fields, models

from odoo.addons.crm_base.models.res_partner import VALUE_CLASSES


class CrmTerritoryPlanMove(models.Model):
    """A customer who would come into another territory or get another owner."""

    _name = "crm.territory.plan.move"
    _description = "Customer Moved by a Plan of Territories"
    _order = "plan_id desc, income desc, id"
    _rec_name = "partner_id"

    plan_id = fields.Many2one(
        "crm.territory.plan", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, ondelete="cascade"
    )
    value_class = fields.Selection(VALUE_CLASSES)
    line_from_id = fields.Many2one(
        "crm.territory.plan.line",
        "Territory Today",
        index="btree_not_null",
        ondelete="cascade",
    )
    line_to_id = fields.Many2one(
        "crm.territory.plan.line",
        "Territory After",
        index="btree_not_null",
        ondelete="cascade",
    )
    user_from_id = fields.Many2one("res.users", "Owner Today", ondelete="set null")
    user_to_id = fields.Many2one("res.users", "Owner After", ondelete="set null")
    is_other_owner = fields.Boolean("Another Owner")
    income = fields.Monetary(help="Orders of the last 12 months, without tax.")
    pipeline = fields.Monetary("Open Deals")
    activities = fields.Integer("Load")

    def _important_domain(self) -> list:
        """Those whom one should call before somebody else does."""
        return [("value_class", "=", "a"), ("is_other_owner", "=", True)]
