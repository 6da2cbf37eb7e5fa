from odoo import models
from odoo.fields import Domain


class HelpdeskTicket(models.Model):
    """The sender whom nobody knows yet."""

    _inherit = "helpdesk.ticket"

    def action_choose_customer(self):
        """Ask who the sender is."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Who is the sender?"),
            "res_model": "helpdesk.ticket.customer",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_ticket_id": self.id},
        }

    def _customer_proposals(self):
        """Give contacts that the sender may be: by an address they had once, by the
        phone, by the name, and the company of the same mail domain."""
        self.ensure_one()
        address = self.sender_email or ""
        partners = self.env["res.partner"]
        found = partners._find_caller(self.partner_phone, self.company_id)
        if address:
            points = self.env["crm.contact.point"].search(
                [
                    ("kind", "=", "email"),
                    ("value", "=", address),
                    ("refuted_date", "=", False),
                ],
                limit=5,
            )
            found |= points.partner_id
            found |= partners.search([("email_normalized", "=", address)], limit=5)
        if len((self.partner_name or "").split()) > 1:
            found |= partners.search([("name", "=ilike", self.partner_name)], limit=5)
        return partners.browse(found.ids).filtered("active")

    def _others_of_sender(self):
        """Give the other tickets from the same address that have no customer."""
        self.ensure_one()
        if not self.sender_email:
            return self.browse()
        return self.search(
            Domain("sender_email", "=", self.sender_email)
            & Domain("partner_id", "=", False)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("id", "!=", self.id)
        )

    def _set_customer(self, partner):
        """Join tickets and their mails to a contact. The address is known from then on:
        the contact gets it, or has it besides its own."""
        address = self[:1].sender_email
        self.write({"partner_id": partner.id, "sender_doubt": False})
        # sudo: who may write the ticket may say who wrote in it
        messages_sudo = (
            self.env["mail.message"]
            .sudo()
            .search(
                [
                    ("model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("message_type", "=", "email"),
                    ("author_id", "=", False),
                    ("email_from", "ilike", address or ""),
                ]
            )
        )
        messages_sudo.write({"author_id": partner.id})
        self.message_subscribe(partner.ids)
        if address and not partner.email and partner.has_access("write"):
            partner.email = address
