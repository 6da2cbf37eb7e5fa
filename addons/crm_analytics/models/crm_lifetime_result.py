from odoo import fields, models

CHURN = [
    ("alive", "Alive"),
    ("risk", "At Risk"),
    ("gone", "Gone"),
    ("once", "One Order Only"),
]


class CrmLifetimeResult(models.Model):
    """What one computation says of a customer. A commercial family is one customer; all
    orders of a day are one."""

    _name = "crm.lifetime.result"
    _description = "Lifetime Value of a Customer"
    _order = "lifetime_value desc, id"
    _rec_name = "partner_id"
    # Written by the job, in bulk, and by nobody else.
    _log_access = False

    run_id = fields.Many2one(
        "crm.lifetime.run",
        "Computation",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    orders = fields.Integer(
        readonly=True, help="Days with an order in the period, the first one included."
    )
    date_first = fields.Date("First Order", readonly=True)
    date_last = fields.Date("Last Order", readonly=True)
    recency = fields.Float(
        "Weeks to Last Order",
        digits=(16, 1),
        readonly=True,
        aggregator="avg",
        help="From the first order to the last one.",
    )
    age = fields.Float(
        "Weeks since First Order", digits=(16, 1), readonly=True, aggregator="avg"
    )
    amount = fields.Monetary(
        "Brought so Far",
        readonly=True,
        help="Turnover or margin in the period, refunds subtracted.",
    )
    probability = fields.Float(
        "Probability Alive",
        digits=(16, 4),
        readonly=True,
        aggregator="avg",
        help="The probability that this customer will order again at all. Who ordered"
        " once only has had no order after which to leave, so it says nothing there.",
    )
    probability_before = fields.Float(
        digits=(16, 4),
        readonly=True,
        aggregator="avg",
        help="The same, before the weeks that were held out.",
    )
    probability_change = fields.Float(
        "Change of Probability", digits=(16, 4), readonly=True, aggregator="avg"
    )
    churn = fields.Selection(
        CHURN,
        "Class",
        required=True,
        readonly=True,
        help="By the limits of the computation. One Order Only: nobody knows yet.",
    )
    expected_orders = fields.Float(
        digits=(16, 2),
        readonly=True,
        help="Orders to expect in the months ahead, on average.",
    )
    expected_low = fields.Integer(
        "Orders at Least",
        readonly=True,
        aggregator=None,
        help="In four cases of five the orders lie between this and the next figure.",
    )
    expected_high = fields.Integer("Orders at Most", readonly=True, aggregator=None)
    expected_amount = fields.Monetary(
        "Amount per Order", readonly=True, aggregator="avg"
    )
    lifetime_value = fields.Monetary(
        readonly=True,
        help="What the orders of the months ahead will bring on average, discounted to"
        " the end of the period.",
    )
    value_low = fields.Monetary(
        "Value at Least",
        readonly=True,
        aggregator=None,
        help="In four cases of five the value lies between this and the next figure.",
    )
    value_high = fields.Monetary("Value at Most", readonly=True, aggregator=None)
    date_next = fields.Date(
        "Next Order",
        readonly=True,
        help="If the customer is alive, an order comes before this day as probably as"
        " after it. Empty: not within the months ahead, or gone.",
    )
    is_valuable = fields.Boolean(
        "Brought Most", readonly=True, help="One of the tenth who brought most so far."
    )
    is_top = fields.Boolean(
        "Top Value", readonly=True, help="One of the tenth with the highest value."
    )
    tested_repeats = fields.Integer(
        "Repeat Orders before Test", readonly=True, aggregator=None
    )
    tested_expected = fields.Float("Expected in Test", digits=(16, 2), readonly=True)
    tested_real = fields.Integer("Real in Test", readonly=True)
