from odoo import api, models
from odoo.tools import email_normalize


class MailThread(models.AbstractModel):
    """A mail from a customer proves that the address is right."""

    _inherit = "mail.thread"

    @api.model
    def _routing_reset_bounce(self, email_message, message_dict):
        result = super()._routing_reset_bounce(email_message, message_dict)
        sender = email_normalize(message_dict["email_from"])
        if sender:
            # The gateway runs as anybody.
            partners_sudo = self.env["res.partner"].sudo()
            partners_sudo.search(
                [("email_normalized", "=", sender)]
            )._confirm_contact_point("email", "reply")
        return result
