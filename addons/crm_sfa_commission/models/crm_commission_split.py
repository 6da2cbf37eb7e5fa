from odoo import fields, models


class CrmCommissionSplit(models.Model):
    """A person's share in what an order earns. Shares are written all at once, by the
    window that sees to it that they make the whole."""

    _name = "crm.commission.split"
    _description = "Share in the Commission of an Order"
    _order = "order_id, share desc, id"
    _rec_name = "user_id"

    order_id = fields.Many2one(
        "sale.order", required=True, index=True, ondelete="cascade"
    )
    user_id = fields.Many2one(
        "res.users", "Person", required=True, index=True, ondelete="restrict"
    )
    share = fields.Float("Share %", required=True, digits=(16, 2))

    _once = models.Constraint(
        "UNIQUE(order_id, user_id)", "A person has one share in an order."
    )
    _positive = models.Constraint(
        "CHECK(share > 0 AND share <= 100)",
        "A share is more than zero, and at most 100 %.",
    )
