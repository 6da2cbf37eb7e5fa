from odoo import fields, models


class CrmTerritoryPlanOwner(models.Model):
    """What an owner has before and would have after a plan of territories."""

    _name = "crm.territory.plan.owner"
    _description = "Owner in a Plan of Territories"
    _inherit = ["crm.territory.plan.figures"]
    _order = "plan_id desc, income_after desc, id"
    _rec_name = "user_id"

    user_id = fields.Many2one("res.users", "Owner", ondelete="cascade", readonly=True)
