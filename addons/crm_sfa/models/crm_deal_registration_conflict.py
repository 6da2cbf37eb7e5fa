from datetime import datetime
from typing import NamedTuple

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from odoo.addons.crm_base.tools.duplicate_record import Record, plain, prepare
from odoo.addons.crm_base.tools.duplicates import SURE, compare

# So many candidates of each kind are compared.
MOST = 200
MOST_SHOWN = 10


class Conflict(NamedTuple):
    """A record that may mean the same end customer."""

    date: datetime
    record: models.BaseModel
    score: float
    why: list


class CrmDealRegistration(models.Model):
    """Who else is at the same end customer, and who was first."""

    _inherit = "crm.deal.registration"

    conflict_hint = fields.Html(
        "Who Else",
        compute="_compute_conflict_hint",
        groups="base.group_user",
        help="Customers, deals and registrations that look like this end customer.",
    )

    @api.depends("customer_name", "email", "phone", "vat", "partner_id")
    @api.depends_context("uid")
    def _compute_conflict_hint(self):
        for deal in self:
            deal.conflict_hint = deal.customer_name and deal._conflict_text()

    def _conflict_text(self) -> Markup | bool:
        conflicts = self._conflicts()[:MOST_SHOWN]
        if not conflicts:
            return False
        lines = Markup().join(self._conflict_line(one) for one in conflicts)
        return Markup("<ul class='mb-0'>%s</ul>") % lines

    def _conflict_line(self, conflict: Conflict) -> Markup:
        """Name what the reader may see; of the rest, that it is there."""
        record = conflict.record.with_env(self.env)
        kind = self.env["ir.model"]._get(record._name).name
        mine = self.date_submitted or fields.Datetime.now()
        first = (
            self.env._("was first")
            if conflict.date < mine
            else self.env._("came later")
        )
        name = self.env._("not yours to see")
        if record.has_access("read"):
            name = Markup("<a href='/odoo/%s/%s' target='_blank'>%s</a>") % (
                record._name,
                record.id,
                record.display_name,
            )
        return Markup("<li>%s: %s (%s), %s, <b>%s</b>. %s</li>") % (
            kind,
            name,
            self._conflict_owner(conflict.record),
            format_date(self.env, conflict.date),
            first,
            self.env["crm.duplicate"]._explain(list(conflict.why)),
        )

    def _conflict_owner(self, record) -> str:
        """Names of colleagues and resellers are told, whatever else is hidden."""
        if record._name == self._name:
            return record.sudo().reseller_id.name  # see above
        return record.sudo().user_id.name or self.env._("nobody's")  # see above

    def _conflicts(self) -> list[Conflict]:
        """Give what looks like the same end customer, the oldest first."""
        # What is there counts, whoever may see it; the line shows what he may.
        deal_sudo = self.sudo()
        entry = deal_sudo._entry()
        found = [
            *deal_sudo._conflicts_with_contacts(entry),
            *deal_sudo._conflicts_among(entry, "crm.lead", deal_sudo._lead_entry),
            *deal_sudo._conflicts_among(
                entry, self._name, lambda other: other._entry()
            ),
        ]
        return sorted(found, key=lambda conflict: conflict.date)

    def _entry(self):
        return prepare(
            Record(
                self._origin.id or 0,
                self.customer_name or "",
                self.email_normalized or "",
                (self.phone_sanitized,) if self.phone_sanitized else (),
                self.vat_key or "",
                is_company=True,
                company=self.company_id.id,
            )
        )

    def _lead_entry(self, lead):
        name = lead.partner_name or lead.partner_id.commercial_partner_id.name
        return prepare(
            Record(
                lead.id,
                name or lead.contact_name or lead.name,
                lead.email_normalized or "",
                (lead.phone_sanitized,) if lead.phone_sanitized else (),
                is_company=True,
                company=lead.company_id.id,
            )
        )

    def _conflicts_with_contacts(self, entry) -> list[Conflict]:
        # An id that no contact has.
        entry = entry._replace(id=-1)
        source = self.env["crm.duplicate"]._duplicate_source("res.partner")
        matches = self.env["crm.duplicate.key"]._matches(source, entry, self.env)
        people = self.env["res.partner"]
        found = []
        for match in matches[:MOST_SHOWN]:
            partner = people.browse(max(match.first, match.second))
            if partner.commercial_partner_id != self.reseller_id:
                found.append(
                    Conflict(partner.create_date, partner, match.score, match.evidence)
                )
        return found

    def _conflicts_among(self, entry, model: str, entry_of) -> list[Conflict]:
        others = self.env[model].search(
            self._candidate_domain(model), order="id desc", limit=MOST
        )
        found = []
        for other in others:
            match = compare(entry._replace(id=-1), entry_of(other), {})
            if match:
                when = other.create_date
                found.append(Conflict(when, other, match.score, match.evidence))
        return found

    def _candidate_domain(self, model: str) -> Domain:
        """Open ones that share a mail, a phone, a number or the rarest word of the
        name."""
        words = sorted(plain(self.customer_name).split(), key=len, reverse=True)
        typed = max((self.customer_name or "").split() or [""], key=len)
        names = Domain.FALSE
        name = "customer_name" if model == self._name else "partner_name"
        for word in {typed, *words[:1]} - {""}:
            names |= Domain(name, "ilike", word)
        for key in ("email_normalized", "phone_sanitized"):
            if self[key]:
                names |= Domain(key, "=", self[key])
        if model == "crm.lead":
            family = self.partner_id.commercial_partner_id
            if family:
                names |= Domain("partner_id.commercial_partner_id", "=", family.id)
            not_mine = Domain("id", "!=", self.lead_id.id)
            live = Domain("won_status", "=", "pending")
        else:
            if self.vat_key:
                names |= Domain("vat_key", "=", self.vat_key)
            not_mine = Domain("id", "!=", self._origin.id)
            live = Domain("state", "in", ("submitted", "approved"))
        company = Domain("company_id", "in", (self.company_id.id, False))
        return names & not_mine & live & company

    def _sure_customer(self):
        """Give the contact that surely is the end customer."""
        # All contacts count; one that is surely the same is the leader's to link.
        sure = [
            conflict.record
            for conflict in self.sudo()._conflicts_with_contacts(self.sudo()._entry())
            if conflict.score >= SURE
        ]
        return sure[0].commercial_partner_id.with_env(self.env) if sure else False
