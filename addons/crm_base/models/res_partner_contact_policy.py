import babel.dates
import pytz

from odoo import api, fields, models
from odoo.tools import format_date, format_datetime, format_duration
from odoo.tools.misc import get_lang


class ResPartner(models.Model):
    """When a customer was contacted last, and when he is to be and may be next."""

    _inherit = "res.partner"

    last_contact_date = fields.Datetime(
        "Last Contact",
        readonly=True,
        copy=False,
        groups="crm_base.crm_base_group_user",
        help="The last contact between people of any kind, as of last night.",
    )
    next_contact_date = fields.Date(
        "Next Contact Due",
        readonly=True,
        copy=False,
        groups="crm_base.crm_base_group_user",
        help="The day by which the contact policy asks for one, as of last night.",
    )

    def _contact_tz(self):
        """Give the time zone in which this customer's hours are meant."""
        own = self.tz or self.commercial_partner_id.tz
        policy = self.env["crm.contact.policy"]
        return pytz.timezone(own or policy._tz_name(self.env.company))

    @api.model
    def _contact_hours_text(self, policy) -> str:
        """Give the allowed hours of a policy in words."""
        hours = policy._hours()
        names = babel.dates.get_day_names("abbreviated", locale=get_lang(self.env).code)
        return self.env._(
            "%(days)s from %(start)s to %(stop)s",
            days=", ".join(names[day] for day in sorted(hours.weekdays)),
            start=format_duration(hours.start),
            stop=format_duration(hours.stop),
        )

    def _contact_hours_problem(self, moment) -> str:
        """Say why this customer may not be contacted at a moment (in UTC); empty where
        he may be."""
        self.ensure_one()
        # The hours of a customer hold for who may not read policies too.
        policy = self.env["crm.contact.policy"]._of(self).sudo()
        tz = self._contact_tz()
        local = pytz.utc.localize(moment).astimezone(tz)
        if not policy or policy._hours().hold(local):
            return ""
        return self.env._(
            "It is %(moment)s where %(customer)s is (%(zone)s); the policy “%(policy)s”"
            " allows contacts on %(hours)s.",
            moment=format_datetime(
                self.env, moment, tz=tz.zone, dt_format="EEEE, HH:mm"
            ),
            customer=self.display_name,
            zone=tz.zone,
            policy=policy.name,
            hours=self._contact_hours_text(policy),
        )

    def _is_contact_overdue(self) -> bool:
        due = self.commercial_partner_id.next_contact_date
        return bool(due) and due < fields.Date.context_today(self)

    def _card_warnings(self, family):
        warnings = super()._card_warnings(family)
        if self._is_contact_overdue():
            due = self.commercial_partner_id.next_contact_date
            warnings.append(
                {
                    "key": "contact_overdue",
                    "text": self.env._(
                        "Contact overdue since %(date)s.",
                        date=format_date(self.env, due),
                    ),
                    "action": False,
                }
            )
        return warnings

    def _card_facts(self, family):
        facts = super()._card_facts(family)
        due = self.commercial_partner_id.next_contact_date
        if due:
            facts.append(
                {
                    "key": "next_contact",
                    "label": self.env._("Next contact due"),
                    "value": format_date(self.env, due),
                    "action": False,
                }
            )
        return facts
