from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import email_normalize, email_normalize_all, email_split
from odoo.tools.mail import email_split_tuples

# A mail to more people is no talk: nobody of them is made a follower.
MOST_RECIPIENTS = 20


class HelpdeskTicket(models.Model):
    """Tickets that come by mail, and whose mails a ticket takes."""

    _inherit = "helpdesk.ticket"

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        values = dict(custom_values or {})
        receipt = values.pop("crm_receipt", False)
        referred = self.browse(values.pop("crm_referred", None))
        author = self.env["res.partner"].browse(msg_dict.get("author_id"))
        intake = self._intake_vals("email", author.company_id or self.env.company)
        values = intake | values
        values |= {
            "name": self._shortened(values.get("name") or msg_dict.get("subject")),
            "description": self._described(msg_dict.get("body")),
            "partner_name": author.name or self._name_in(msg_dict.get("email_from")),
            "lang": author.lang or values.get("lang"),
        }
        known = self._with_known_recipients(msg_dict, author.commercial_partner_id)
        ticket = super().message_new(known, values)
        if referred:
            ticket.related_ticket_ids = [fields.Command.link(referred.id)]
        return ticket.with_context(crm_receipt=receipt)

    def message_update(self, msg_dict, update_vals=None):
        known = self._with_known_recipients(msg_dict, self.portal_customer_id)
        return super().message_update(known, update_vals)

    def _message_post_after_hook(self, message, msg_vals):
        result = super()._message_post_after_hook(message, msg_vals)
        if self.env.context.get("crm_receipt") and message.message_type == "email":
            self.with_context(crm_receipt=False)._send_receipt()
        return result

    @api.model
    def _name_in(self, sender: str | None) -> str:
        """Give the name that stands before the address, or the address."""
        named = email_split_tuples(sender or "")
        return named[0][0] or named[0][1] if named else ""

    @api.model
    def _with_known_recipients(self, msg: dict, customer) -> dict:
        """Give the mail without those in To and Cc who are customers of their own.

        helpdesk_mgmt makes followers of all whom it knows, so a copy would open the
        ticket to another customer. An agent may still add anybody.
        """
        given = {name: email_split(msg.get(name) or "") for name in ("to", "cc")}
        both = [*given["to"], *given["cc"]]
        everybody = {email_normalize(mail) or mail for mail in both}
        if len(everybody) > MOST_RECIPIENTS:
            return msg | {"to": "", "cc": ""}
        partners = self.env["res.partner"].sudo()  # the gateway may run as anybody
        strangers = partners.search(
            [("email_normalized", "in", [*everybody])]
        ).filtered(
            lambda partner: (
                partner.partner_share and partner.commercial_partner_id != customer
            )
        )
        if not strangers:
            return msg
        banned = set(strangers.mapped("email_normalized"))
        return msg | {
            name: ",".join(
                mail for mail in mails if email_normalize(mail) not in banned
            )
            for name, mails in given.items()
        }

    @api.model
    def _detect_loop_sender_domain(self, email_from_normalized):
        """Count a sender's tickets by the index; by likeness Odoo reads them all."""
        return [("sender_email", "=", email_from_normalized)]

    def _trusts_sender(self, author, email: str) -> bool:
        """Tell whether a mail may speak in this ticket: staff, the customer's people,
        followers, whom we wrote to from it, and the address that it came from.

        :param author: the contact that the address belongs to, if it is known
        """
        self.ensure_one()
        if any(not user.share for user in author.user_ids):
            return True
        home = self.portal_customer_id
        if author and home & (author | author.commercial_partner_id):
            return True
        address = email_normalize(email)
        if author in self.message_partner_ids or self._was_addressed(author, address):
            return True
        if (author and home) or not address or self._is_archived(author, address):
            return False
        return address == self.sender_email or (
            address in email_normalize_all(self.email_cc or "")
        )

    def _was_addressed(self, author, address: str | None) -> bool:
        """Tell whether a message of this ticket went to this contact or address."""
        to = Domain.FALSE
        if author:
            to |= Domain("partner_ids", "in", (author - self.partner_id).ids)
        elif address:
            to |= Domain("outgoing_email_to", "ilike", address)
        here = Domain("model", "=", self._name) & Domain("res_id", "=", self.id)
        ours = Domain("message_type", "!=", "email")
        # The gateway may run as anybody.
        messages_sudo = self.env["mail.message"].sudo()
        return bool(messages_sudo.search_count(here & ours & to, limit=1))

    @api.model
    def _is_archived(self, author, address: str) -> bool:
        """Tell whether an address is known as that of somebody who has left."""
        # The gateway may run as anybody.
        partners_sudo = self.env["res.partner"].sudo().with_context(active_test=False)
        return not author and bool(
            partners_sudo.search_count(
                [("email_normalized", "=", address), ("active", "=", False)], limit=1
            )
        )

    def _note_question(self, date):
        return super()._note_question(self._believable(date))

    def _note_answer(self, date):
        return super()._note_answer(self._believable(date))

    def _believable(self, date):
        """Give the date of a message; that of a mail is what its sender says, and no
        clock may start in the future, or before there was a ticket."""
        earliest = min(self.mapped("create_date"), default=date)
        return min(max(date, earliest.replace(microsecond=0)), fields.Datetime.now())
