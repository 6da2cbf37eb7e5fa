from odoo import fields, models


class CrmScorecardCriterion(models.Model):
    """One thing that a reviewer looks at, such as: was the question answered?"""

    _name = "crm.scorecard.criterion"
    _description = "Score Card Criterion"
    _order = "sequence, id"

    scorecard_id = fields.Many2one(
        "crm.scorecard", "Score Card", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    name = fields.Char("Criterion", required=True, translate=True)
    description = fields.Char(
        "What Is Looked At",
        translate=True,
        help="So that two reviewers give the same points.",
    )
    weight = fields.Integer(required=True, default=1, aggregator=None)
    points_most = fields.Integer("Most Points", required=True, default=5)

    _weight_positive = models.Constraint(
        "CHECK (weight BETWEEN 1 AND 100)", "The weight of a criterion is 1 to 100."
    )
    _points_positive = models.Constraint(
        "CHECK (points_most BETWEEN 1 AND 100)", "Give 1 to 100 points at most."
    )

    def _prepare_line_vals(self) -> dict:
        self.ensure_one()
        return {
            "criterion_id": self.id,
            "sequence": self.sequence,
            "name": self.name,
            "description": self.description,
            "weight": self.weight,
            "points_most": self.points_most,
        }
