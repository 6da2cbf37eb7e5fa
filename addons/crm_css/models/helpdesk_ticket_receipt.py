from datetime import timedelta

from odoo import fields, models
from odoo.tools import email_normalize

# An address gets one receipt in this time, whoever writes from it how often.
REST = timedelta(hours=1)


class HelpdeskTicket(models.Model):
    """The receipt: the customer learns the number, in the customer's language."""

    _inherit = "helpdesk.ticket"

    receipt_date = fields.Datetime(
        "Receipt sent", readonly=True, copy=False, groups="base.group_user"
    )

    def _send_receipt(self):
        """Tell each customer that the ticket is there, where the team wants that."""
        template = self.env.ref(
            "crm_css.mail_template_receipt", raise_if_not_found=False
        )
        if not template:
            return
        for ticket_sudo in self.sudo():  # a customer on the portal begins this too
            if ticket_sudo._may_send_receipt():
                ticket_sudo.receipt_date = fields.Datetime.now()
                # Customers read no templates.
                ticket_sudo._post_receipt(template.sudo())

    def _may_send_receipt(self) -> bool:
        self.ensure_one()
        address = self.sender_email or self.partner_id.email_normalized
        by_staff = any(not user.share for user in self.partner_id.user_ids)
        if not self.team_id.send_receipt or not address or by_staff:
            return False
        if self.sender_doubt == "forged" or self._is_own_address(address):
            return False
        return not self.with_context(active_test=False).search_count(
            [
                ("sender_email", "=", address),
                ("receipt_date", ">", fields.Datetime.now() - REST),
            ],
            limit=1,
        )

    def _is_own_address(self, address: str) -> bool:
        aliases = self.env["mail.alias"]
        return bool(aliases.search_count([("alias_full_name", "=", address)], limit=1))

    def _post_receipt(self, template):
        partner, address = self.partner_id, self.sender_email
        to_partner = address in (False, partner.email_normalized)
        rendered = {
            name: template._render_field(name, self.ids, compute_lang=True)[self.id]
            for name in ("subject", "body_html")
        }
        sender = self.company_id.partner_id
        self.message_post(
            author_id=self.env.ref("base.partner_root").id,
            body=rendered["body_html"],
            email_from=sender.email_formatted if sender.email else None,
            email_layout_xmlid="mail.mail_notification_light",
            force_email_lang=self.lang,
            # RFC 3834: the machines of others do not answer this.
            mail_headers={
                "Auto-Submitted": "auto-replied",
                "X-Auto-Response-Suppress": "All",
            },
            message_type="auto_comment",
            notify_skip_followers=True,
            outgoing_email_to=False if to_partner else email_normalize(address),
            partner_ids=partner.ids if to_partner else [],
            subject=rendered["subject"],
            subtype_xmlid="mail.mt_note",
        )
