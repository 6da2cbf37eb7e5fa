from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    promise_escalate_to_id = fields.Many2one(
        "res.users",
        "Hears of Overdue Promises",
        domain="[('share', '=', False), ('company_ids', 'in', id)]",
        help="Is told when a promise is overdue or has lost its owner. Empty: the first"
        " manager of the customer base.",
        groups="base.group_user",
    )
    promise_escalate_days = fields.Integer(
        "Days Overdue",
        default=3,
        help="So many days after the due date the manager is told.",
        groups="base.group_user",
    )

    _promise_escalate_days_sensible = models.Constraint(
        "CHECK (promise_escalate_days BETWEEN 1 AND 365)",
        "The manager is told of an overdue promise after 1 to 365 days.",
    )
