from odoo import fields, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """An order that renews a service contract, or sells what went beyond it."""

    _inherit = "sale.order"

    service_contract_id = fields.Many2one(
        "contract.contract",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    contract_purpose = fields.Selection(
        [("renewal", "Renewal"), ("overuse", "Use beyond the contract")],
        readonly=True,
        copy=False,
    )
    contract_period = fields.Integer(
        readonly=True,
        copy=False,
        aggregator=None,
        help="Which renewal of the contract this order is.",
    )

    def _action_confirm(self):
        result = super()._action_confirm()
        for order in self.filtered(lambda one: one.contract_purpose == "renewal"):
            # sudo: the customer's yes renews the contract, whoever took it down
            order.sudo().service_contract_id._renew_by_order(order.sudo())
        return result

    def _action_cancel(self):
        done = self.filtered(
            lambda one: one.contract_purpose == "renewal" and one.state == "sale"
        )
        if done:
            # sudo: sellers need not see the contract; they are told its name.
            raise UserError(
                self.env._(
                    "%(order)s has renewed the contract “%(contract)s”. Terminate the"
                    " contract instead of cancelling the order.",
                    order=done[0].name,
                    contract=done[0].sudo().service_contract_id.display_name,
                )
            )
        return super()._action_cancel()
