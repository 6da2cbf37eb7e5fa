from odoo import fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        copy=False,
        help="The ticket for which this credit note was made.",
    )

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals:
            # Who posts invoices need not see orders.
            invoices_sudo = self.sudo().filtered(
                lambda move: move.move_type in ("out_invoice", "out_refund")
            )
            invoices_sudo.invoice_line_ids.sale_line_ids._sync_owned()
        return result
