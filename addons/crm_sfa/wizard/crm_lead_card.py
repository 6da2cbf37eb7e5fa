from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from odoo.addons.crm_base.tools.contact_data import clean_email
from odoo.addons.crm_base.tools.duplicate_record import Record, prepare

from ..tools.lead_sheet import BadCell, phone_of

MOST_SHOWN = 3


class CrmLeadCard(models.TransientModel):
    """A business card as it is typed in: a lead of whoever holds it."""

    _name = "crm.lead.card"
    _description = "Business Card"

    contact_name = fields.Char("Name")
    partner_name = fields.Char("Company")
    email = fields.Char("E-mail")
    phone = fields.Char()
    note = fields.Text()
    campaign_id = fields.Many2one(
        "utm.campaign",
        default=lambda self: self.env["utm.campaign"]._of_channel("card"),
        help="The fair or the tour on which you got the card.",
    )
    warning = fields.Html(
        compute="_compute_warning",
        help="Leads and contacts that look like this card.",
    )

    @api.depends("contact_name", "partner_name", "email", "phone")
    def _compute_warning(self):
        for card in self:
            lines = Markup().join(card._doubles())
            card.warning = lines and Markup("<ul class='mb-0'>%s</ul>") % lines

    def action_save(self):
        """Make the lead and open it."""
        lead = self._make_lead()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.lead",
            "res_id": lead.id,
            "views": [(False, "form")],
        }

    def action_save_and_next(self):
        """Make the lead, and be ready for the next card."""
        self._make_lead()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_sfa.crm_lead_card_action"
        )
        context = {"default_campaign_id": self.campaign_id.id}
        return action | {"context": context}

    def _make_lead(self):
        self.ensure_one()
        return self.env["crm.lead"].create(self._lead_vals())

    def _lead_vals(self) -> dict:
        name, company = (self.contact_name or "").strip(), self.partner_name
        if not name and not company:
            raise UserError(self.env._("Whose card is it? Fill in name or company."))
        if not self.email and not self.phone:
            raise UserError(
                self.env._("How can they be reached? Fill in mail or phone.")
            )
        if self.email and not clean_email(self.email):
            raise UserError(
                self.env._("“%(mail)s” is no mail address.", mail=self.email)
            )
        return {
            "name": " – ".join(filter(None, [company, name])),
            "contact_name": name,
            "partner_name": company,
            "email_from": self.email,
            "phone": self._phone().shown if self.phone else False,
            "description": self.note and plaintext2html(self.note),
            "campaign_id": self.campaign_id.id,
            "user_id": self.env.uid,
        }

    def _phone(self):
        country = self.env.company.country_id.code or ""
        try:
            return phone_of(self.phone, country)
        except BadCell as error:
            raise UserError(
                self.env._(
                    "“%(phone)s” is no phone number. Write it with its country, such as"
                    " +49 30 901820.",
                    phone=self.phone,
                )
            ) from error

    def _doubles(self) -> list[Markup]:
        """Name leads and contacts that are there already, as far as one may see."""
        self.ensure_one()
        country = self.env.company.country_id.code or ""
        try:
            number = phone_of(self.phone, country).number if self.phone else ""
        except BadCell:
            number = ""
        mail = clean_email(self.email or "") or ""
        return [*self._double_leads(mail, number), *self._double_people(mail, number)]

    def _double_leads(self, mail: str, number: str) -> list[Markup]:
        domain = ["|", ("email_normalized", "=", mail or 0),
                  ("phone_sanitized", "=", number or 0)]  # fmt: skip
        if not mail and not number:
            return []
        leads = self.env["crm.lead"].search(domain, limit=MOST_SHOWN)
        return [
            Markup("<li><a href='/odoo/crm.lead/%s' target='_blank'>%s</a></li>")
            % (lead.id, self.env._("Lead: %(name)s", name=lead.name))
            for lead in leads
        ]

    def _double_people(self, mail: str, number: str) -> list[Markup]:
        source = self.env["crm.duplicate"]._duplicate_source("res.partner")
        phones = (number,) if number else ()
        name = self.contact_name or self.partner_name or ""
        entry = prepare(Record(0, name, mail, phones, is_company=not self.contact_name))
        # The table of keys is nobody's to read; what is found is read as the user.
        keys_sudo = self.env["crm.duplicate.key"].sudo()
        found = keys_sudo._matches(source, entry, self.env)[:MOST_SHOWN]
        partners = self.env["res.partner"].browse(max(m.first, m.second) for m in found)
        return [
            Markup("<li><a href='/odoo/res.partner/%s' target='_blank'>%s</a></li>")
            % (partner.id, self.env._("Contact: %(name)s", name=partner.display_name))
            for partner in partners
        ]
