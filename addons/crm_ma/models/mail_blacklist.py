from odoo import models
from odoo.tools import email_normalize


class MailBlacklist(models.Model):
    _inherit = "mail.blacklist"

    def _add(self, email, message=None):
        record = super()._add(email, message=message)
        self._note_consent(email, "withdrawn")
        return record

    def _remove(self, email, message=None):
        record = super()._remove(email, message=message)
        # A colleague who takes an address off the list gives no consent for anybody.
        if not self.env.user._is_internal():
            self._note_consent(email, "granted")
        return record

    def _note_consent(self, email: str, status: str):
        """Enter in the ledger what those with this address said of marketing."""
        partners = self.env["res.partner"].sudo()  # a stranger's click withdraws it
        partners = partners.search([("email_normalized", "=", email_normalize(email))])
        by_hand = self.env.user._is_internal()
        source = "unsubscribe" if status == "withdrawn" else "form"
        # The person did it on a page of ours, with no right on the ledger.
        self.env["crm.consent"].sudo().create(
            [
                {
                    "partner_id": partner.id,
                    "channel": "email",
                    "purpose_id": self.env.ref("crm_base.purpose_marketing").id,
                    "status": status,
                    "source": "hand" if by_hand else source,
                    "company_id": False,
                }
                for partner in partners
            ]
        )
