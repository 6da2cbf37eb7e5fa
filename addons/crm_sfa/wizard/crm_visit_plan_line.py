from odoo import fields, models


class CrmVisitPlanLine(models.TransientModel):
    """A customer who may be visited on the day of a plan."""

    _name = "crm.visit.plan.line"
    _description = "Customer in a Plan of Visits"
    _order = "id"

    plan_id = fields.Many2one(
        "crm.visit.plan", required=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, ondelete="cascade"
    )
    is_chosen = fields.Boolean("Visit", default=True)
    # Not with all rights, as related fields are: anybody may name any contact here.
    value_class = fields.Selection(
        related="partner_id.value_class", related_sudo=False, string="Class"
    )
    city = fields.Char(related="partner_id.city", related_sudo=False)
    date_due = fields.Date("Contact Due", readonly=True)
    distance = fields.Float("Kilometres", digits=(16, 1), readonly=True)
    has_place = fields.Boolean("On the Map", compute="_compute_has_place")

    def _compute_has_place(self):
        for line in self:
            line.has_place = bool(line.partner_id._place())
