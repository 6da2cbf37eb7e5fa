from email.message import EmailMessage

from odoo.tools import mute_logger

from .common import ServiceCase


class MailCase(ServiceCase):
    """Real mails, made by Python's email package, put through the gateway."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna_mail = cls.anna.email
        cls.mail_count = 0

    def _mail(self, sender=None, text="It stops.", subject="Grinder stops", **headers):
        """Make a mail; a header that is None is left out."""
        mail = EmailMessage()
        type(self).mail_count += 1
        headers = {
            "From": sender or f"Anna Berg <{self.anna_mail}>",
            "To": "support@suite.example.com",
            "Subject": subject,
            "Message-ID": f"<m{self.mail_count}@outside.example.com>",
        } | {name.replace("_", "-"): value for name, value in headers.items()}
        mail.set_content(text)
        for name, value in headers.items():
            if value is not None:
                mail[name] = value
        return mail

    def _reply(self, ticket, sender=None, text="Again.", **headers):
        """Make an answer to the last message of a ticket that people wrote."""
        spoken = ticket.message_ids.filtered(lambda m: m.message_type != "notification")
        return self._mail(
            sender,
            text,
            f"Re: {ticket.name}",
            In_Reply_To=spoken[:1].message_id,
            **headers,
        )

    def _receive(self, mail):
        """Put a mail through the gateway; give the tickets it made."""
        tickets = self.env["helpdesk.ticket"].with_context(active_test=False)
        known = tickets.search([])
        raw = mail if isinstance(mail, bytes) else mail.as_bytes()
        with mute_logger(
            "odoo.addons.mail.models.mail_thread",
            "odoo.addons.crm_css.models.mail_thread_intake",
        ):
            # As the gateway does it: the other tests switch the chatter's work off.
            self.env(context={})["mail.thread"].message_process(None, raw)
        return tickets.search([]) - known

    def _sent_to(self, ticket):
        """Give the addresses to which mails about a ticket were made."""
        mails = (
            self.env["mail.mail"]
            .sudo()
            .search([("model", "=", "helpdesk.ticket"), ("res_id", "in", ticket.ids)])
        )
        return {
            *mails.recipient_ids.mapped("email_normalized"),
            *filter(None, mails.mapped("email_to")),
        }
