from odoo import models
from odoo.fields import Domain

from odoo.addons.crm_base.tools.forget import Part, scrub

PAYER = (
    "partner_name",
    "partner_email",
    "partner_address",
    "partner_zip",
    "partner_city",
    "partner_phone",
)


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _forget_parts(self):
        mine = Domain("partner_id", "in", self.ids)
        by_mail = Domain("email_normalized", "in", self._forget_mails())
        by_phone = Domain("phone_sanitized", "in", self._forget_numbers())
        return [
            *super()._forget_parts(),
            Part(
                "crm.lead",
                mine | by_mail | by_phone,
                clear=self._forget_texts("crm.lead")
                | {"name": self._forgotten_name(), "partner_name": None},
            ),
            scrub("crm.lead", "name", "contact_name", "description", "referred"),
            Part("payment.transaction", mine, clear=dict.fromkeys(PAYER)),
            scrub("payment.transaction", *PAYER, "state_message"),
            scrub("sale.order", "client_order_ref", "signed_by", "note"),
            scrub("sale.order.line", "name"),
            scrub("account.move", "narration", "ref", "invoice_source_email"),
            *self._forget_lawful_parts(),
        ]

    def _forget_lawful_parts(self):
        """The books are not changed: only the name of the contact follows."""
        reason = self._forget_law()
        of_mine = Domain("partner_id", "in", self.ids)
        return [
            Part("sale.order", of_mine, reason=reason),
            Part("account.move", of_mine, reason=reason),
            Part("account.payment", of_mine, kept_in=("memo",), reason=reason),
            Part(
                "account.move.line",
                mentioned=("name", "ref"),
                kept_in=("name", "ref"),
                reason=reason,
            ),
            Part(
                "account.bank.statement.line",
                mentioned=("payment_ref", "partner_name", "account_number"),
                kept_in=("payment_ref", "partner_name", "account_number"),
                reason=reason,
            ),
        ]

    def _forget_law(self) -> str:
        return self.env._("The law on books and invoices.")

    def _forget_kept_documents(self):
        kept = dict.fromkeys(("account.move", "sale.order"), self._forget_law())
        return super()._forget_kept_documents() | kept

    def _forget_obstacles(self):
        """Tell of money that is still owed: it has to be asked of somebody."""
        unpaid = Domain("partner_id", "in", self.ids) & Domain(
            [
                ("state", "=", "posted"),
                ("payment_state", "in", ("not_paid", "partial", "blocked")),
                ("move_type", "in", ("out_invoice", "in_invoice")),
            ]
        )
        # Whoever may forget a person need not see the books.
        count = self.env["account.move"].sudo().search_count(unpaid)
        obstacles = super()._forget_obstacles()
        if not count:
            return obstacles
        return [
            *obstacles,
            self.env._(
                "Invoices not yet paid: %(count)s. They stay, and nobody will know any"
                " more whom to ask for the money. Settle them first if you can.",
                count=count,
            ),
        ]
