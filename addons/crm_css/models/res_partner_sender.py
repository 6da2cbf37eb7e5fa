from odoo import api, models
from odoo.fields import Domain
from odoo.tools import email_normalize

from odoo.addons.crm_base.tools.contact_data import name_key

# More people at one address than this are not told apart.
MOST = 20


class ResPartner(models.Model):
    """Who is it that writes or calls?"""

    _inherit = "res.partner"

    @api.model
    def _find_sender(self, email: str, name: str = "", company=None):
        """Give the customer whose address this is, or nobody.

        One address of several people: the one with the name in the mail, otherwise
        their company. An address that nobody has: whom an agent chose for it before.
        """
        address = email_normalize(email)
        if not address:
            return self.browse()
        domain = Domain("email_normalized", "=", address)
        if company:
            domain &= Domain("company_id", "in", [False, company.id])
        # sudo: the gateway and the public form may run as anybody
        found = self.sudo().search(domain, limit=MOST)
        return found._named(name) if found else self._chosen_before(address)

    def _named(self, name: str):
        staff = self.filtered(lambda p: any(not user.share for user in p.user_ids))
        if len(self) == 1 or staff:
            return staff[:1] or self
        namesakes = self.filtered(lambda p: name and name_key(p.name) == name_key(name))
        if len(namesakes) == 1:
            return namesakes
        company = self.commercial_partner_id
        return company if len(company) == 1 else self.browse()

    @api.model
    def _chosen_before(self, address: str):
        """Give the customer of the latest ticket from this address, while the customer
        is where he was."""
        # The gateway may run as anybody.
        tickets_sudo = self.env["helpdesk.ticket"].sudo()
        ticket = tickets_sudo.search(
            [
                ("sender_email", "=", address),
                ("partner_id.active", "=", True),
                ("sender_doubt", "=", False),
            ],
            order="id desc",
            limit=1,
        )
        partner = ticket.partner_id
        moved = partner.commercial_partner_id != ticket.portal_customer_id
        return self.browse() if moved else partner

    @api.model
    def _find_caller(self, phone: str, company=None):
        """Give the customer with this number, in whatever form it is written; of
        several of one company that company."""
        country = (company or self.env.company).country_id
        number = phone and self._phone_format(
            number=phone, country=country, force_format="E164"
        )
        if not number:
            return self.browse()
        # The public form may run as anybody.
        found = self.sudo().search([("phone_sanitized", "=", number)], limit=MOST)
        if len(found) < 2:
            return found
        family = found.commercial_partner_id
        return family if len(family) == 1 else self.browse()
