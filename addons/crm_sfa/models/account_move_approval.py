from odoo import api, fields, models


class AccountMove(models.Model):
    """A credit note is posted within the limits of who posts it."""

    _name = "account.move"
    _inherit = ["account.move", "crm.approval.mixin"]

    approval_ids = fields.One2many("crm.approval", "move_id", "Approvals")

    @api.model
    def _approval_field(self):
        return "move_id"

    @api.model
    def _approval_kinds(self):
        return {"refund"}

    def _approval_salesperson(self):
        return self.invoice_user_id

    @api.depends_context("uid")
    @api.depends("state", "amount_untaxed", "move_type", "approval_ids.state")
    def _compute_approval(self):
        refunds = self.filtered(
            lambda move: move.move_type == "out_refund" and move.state == "draft"
        )
        others = self - refunds
        others.approval_state, others.approval_hint = "free", False
        return super(AccountMove, refunds)._compute_approval()

    def _approval_values(self, kinds):
        return {"refund": abs(self.amount_untaxed_signed)} if "refund" in kinds else {}

    def _approval_size(self):
        return self.amount_untaxed

    def _approval_goods(self):
        lines = self.invoice_line_ids.filtered(lambda line: line.product_id)
        return "\n".join(
            self.env._(
                "%(quantity)s × %(product)s, %(price)s",
                quantity=f"{line.quantity:g}",
                product=line.product_id.display_name,
                price=self.currency_id.format(line.price_subtotal),
            )
            for line in lines[:20]
        )

    def _post(self, soft=True):
        self.filtered(lambda move: move.move_type == "out_refund")._approval_check()
        return super()._post(soft=soft)
