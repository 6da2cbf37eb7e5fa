from odoo import fields, models


class CrmScorecard(models.Model):
    """What makes good service: criteria with weights, by which samples of the agents'
    work are reviewed."""

    _name = "crm.scorecard"
    _description = "Score Card"
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    team_ids = fields.Many2many(
        "helpdesk.ticket.team",
        string="Teams",
        check_company=True,
        help="Whose work is reviewed by this card. Empty: that of all teams.",
    )
    reviewer_id = fields.Many2one(
        "res.users",
        required=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        check_company=True,
        help="Who gives the points. Nobody reviews the own work: that goes to the"
        " service manager.",
    )
    sample_count = fields.Integer(
        "Samples",
        required=True,
        default=3,
        help="So many of each agent's tickets of a month are chosen for review.",
    )
    criterion_ids = fields.One2many(
        "crm.scorecard.criterion", "scorecard_id", "Criteria", copy=True
    )
    review_ids = fields.One2many("crm.scorecard.review", "scorecard_id", "Reviews")

    _sample_count_sensible = models.Constraint(
        "CHECK (sample_count BETWEEN 1 AND 100)",
        "Choose 1 to 100 samples for each agent and month.",
    )
