from datetime import datetime, timedelta

from odoo import Command

from .common import CrmCase

# A Wednesday.
NOW = datetime(2026, 6, 17, 10)


class ContactPolicyCase(CrmCase):
    """A policy for class A: every 30 days by call or visit, at most 4 in 30 days."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.contact.policy"].search([("active", "=", True)]).active = False
        cls.kind = {
            kind.code: kind
            for kind in cls.env["crm.contact.kind"].search([("code", "!=", False)])
        }
        cls.env.company.partner_id.tz = "Europe/Berlin"
        cls.customer.write({"user_id": cls.user.id, "tz": False, "phone": "+493090182"})
        cls.stranger.write({"tz": False})
        cls._enter(cls.customer | cls.stranger, datetime(2025, 1, 7, 9))
        cls.policy = cls._make_policy(
            name="Class A", value_class="a", kinds="call visit", max_contacts=4
        )

    @classmethod
    def _make_policy(cls, kinds="call visit", counting="", **vals):
        vals = {
            "name": "Policy",
            "kind_ids": cls._kinds(kinds),
            "max_kind_ids": cls._kinds(counting),
        } | vals
        return cls.env["crm.contact.policy"].create(vals)

    @classmethod
    def _kinds(cls, codes):
        return [Command.set([cls.kind[code].id for code in codes.split()])]

    @classmethod
    def _make_step(cls, name, kind, month_from, month_to, policy=None):
        return cls.env["crm.contact.policy.step"].create(
            {
                "policy_id": (policy or cls.policy).id,
                "name": name,
                "kind_id": cls.kind[kind].id,
                "month_from": str(month_from),
                "month_to": str(month_to),
            }
        )

    @classmethod
    def _enter(cls, partners, moment):
        """Have customers entered at a moment."""
        partners.flush_recordset()
        cls.env.cr.execute(
            "UPDATE res_partner SET create_date = %s WHERE id = ANY(%s)",
            [moment, partners.ids],
        )
        partners.invalidate_recordset()

    @classmethod
    def _contact(cls, partner, days_ago, kind="call", direction="out", **vals):
        vals = {"kind": kind, "direction": direction} | vals
        date = NOW - timedelta(days=days_ago)
        return cls._note(partner, f"{kind} {days_ago}", date=date, **vals)

    def _sweep(self):
        self.env["crm.contact.status"]._sweep()

    def _status(self, partner=None, company=None):
        return self.env["crm.contact.status"].search(
            [
                ("partner_id", "=", (partner or self.customer).id),
                ("company_id", "=", (company or self.env.company).id),
            ]
        )

    def _swept(self, partner=None):
        self._sweep()
        return self._status(partner)
