from odoo import api, fields, models
from odoo.fields import Domain

GROUPS = "sales_team.group_sale_salesman,account.group_account_invoice"


class AccountMove(models.Model):
    """An invoice that a customer disputes is not asked for."""

    _inherit = "account.move"

    dispute_hint = fields.Char(
        "Disputed", compute="_compute_dispute_hint", groups=GROUPS
    )

    @api.depends("commercial_partner_id", "payment_state")
    def _compute_dispute_hint(self):
        disputes = self.env["crm.payment.dispute"].search(
            Domain("state", "=", "open")
            & Domain("partner_id", "in", self.commercial_partner_id.ids)
        )
        for move in self:
            mine = disputes.filtered(
                lambda dispute, move=move: (
                    dispute.partner_id == move.commercial_partner_id
                    and dispute.company_id == move.company_id
                    and dispute.move_id in (move, move.browse())
                    and not dispute.is_over
                )
            )
            shown = move.move_type == "out_invoice" and mine
            move.dispute_hint = "; ".join(mine.mapped("reason")) if shown else False

    def action_dispute(self) -> dict:
        """Say that the customer does not accept this invoice."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Dispute"),
            "res_model": "crm.payment.dispute",
            "views": [(False, "form")],
            "context": {
                "default_move_id": self.id,
                "default_partner_id": self.commercial_partner_id.id,
                "default_company_id": self.company_id.id,
            },
        }
