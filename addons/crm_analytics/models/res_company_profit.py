from odoo import fields, models

GROUPS = "base.group_system,crm_analytics.crm_analytics_group_user"


class ResCompany(models.Model):
    """What a company's work costs where no document tells it."""

    _inherit = "res.company"

    profit_interest = fields.Float(
        "Interest for Late Payment (% a Year)",
        groups=GROUPS,
        help="What the money costs that customers pay late. 0: it is not counted.",
    )
    profit_ticket_cost = fields.Monetary(
        "Cost of a Ticket",
        groups=GROUPS,
        help="What a ticket costs on which no time is noted. 0: it is not counted.",
    )
    profit_visit_cost = fields.Monetary(
        "Cost of a Visit",
        groups=GROUPS,
        help="The way to a customer and back, whatever time it takes there. 0: it is"
        " not counted.",
    )
    profit_hour_cost = fields.Monetary(
        "Cost of an Hour",
        groups=GROUPS,
        help="What an hour at a customer's costs, where a visit or meeting tells how"
        " long it took. 0: it is not counted.",
    )

    _profit_rates_sensible = models.Constraint(
        "CHECK (profit_interest BETWEEN 0 AND 100 AND profit_ticket_cost >= 0"
        " AND profit_visit_cost >= 0 AND profit_hour_cost >= 0)",
        "Costs are zero or more; the interest is between 0 and 100 % a year.",
    )
