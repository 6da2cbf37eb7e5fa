from odoo import api, fields, models
from odoo.exceptions import ValidationError

REGULAR_ORDERS = 2
SLEEPING_DAYS = 180
LOST_DAYS = 365


class CrmRelationshipRule(models.Model):
    """When one of our companies takes a customer for a regular one, for sleeping, and
    for lost. A company without a rule goes by the defaults."""

    _name = "crm.relationship.rule"
    _description = "Relationship Stages of a Company"
    _rec_name = "company_id"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    regular_orders = fields.Integer(
        "Regular From",
        required=True,
        default=REGULAR_ORDERS,
        help="So many orders without a long pause make a regular customer.",
    )
    sleeping_days = fields.Integer(
        "Sleeping After",
        required=True,
        default=SLEEPING_DAYS,
        help="So many days without an order.",
    )
    lost_days = fields.Integer(
        "Lost After",
        required=True,
        default=LOST_DAYS,
        help="So many days without an order.",
    )

    _company_uniq = models.Constraint(
        "UNIQUE (company_id)", "This company has a rule already. Change that one."
    )

    @api.constrains("regular_orders", "sleeping_days", "lost_days")
    def _check_order(self):
        for rule in self:
            if rule.regular_orders < 1 or not 0 < rule.sleeping_days < rule.lost_days:
                raise ValidationError(
                    self.env._(
                        "%(company)s: a customer becomes regular with one order or"
                        " more, falls asleep after one day or more, and is lost later"
                        " than that.",
                        company=rule.company_id.name,
                    )
                )
