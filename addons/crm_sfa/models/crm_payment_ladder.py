from odoo import fields, models

from odoo.addons.crm_base.models.res_partner import VALUE_CLASSES


class CrmPaymentLadder(models.Model):
    """The steps by which customers of some kind are asked for overdue payments."""

    _name = "crm.payment.ladder"
    _description = "Payment Reminder Ladder"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(
        default=10, help="Of several ladders for a customer the first one counts."
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    value_class = fields.Selection(
        VALUE_CLASSES, "Class", help="Only customers of this class; empty: of any."
    )
    territory_id = fields.Many2one(
        "crm.territory",
        index="btree_not_null",
        check_company=True,
        help="With the territories below it; empty: all.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Calls and Letters",
        check_company=True,
        domain="[('share', '=', False)]",
        help="Who calls and posts letters where the customer has no salesperson.",
    )
    manager_id = fields.Many2one(
        "res.users",
        "Escalate to",
        check_company=True,
        domain="[('share', '=', False)]",
        help="Empty: the leader of the team of the customer's salesperson.",
    )
    step_ids = fields.One2many("crm.payment.ladder.step", "ladder_id", copy=True)

    def copy_data(self, default=None):
        return [
            vals | {"name": self.env._("%(name)s (copy)", name=ladder.name)}
            for ladder, vals in zip(self, super().copy_data(default), strict=True)
        ]
