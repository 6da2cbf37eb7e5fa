from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import format_datetime

# How many of the last contacts the caller sees.
CONTACTS = 3


class CrmCallListLine(models.Model):
    """What the calling screen shows of an entry."""

    _inherit = "crm.call.list.line"

    def _screen_line(self) -> dict:
        """Who is called, what was said before, and how it may end."""
        person = self.partner_id
        names = self._script_names()
        outcomes = self.env["crm.call.outcome"].search(Domain.TRUE)
        return {
            "id": self.id,
            "name": names["person"] or names["company"],
            "company": names["company"] if names["person"] else "",
            "function": person.function or "",
            "partner_id": person.id,
            "phones": self._screen_phones(),
            "local_time": self._local_time(),
            "attempts": self.attempts,
            "state": self.state,
            "date_next": fields.Datetime.to_string(self.date_next) or "",
            "last_note": self._last_note(),
            "script": self.list_id.sudo().script_id.told_to(names),  # its text alone
            "outcomes": [outcome._as_button() for outcome in outcomes],
            "card": self._screen_card(),
        }

    def _screen_parts(self) -> dict:
        """Give what other addons show beside; see the registry crm_call_panels."""
        return {}

    def _script_names(self) -> dict:
        person = self.partner_id
        company = person.commercial_partner_id
        is_person = person and not person.is_company
        return {
            "person": person.name or "" if is_person else "",
            "company": company.name or "" if company != person or not is_person else "",
            "caller": self.env.user.name,
            "our_company": self.company_id.name,
        }

    def _screen_phones(self) -> list[dict]:
        """Give the numbers of the person, then that of the company."""
        person, company = self.partner_id, self.partner_id.commercial_partner_id
        phones = []
        for partner in person | company:
            if partner.phone:
                phones.append(
                    {
                        "number": partner.phone_sanitized or partner.phone,
                        "shown": partner.phone,
                        "whose": "" if partner == person else partner.name,
                        "status": partner._detail_status("phone"),
                    }
                )
        return phones

    def _local_time(self) -> str:
        now = fields.Datetime.now()
        return format_datetime(self.env, now, tz=self.tz or "UTC", dt_format="HH:mm")

    def _last_note(self) -> str:
        last = self.attempt_ids[:1]
        return (last and f"{last.outcome_id.name}. {last.note or ''}".strip()) or ""

    def _screen_card(self) -> dict | bool:
        """Give the customer's card in short."""
        if not self.partner_id:
            return False
        card = self.partner_id.crm_card()
        rows = card["timeline"]["rows"][:CONTACTS]
        names = ("value_class", "warnings", "facts", "parts")
        return {name: card[name] for name in names} | {"contacts": rows}
