from odoo import fields, models

KINDS = [
    ("quantity", "Unusual quantity"),
    ("price", "Unusual price"),
    ("discount", "Unusual discount"),
    ("size", "Unusually large order"),
    ("late", "Late delivery"),
    ("unpaid", "Unpaid"),
    ("uninvoiced", "Delivered, not invoiced"),
]
# Compared with the customer's own orders before; the others count days.
BY_HISTORY = ("quantity", "price", "discount", "size")


class CrmOrderRule(models.Model):
    """What makes a confirmed order abnormal, and who is told. It stops no sale."""

    _name = "crm.order.rule"
    _description = "Rule for Abnormal Orders"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    kind = fields.Selection(KINDS, "What", required=True, default="quantity")
    times = fields.Float(
        "Times the Usual Spread",
        default=4,
        help="How many times farther from the usual than the customer's orders are as a"
        " rule. The usual is the median of his orders before, so that one odd order"
        " spoils nothing; 3 is sensitive, 6 finds the gross ones only.",
    )
    least_orders = fields.Integer(
        "At Least So Many Orders",
        default=3,
        help="With fewer orders of the same product before, nothing is usual yet.",
    )
    last_orders = fields.Integer(
        "Of the Last Orders",
        default=12,
        help="So many orders before this one are compared, in the same currency and"
        " not older than 24 months.",
    )
    days = fields.Integer(
        default=7,
        help="Days after the promised date, after the payment was due, or after the"
        " delivery.",
    )
    tell = fields.Selection(
        [
            ("nobody", "Nobody"),
            ("owner", "The salesperson"),
            ("manager", "The leader of the sales team"),
            ("both", "Both"),
        ],
        required=True,
        default="owner",
        help="The flag stands on the order in any case.",
    )
    by_activity = fields.Boolean(
        "Plan an Activity", help="Instead of a notification: it stays until it is done."
    )
    flag_ids = fields.One2many("crm.order.flag", "rule_id", "Flags")

    _times_sensible = models.Constraint(
        "CHECK (kind NOT IN ('quantity', 'price', 'discount', 'size')"
        " OR times BETWEEN 1 AND 1000)",
        "A figure is unusual at 1 to 1000 times the usual spread: below that, half of"
        " all orders would be.",
    )
    _orders_sensible = models.Constraint(
        "CHECK (kind NOT IN ('quantity', 'price', 'discount', 'size')"
        " OR (least_orders >= 2 AND last_orders <= 100"
        " AND least_orders <= last_orders))",
        "A rule compares 2 to 100 orders, and cannot ask for more of them than it"
        " compares.",
    )
    _days_sensible = models.Constraint(
        "CHECK (kind IN ('quantity', 'price', 'discount', 'size')"
        " OR days BETWEEN 1 AND 3650)",
        "The days of a rule are from 1 to 3650.",
    )
    _once = models.UniqueIndex(
        "(company_id, kind,"
        " (CASE WHEN kind IN ('quantity', 'price', 'discount', 'size')"
        " THEN times ELSE days END)) WHERE active",
        "There is a rule of this kind with the same threshold already.",
    )
