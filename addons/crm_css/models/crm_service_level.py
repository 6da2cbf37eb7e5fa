from odoo import fields, models


class CrmServiceLevel(models.Model):
    """A grade of service that is sold by contract, such as Gold."""

    _name = "crm.service.level"
    _description = "Service Level"
    _order = "rank desc, name"

    name = fields.Char(required=True, translate=True)
    rank = fields.Integer(
        required=True,
        default=1,
        aggregator=None,
        help="The higher, the better the service. Of two contracts that cover a "
        "ticket, the one with the higher rank is taken.",
    )
    points = fields.Integer(
        "Priority points",
        default=10,
        aggregator=None,
        help="What a contract of this level adds to the priority of a ticket.",
    )
    description = fields.Text(
        translate=True, help="What the customer is promised. Shown on the portal."
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: for all companies.")

    _rank_not_negative = models.Constraint(
        "CHECK (rank >= 0)", "The rank of a service level is zero or more."
    )
