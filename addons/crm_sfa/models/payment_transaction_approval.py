from odoo import models


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _check_amount_and_confirm_order(self):
        """What was paid while the quotation got worse waits for the approval: the
        money is booked, and the salesperson is told."""
        held = self.filtered(
            lambda one: any(
                not order._may_be_accepted() for order in one.sale_order_ids
            )
        )
        for order in held.sale_order_ids.filtered(
            lambda one: one.state in ("draft", "sent")
        ):
            order.message_post(
                body=self.env._(
                    "The customer paid, but this quotation passes limits and was not"
                    " approved. Ask for approval, then confirm it."
                ),
                partner_ids=order.user_id.partner_id.ids,
                subtype_xmlid="mail.mt_note",
            )
        return super(PaymentTransaction, self - held)._check_amount_and_confirm_order()
