from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.day import DaySource


class CrmDayItem(models.Model):
    """What a day plan is read from."""

    _inherit = "crm.day.item"

    @api.model
    def _day_sources(self) -> list[DaySource]:
        """Give the kinds of things that people plan. Addons add theirs."""
        people = self.env["res.users"]._day_people()
        return [
            self._activities(people),
            self._organized(people),
            self._attended(people),
            self._promises(people),
            self._deals(people),
        ]

    @api.model
    def _theirs(self, people) -> Domain:
        """Documents of some people, and those that the user covers."""
        return Domain("user_id", "in", people.ids) | Domain("is_covered", "=", True)

    @api.model
    def _activities(self, people) -> DaySource:
        """One's own whatever they are about; those of others only where they concern
        customers. The appointments and promises stand in their own lists."""
        models_ = self.env["crm.stand.in"]._covered_models()
        lead = SQL(
            "mail_activity.res_model = 'crm.lead'"
            " AND maybe_lead.id = mail_activity.res_id"
        )
        order = SQL(
            "mail_activity.res_model = 'sale.order'"
            " AND maybe_order.id = mail_activity.res_id"
        )
        kind = SQL("maybe_type.id = mail_activity.activity_type_id")
        return DaySource(
            slot=0,
            model="mail.activity",
            sudo=True,  # Odoo would look them up one document after another
            domain=self._activities_domain(people, models_),
            joins=(
                ("maybe_lead", "crm_lead", lead),
                ("maybe_order", "sale_order", order),
                ("maybe_type", "mail_activity_type", kind),
            ),
            kind=SQL(
                "CASE WHEN maybe_type.category = 'phonecall' THEN 'call'"
                " ELSE 'todo' END"
            ),
            partner=self._activity_partner(models_),
            user=SQL("mail_activity.user_id"),
            date=SQL("mail_activity.date_deadline"),
            res_model=SQL("mail_activity.res_model"),
            res_id=SQL("mail_activity.res_id"),
            where=SQL(
                """COALESCE(maybe_lead.company_id, maybe_order.company_id, %s)
                = ANY(%s)""",
                self.env.company.id,
                self.env.companies.ids,
            ),
            amount=SQL(
                "COALESCE(maybe_lead.expected_revenue,"
                " maybe_order.amount_total / NULLIF(maybe_order.currency_rate, 0))"
            ),
        )

    @api.model
    def _activities_domain(self, people, models_) -> Domain:
        covers = self.env["crm.stand.in"]._covers_now()
        absent = [cover.absent for cover in covers if not cover.limits]
        others = Domain("user_id", "in", [*people.ids, *absent]) & Domain(
            "res_model", "in", list(models_)
        )
        domain = (
            Domain("active", "=", True)
            & Domain("calendar_event_id", "=", False)
            & (Domain("user_id", "=", self.env.uid) | others)
        )
        reminder = self.env.ref(
            "crm_base.mail_activity_type_promise", raise_if_not_found=False
        )
        if reminder:
            domain &= Domain("activity_type_id", "!=", reminder.id)
        return domain

    @api.model
    def _activity_partner(self, models_) -> SQL:
        """Give SQL for the customer of the document of an activity."""
        known = {"res.partner", "crm.lead", "sale.order"}
        others = [
            SQL(
                """WHEN %s THEN
                (SELECT %s FROM %s AS d WHERE d.id = mail_activity.res_id)""",
                name,
                SQL.identifier("d", covered.partner),
                SQL.identifier(self.env[name]._table),
            )
            for name, covered in models_.items()
            if name not in known
            and (field := self.env[name]._fields.get(covered.partner))
            and field.type == "many2one"
            and field.store
        ]
        return SQL(
            """CASE mail_activity.res_model
                WHEN 'res.partner' THEN mail_activity.res_id
                WHEN 'crm.lead' THEN maybe_lead.partner_id
                WHEN 'sale.order' THEN maybe_order.partner_id %s END""",
            SQL(" ").join(others),
        )

    @api.model
    def _organized(self, people) -> DaySource:
        """Appointments that people have made."""
        covers = self.env["crm.stand.in"]._covers_now()
        absent = [cover.absent for cover in covers if not cover.limits]
        return DaySource(
            slot=1,
            model="calendar.event",
            domain=Domain("user_id", "in", [*people.ids, *absent]),
            user=SQL("calendar_event.user_id"),
            **self._appointment("calendar_event", SQL("calendar_event.user_id")),
        )

    @api.model
    def _attended(self, people) -> DaySource:
        """Appointments of colleagues in which people take part."""
        event = SQL("event.id = calendar_attendee.event_id AND event.active")
        owner = SQL(
            """owner.partner_id = calendar_attendee.partner_id
            AND owner.id = ANY(%s) AND owner.id IS DISTINCT FROM event.user_id""",
            people.ids,
        )
        source = self._appointment("event", SQL("owner.id"))
        around = (("event", "calendar_event", event), ("owner", "res_users", owner))
        return DaySource(
            slot=4,
            model="calendar.attendee",
            sudo=True,  # the domain names the people
            domain=Domain("partner_id", "in", people.partner_id.ids)
            & Domain("state", "!=", "declined"),
            user=SQL("owner.id"),
            **source | {"joins": (*around, *source["joins"])},
        )

    @api.model
    def _appointment(self, alias: str, user: SQL) -> dict:
        """What both kinds of appointments have in common. One with a customer stays for
        a week, as long as nobody has noted what came of it."""
        today = fields.Date.context_today(self)
        event = SQL.identifier(alias)
        customer = self._appointment_customer(event)
        hidden = self._appointment_hidden(event)
        start, stop = SQL("%s.start", event), SQL("%s.stop", event)
        timed = SQL("NOT %s.allday", event)
        return {
            "joins": self._appointment_joins(event, user),
            "where": SQL(
                """%s >= %s AND maybe_visit.date_out IS NULL
                AND (%s >= %s OR (%s) IS NOT NULL)""",
                stop,
                today - timedelta(days=7),
                self._local_day(stop),
                today,
                customer,
            ),
            "kind": SQL(
                "CASE WHEN maybe_visit.id IS NULL THEN 'meeting' ELSE 'visit' END"
            ),
            "partner": SQL("CASE WHEN NOT %s THEN %s END", hidden, customer),
            "date": SQL(
                """CASE WHEN %(timed)s THEN %(day)s ELSE
                LEAST(GREATEST(%(event)s.start_date, %(today)s), %(event)s.stop_date)
                END""",
                timed=timed,
                day=self._local_day(start),
                event=event,
                today=today,
            ),
            "res_model": SQL("'calendar.event'"),
            "res_id": SQL("%s.id", event),
            "start": SQL("CASE WHEN %s THEN %s END", timed, start),
            "stop": SQL("CASE WHEN %s THEN %s END", timed, stop),
            "hours": SQL("CASE WHEN %s THEN %s.duration ELSE 8 END", timed, event),
            "amount": SQL(
                "CASE WHEN NOT %s THEN maybe_deal.expected_revenue END", hidden
            ),
        }

    @api.model
    def _appointment_joins(self, event: SQL, user: SQL) -> tuple:
        visit = SQL(
            "maybe_visit.event_id = %s.id AND maybe_visit.user_id = %s", event, user
        )
        deal = SQL(
            """maybe_deal.id = %s.opportunity_id
            AND COALESCE(maybe_deal.company_id, %s) = ANY(%s)""",
            event,
            self.env.company.id,
            self.env.companies.ids,
        )
        return (("maybe_visit", "crm_visit", visit), ("maybe_deal", "crm_lead", deal))

    @api.model
    def _appointment_hidden(self, event: SQL) -> SQL:
        """Tell whether Odoo hides from the reader what an appointment is about: a
        private one that is neither his nor has him as a guest."""
        return SQL(
            """(%(event)s.user_id IS DISTINCT FROM %(me)s
            AND NOT EXISTS (SELECT 1 FROM calendar_attendee AS me
                WHERE me.event_id = %(event)s.id AND me.partner_id = %(partner)s)
            AND COALESCE(%(event)s.privacy, (
                SELECT settings.calendar_default_privacy
                FROM res_users_settings AS settings
                WHERE settings.user_id = %(event)s.user_id
            ), 'public') = 'private')""",
            event=event,
            me=self.env.uid,
            partner=self.env.user.partner_id.id,
        )

    @api.model
    def _appointment_customer(self, event: SQL) -> SQL:
        """The customer of a visit, of the deal, the one the meeting was planned with,
        or the first guest from outside."""
        return SQL(
            """COALESCE(maybe_visit.partner_id, maybe_deal.partner_id,
            CASE WHEN %(event)s.res_model = 'res.partner' THEN %(event)s.res_id END,
            (SELECT min(guest.partner_id) FROM calendar_attendee AS guest
                JOIN res_partner AS p ON p.id = guest.partner_id AND p.partner_share
                WHERE guest.event_id = %(event)s.id))""",
            event=event,
        )

    @api.model
    def _local_day(self, moment: SQL) -> SQL:
        tz = self.env.user.tz or "UTC"
        return SQL("((%s AT TIME ZONE 'UTC') AT TIME ZONE %s)::date", moment, tz)

    @api.model
    def _promises(self, people) -> DaySource:
        return DaySource(
            slot=2,
            model="crm.promise",
            domain=Domain("state", "=", "open") & self._theirs(people),
            kind=SQL("'promise'"),
            partner=SQL("crm_promise.partner_id"),
            user=SQL("crm_promise.user_id"),
            date=SQL("crm_promise.date_due"),
            res_model=SQL("'crm.promise'"),
            res_id=SQL("crm_promise.id"),
        )

    @api.model
    def _deals(self, people) -> DaySource:
        """Open deals for which nothing is planned at all; what is planned, and late,
        stands among the activities."""
        today = fields.Date.context_today(self)
        return DaySource(
            slot=3,
            model="crm.lead",
            domain=Domain("type", "=", "opportunity")
            & Domain("active", "=", True)
            & Domain("won_status", "=", "pending")
            & self._theirs(people),
            where=SQL(
                """NOT EXISTS (SELECT FROM mail_activity AS a WHERE a.active
                    AND a.res_model = 'crm.lead' AND a.res_id = crm_lead.id)
                AND NOT EXISTS (SELECT FROM calendar_event AS e WHERE e.active
                    AND e.opportunity_id = crm_lead.id AND e.start >= %s)""",
                today,
            ),
            kind=SQL("'deal'"),
            partner=SQL("crm_lead.partner_id"),
            user=SQL("crm_lead.user_id"),
            date=SQL("%s::date", today),
            res_model=SQL("'crm.lead'"),
            res_id=SQL("crm_lead.id"),
            amount=SQL("crm_lead.expected_revenue"),
            place=SQL(
                """row_number() OVER (PARTITION BY crm_lead.user_id ORDER BY
                crm_lead.expected_revenue DESC NULLS LAST, crm_lead.id)"""
            ),
        )
