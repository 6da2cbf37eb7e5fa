from markupsafe import Markup

from odoo import models
from odoo.tools import html2plaintext

COMMAND = "/ticket"


class DiscussChannel(models.Model):
    """A live chat, of which the agent makes a ticket with the command /ticket."""

    _inherit = "discuss.channel"

    def execute_command_ticket(self, **kwargs):
        """Make a ticket with the title that stands behind the command."""
        self.ensure_one()
        self.check_access("read")
        title = html2plaintext(kwargs.get("body") or "").strip()
        title = title.removeprefix(COMMAND).strip()
        if self.channel_type != "livechat":
            answer = self.env._("A ticket is made of a chat with a customer only.")
        elif not title:
            answer = self.env._(
                "Make a ticket of this chat with %s",
                Markup("<pre>%s <i>%s</i></pre>") % (COMMAND, self.env._("its title")),
            )
        else:
            ticket = self._make_ticket(title)
            answer = self.env._("New ticket: %s", ticket._get_html_link())
        self.env.user._bus_send_transient_message(self, answer)

    def _make_ticket(self, title: str):
        """Make a ticket of what was said, with the rights of whoever asks for it."""
        tickets = self.env["helpdesk.ticket"]
        partner = self._ticket_customer()
        guest = self.livechat_customer_guest_ids[:1].sudo()  # agents read no guests
        return tickets.create(
            {
                "name": tickets._shortened(title),
                "description": tickets._described(self._get_channel_history()),
                "partner_id": partner.id,
                "partner_name": partner.name or guest.name,
                "partner_email": partner.email or guest.email,
                "lang": partner.lang or guest.lang,
                "channel_id": self.env.ref(
                    "crm_css_livechat.helpdesk_ticket_channel_chat",
                    raise_if_not_found=False,
                ).id,
                "livechat_id": self.id,
            }
        )

    def _ticket_customer(self):
        """Give the one customer in the chat who has logged in."""
        # The agent took part; the customer's contact may be hidden from him.
        people = self.livechat_customer_partner_ids.sudo().filtered(
            lambda partner: partner.partner_share and not partner.is_public
        )
        return people if len(people) == 1 else people.browse()
