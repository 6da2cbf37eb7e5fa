from odoo import api, fields, models


class CrmCommissionAccelerator(models.Model):
    """By how much all that a person earns is multiplied, once so much of the quota of
    the period is attained."""

    _name = "crm.commission.accelerator"
    _description = "Commission Accelerator"
    _inherit = ["crm.commission.part"]
    _order = "plan_id, attainment"

    plan_id = fields.Many2one(
        "crm.commission.plan", required=True, index=True, ondelete="cascade"
    )
    attainment = fields.Float(
        "From % of the Quota", required=True, default=100, digits=(16, 1)
    )
    multiplier = fields.Float(required=True, default=1.2, digits=(16, 2))

    _once = models.Constraint(
        "UNIQUE(plan_id, attainment)", "Two accelerators begin at the same attainment."
    )
    _positive = models.Constraint(
        "CHECK(attainment >= 0 AND multiplier > 0)",
        "An accelerator multiplies by more than zero, from an attainment that is not"
        " below zero.",
    )

    @api.depends("attainment", "multiplier")
    def _compute_display_name(self):
        for step in self:
            step.display_name = (
                f"≥ {self._percent(step.attainment)}: × {step.multiplier:g}"
            )
