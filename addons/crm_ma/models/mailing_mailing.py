from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

CHANNELS = {"mail": "email", "sms": "sms"}


class MailingMailing(models.Model):
    _inherit = "mailing.mailing"

    purpose_id = fields.Many2one(
        "crm.consent.purpose",
        default=lambda self: self._default_purpose_id(),
        required=True,
        ondelete="restrict",
        help="What the mailing is for: it decides whether a customer must have agreed"
        " to get it.",
    )
    refused_count = fields.Integer(
        "Left Out for Want of Consent",
        compute="_compute_refused_count",
        help="Recipients who do not get the mailing, because they did not agree or"
        " refused.",
    )

    @api.model
    def _default_purpose_id(self):
        return self.env.ref("crm_base.purpose_marketing", raise_if_not_found=False)

    @api.depends("mailing_domain", "mailing_model_id", "contact_list_ids", "purpose_id")
    def _compute_refused_count(self):
        for mailing in self:
            mailing.refused_count = 0
            if mailing.mailing_model_real:
                chosen = Domain(mailing._parse_mailing_domain())
                left_out = chosen & ~mailing._consent_domain()
                recipients = self.env[mailing.mailing_model_real]
                mailing.refused_count = recipients.search_count(left_out)

    def _get_recipients_domain(self):
        return super()._get_recipients_domain() & self._consent_domain()

    def _consent_domain(self) -> Domain:
        """Give the domain of recipients who may get this mailing.

        A contact needs what the purpose asks for. Who subscribed to a list, or stands
        in another document without a contact, did so by an act of their own, and is
        left out only if a contact with the same address refused.
        """
        self.ensure_one()
        partners = self.env["res.partner"]
        question = (
            CHANNELS.get(self.mailing_type, "email"),
            self.purpose_id.code or "marketing",
            self.user_id.company_id or self.env.company,
        )
        may = partners._may_contact_query(*question)
        if not self.mailing_model_real or self.mailing_model_real == "res.partner":
            return may
        recipients = self.env[self.mailing_model_real]
        domain = Domain.TRUE
        if "partner_id" in recipients._fields:
            domain &= Domain("partner_id", "=", False) | Domain(
                "partner_id", "any", may
            )
        if "email_normalized" in recipients._fields:
            refused = partners._refused_query(*question)
            # A refusal holds whoever may see who refused.
            domain &= self._address_domain(partners.sudo()._search(refused))
        return domain

    def _address_domain(self, refused) -> Domain:
        """Give the domain of recipients with other addresses than these contacts."""
        addresses = refused.select(SQL.identifier("res_partner", "email_normalized"))
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "NOT COALESCE(%s IN (%s), FALSE)",
                model._field_to_sql(alias, "email_normalized", query),
                addresses,
            )
        )
