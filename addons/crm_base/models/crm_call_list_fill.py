import ast
import re
from collections import Counter

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .crm_call_list_line import PRIORITIES

# What one filling takes at most.
MOST = 20_000
SHORTEST = 4


class CrmCallList(models.Model):
    """Filling: who comes onto the list, once only, and who is left out and why."""

    _inherit = "crm.call.list"

    def action_fill(self) -> dict:
        """Add all who match the condition of the list."""
        self.ensure_one()
        self.check_access("write")
        model = self.env[self.fill_model]
        try:
            domain = Domain(ast.literal_eval(self.fill_domain or "[]"))
            records = model.search(domain, limit=MOST + 1)
        except (ValueError, SyntaxError, TypeError, KeyError) as error:
            raise UserError(
                self.env._(
                    "The condition of “%(name)s” cannot be read. Choose it anew.",
                    name=self.name,
                )
            ) from error
        if len(records) > MOST:
            raise UserError(
                self.env._(
                    "More than %(most)s match. Choose fewer: nobody calls so many.",
                    most=MOST,
                )
            )
        return self._told(self._add(records))

    def _told(self, counts: Counter) -> dict:
        """Say what became of those who were to be added."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if counts["added"] else "warning",
                "message": self.env._(
                    "Added: %(added)s. Left out: %(left_out)s. On the list already:"
                    " %(doubles)s.",
                    added=counts["added"],
                    left_out=counts["left_out"],
                    doubles=counts["doubles"],
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _add(self, records) -> Counter:
        """Add contacts, or what else has a phone, each person and phone once only.

        :return: how many were ``added``, ``left_out`` and ``doubles``
        """
        self.ensure_one()
        self.check_access("write")
        records.check_access("read")
        if self.state == "done":
            raise UserError(
                self.env._("“%(name)s” is closed. Open it again.", name=self.name)
            )
        self.lock_for_update()  # two who fill it at once would add somebody twice
        entries, doubles = self._without_doubles(self._prepare_entries(records))
        self._leave_out(entries)
        # Entries are written by methods only.
        lines_sudo = self.env["crm.call.list.line"].sudo()
        lines_sudo.create([entry | {"list_id": self.id} for entry in entries])
        out = sum(bool(entry.get("left_out")) for entry in entries)
        return Counter(added=len(entries) - out, left_out=out, doubles=doubles)

    def _prepare_entries(self, records) -> list[dict]:
        """Give an entry for each record; addons know other models than contacts."""
        return [self._prepare_contact(partner) for partner in records]

    def _prepare_contact(self, partner) -> dict:
        partner = partner.with_company(self.company_id)
        policy = self.env["crm.contact.policy"]
        own_tz = partner.tz or partner.commercial_partner_id.tz
        return {
            "partner_id": partner.id,
            "phone": partner.phone_sanitized or self._plain_phone(partner.phone),
            "priority": PRIORITIES.get(partner.value_class, 3),
            "tz": own_tz or policy._tz_name(self.company_id),
        }

    def _plain_phone(self, phone) -> str | bool:
        digits = re.sub(r"[^\d+]", "", phone or "")
        return digits if len(digits) >= SHORTEST else False

    def _without_doubles(self, entries: list[dict]) -> tuple[list[dict], int]:
        # Also entries that the user may not read.
        lines_sudo = self.sudo().with_context(active_test=False).line_ids
        seen = {("partner_id", id_) for id_ in lines_sudo.partner_id.ids}
        seen |= {("phone", phone) for phone in lines_sudo.mapped("phone") if phone}
        kept = []
        for entry in entries:
            keys = {(k, entry[k]) for k in ("partner_id", "phone") if entry.get(k)}
            if keys & seen:
                continue
            seen |= keys
            kept.append(entry)
        return kept, len(entries) - len(kept)

    def _leave_out(self, entries: list[dict]):
        """Mark those who may not be called, with the reason."""
        people = [entry["partner_id"] for entry in entries if entry.get("partner_id")]
        phones = [entry["phone"] for entry in entries if entry["phone"]]
        refused, refused_phones, agreed = self._refusals(people, phones)
        wrong = self._wrong_phones(people)
        for entry in entries:
            person, phone = entry.get("partner_id"), entry["phone"]
            reason = False
            if not phone:
                reason = "no_phone"
            elif person in refused or phone in refused_phones:
                reason = "refused"
            elif self.consent_rule == "agreed" and person not in agreed:
                reason = "no_consent"
            elif person in wrong:
                reason = "wrong_phone"
            if reason:
                entry |= {"left_out": reason, "state": "left_out"}

    def _refusals(self, people: list[int], phones: list[str]) -> tuple[set, set, set]:
        """Give who refused calls, which phones are theirs, and who agreed to calls."""
        # Whether somebody may be called is asked of all; the caller reads counts only.
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        question = ("phone", "marketing", self.company_id)
        refuses = partners._refused_query(*question)
        refused = partners.search(Domain("id", "in", people) & refuses)
        by_phone = partners.search(Domain("phone_sanitized", "in", phones) & refuses)
        # Who wants no calls is for no caller to read, and for each to heed.
        listed = self.env["phone.blacklist"].sudo().search([("number", "in", phones)])
        agreed = partners._consent_domain(*question, needs_consent=True)
        agreed = partners.search(Domain("id", "in", people) & agreed)
        numbers = {*by_phone.mapped("phone_sanitized"), *listed.mapped("number")}
        return set(refused.ids), numbers, set(agreed.ids)

    def _wrong_phones(self, people: list[int]) -> set:
        # Proofs are the server's alone.
        points_sudo = self.env["crm.contact.point"].sudo()
        wrong = points_sudo.search(
            [
                ("partner_id", "in", people),
                ("kind", "=", "phone"),
                ("state", "=", "refuted"),
            ]
        )
        return set(wrong.partner_id.ids)
