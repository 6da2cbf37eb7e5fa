from odoo import api, models
from odoo.fields import Domain


class CrmDealRegistration(models.Model):
    """Whose protected deal an end customer is."""

    _inherit = "crm.deal.registration"

    @api.model
    def _protecting(self, customer, company):
        """Give the registrations by which a customer is some reseller's, who is not
        the customer himself."""
        # Protection holds, whoever may read the registration.
        deals_sudo = self.sudo()
        if not customer:
            return deals_sudo.browse()
        people_sudo = customer.sudo()._crm_family()  # compared, not shown
        same = Domain("partner_id.commercial_partner_id", "in", customer.ids)
        for name, source in (
            ("email_normalized", "email_normalized"),
            ("phone_sanitized", "phone_sanitized"),
        ):
            values = [value for value in people_sudo.mapped(source) if value]
            same |= Domain(name, "in", values)
        # As above: compared, not shown.
        vat = "".join(filter(str.isalnum, customer.sudo().vat or "")).upper()
        if vat:
            same |= Domain("vat_key", "=", vat)
        return deals_sudo.search(
            same
            & self._protected_domain()
            & Domain("company_id", "=", company.id)
            & Domain("reseller_id", "!=", customer.id)
        )

    @api.model
    def _fields_equal(self, name: str, value, company) -> Domain:
        return Domain(name, "=", value) & Domain("company_id", "=", company.id)

    def _protection_text(self) -> str:
        """Tell whose the deal is and until when; nothing else of it."""
        return "\n".join(
            self.env._(
                "%(customer)s is registered by %(reseller)s until %(day)s.",
                customer=deal_sudo.customer_name,
                reseller=deal_sudo.reseller_id.name,
                day=deal_sudo.date_protected,
            )
            for deal_sudo in self.sudo()  # no more than these three
        )
