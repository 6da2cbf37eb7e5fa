from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    approval_on_send = fields.Boolean(
        "Approve before Sending",
        default=True,
        help="A quotation that passes limits is not sent, printed or shown to the"
        " customer before it is approved. Without it, only its confirmation waits.",
        groups="base.group_user",
    )
    double_offer_days = fields.Integer(
        "Warn of Double Offers",
        default=30,
        help="Whoever sends a quotation is warned if a colleague offered the same to"
        " this customer in so many days; 0: no warning.",
        groups="base.group_user",
    )
    double_offer_by = fields.Selection(
        [
            ("product", "The same product"),
            ("category", "The same product, or one of the same category"),
        ],
        "The Same Is",
        required=True,
        default="category",
        groups="base.group_user",
    )

    _double_offer_days_sensible = models.Constraint(
        "CHECK (double_offer_days BETWEEN 0 AND 730)",
        "Double offers are looked for in 0 to 730 days.",
    )
