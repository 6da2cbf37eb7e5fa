from odoo import models


class MailingSubscription(models.Model):
    _inherit = "mailing.subscription"

    def write(self, vals):
        leaving = self.filtered(lambda s: vals.get("opt_out") and not s.opt_out)
        done = super().write(vals)
        leaving._note_withdrawal()
        return done

    def _note_withdrawal(self):
        """Enter in the ledger that contacts with these addresses left a newsletter."""
        mails = [mail for mail in self.contact_id.mapped("email_normalized") if mail]
        partners = self.env["res.partner"].sudo()  # a stranger's click withdraws it
        by_hand = self.env.user._is_internal()
        # The person did it on a page of ours, with no right on the ledger.
        self.env["crm.consent"].sudo().create(
            [
                {
                    "partner_id": partner.id,
                    "channel": "email",
                    "purpose_id": self.env.ref("crm_base.purpose_newsletter").id,
                    "status": "withdrawn",
                    "source": "hand" if by_hand else "unsubscribe",
                    "company_id": False,
                    "proof": ", ".join(self.list_id.mapped("name")),
                }
                for partner in partners.search([("email_normalized", "in", mails)])
            ]
        )
