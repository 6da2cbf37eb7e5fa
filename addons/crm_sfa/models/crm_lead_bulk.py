from odoo import api, models

from odoo.addons.crm.models.crm_lead import iap_tools
from odoo.addons.mail.tools import mail_validation

# What crm itself takes, from an addon that it does not name among its needs.
_domain_of = iap_tools.mail_prepare_for_domain_search


class CrmLead(models.Model):
    """Leads by the thousand, from an import."""

    _inherit = "crm.lead"

    @api.model
    def _create_bulk(self, vals_list: list[dict]):
        """Make open leads whose texts, phones and mails are clean already.

        Odoo computes some twenty fields for each lead, most of which are the same for
        all of an import or known from cleaning it. They are handed over here, and only
        what other addons compute is left to do; nothing is tracked or logged. The
        chance of success follows with Odoo's nightly job.

        :param vals_list: as for ``create``, with ``email_normalized`` and
            ``phone_sanitized``
        """
        if not vals_list:
            return self.browse()
        self.check_access("create")
        common = self._bulk_common_vals()
        data = []
        for vals in vals_list:
            stored = common | self._bulk_vals(vals)
            computed = self.pool.field_computed
            names = [self._fields[name] for name in stored]
            protected = {f for name in names for f in computed.get(name, [name])}
            data.append(
                {
                    "stored": stored,
                    "inversed": {},
                    "inherited": {},
                    "protected": protected,
                }
            )
        leads = self._create(data)
        leads._check_company()
        self._bulk_follow(leads)
        return leads

    @api.model
    def _bulk_common_vals(self) -> dict:
        """What all leads of one call have: Odoo's defaults, and what it would compute
        for a lead without a history."""
        stored = [
            name
            for name, field in self._fields.items()
            if field.store and field.type not in ("one2many", "many2many", "properties")
        ]
        vals = self.default_get(stored)
        now = self.env.cr.now()
        zero = ("prorated_revenue", "recurring_revenue_monthly", "day_open",
                "recurring_revenue_monthly_prorated", "recurring_revenue_prorated",
                "probability", "automated_probability")  # fmt: skip
        return vals | dict.fromkeys(zero, 0.0) | {
            "date_last_stage_update": now,
            "day_close": None,
            "won_status": "pending",
            "active": True,
            "create_uid": self.env.uid,
            "create_date": now,
            "write_uid": self.env.uid,
            "write_date": now,
        }  # fmt: skip

    @api.model
    def _bulk_vals(self, vals: dict) -> dict:
        mail, phone = vals.get("email_normalized"), vals.get("phone_sanitized")
        empty = dict.fromkeys(
            ("contact_name", "partner_name", "function", "website", "lang_id", "phone",
             "email_from", "street", "street2", "zip", "city", "state_id", "country_id",
             "partner_id", "industry_id"),
            False,
        )  # fmt: skip
        return empty | vals | {
            "email_normalized": mail or False,
            "email_domain_criterion": mail and _domain_of(mail),
            "email_state": mail and self._bulk_mail_state(mail),
            "phone_sanitized": phone or False,
            "phone_state": "correct" if phone else False,
            "date_open": self.env.cr.now() if vals.get("user_id") else False,
        }  # fmt: skip

    @api.model
    def _bulk_mail_state(self, mail: str) -> str:
        valid = mail_validation.mail_validate(mail)
        return "correct" if valid else "incorrect"

    @api.model
    def _bulk_follow(self, leads) -> None:
        """Let each seller follow the leads, as he would of a lead that he was given."""
        for user, mine in leads.filtered("user_id").grouped("user_id").items():
            # Followers are nobody's to write; whose the leads are was checked.
            self.env["mail.followers"].sudo()._insert_followers(
                "crm.lead", mine.ids, user.partner_id.ids, check_existing=True
            )
