from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmScorecardReviewLine(models.Model):
    """The points for one criterion. Weight and most points are those of the day of the
    review, so that a changed card does not change old results."""

    _name = "crm.scorecard.review.line"
    _description = "Points for a Criterion"
    _order = "sequence, id"

    review_id = fields.Many2one(
        "crm.scorecard.review", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    criterion_id = fields.Many2one(
        "crm.scorecard.criterion",
        "Of the Score Card",
        index="btree_not_null",
        ondelete="set null",
    )
    name = fields.Char("Criterion", required=True)
    description = fields.Char("What Is Looked At")
    weight = fields.Integer(required=True, default=1, aggregator=None)
    points_most = fields.Integer("Of", required=True, default=5, aggregator=None)
    points = fields.Integer(aggregator="avg")
    skipped = fields.Boolean("Does Not Apply", help="It is left out of the result.")
    comment = fields.Char()

    _points_range = models.Constraint(
        "CHECK (points BETWEEN 0 AND points_most AND points_most > 0 AND weight > 0)",
        "Give from zero to the most points of the criterion.",
    )

    @api.constrains("points", "review_id")
    def _check_review_is_open(self):
        if done := self.filtered(lambda line: line.review_id.state == "done")[:1]:
            raise ValidationError(
                self.env._(
                    "“%(name)s” is reviewed, and the agent has seen the points. Reopen"
                    " the review to change them.",
                    name=done.review_id.display_name,
                )
            )
