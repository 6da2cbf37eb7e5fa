import re

from odoo import api, fields, models
from odoo.fields import Domain

VALUE_CLASSES = [("a", "A"), ("b", "B"), ("c", "C")]


class ResPartner(models.Model):
    _inherit = "res.partner"

    value_class = fields.Selection(
        VALUE_CLASSES,
        company_dependent=True,
        tracking=True,
        help="What this customer is worth to the company you work in: A most, C least.",
        groups="base.group_user",
    )
    interaction_ids = fields.One2many(
        "crm.interaction", "partner_id", groups="base.group_user"
    )

    @api.model
    def _commercial_fields(self):
        return [*super()._commercial_fields(), "value_class"]

    def _follow_value_class(self):
        """Bring up to date what goes by the class of these contacts, after a job wrote
        that by SQL."""
        self.invalidate_recordset(["value_class"], flush=False)
        self.modified(["value_class"])

    def _crm_family(self):
        """Give the company of this person with all its people, archived ones too,
        and read their names with them."""
        return self.with_context(active_test=False).search_fetch(
            [("commercial_partner_id", "in", self.commercial_partner_id.ids)], ["name"]
        )

    @api.model
    def _search_display_name(self, operator, value):
        """Find a person by a phone number too, in any format."""
        domain = super()._search_display_name(operator, value)
        if operator in ("ilike", "=ilike") and isinstance(value, str):
            digits = re.sub(r"[\s()./-]", "", value)
            if re.fullmatch(r"\+?\d{4,20}", digits):
                domain = Domain(domain) | self._search_phone(value)
        return domain

    def _search_phone(self, value: str) -> Domain:
        number = self._phone_format(
            number=value, country=self.env.company.country_id, force_format="E164"
        )
        as_typed = Domain("phone_mobile_search", "ilike", value)
        return as_typed | Domain("phone_sanitized", "=", number) if number else as_typed
