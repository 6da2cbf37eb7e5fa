from datetime import timedelta

from odoo import fields
from odoo.tests import new_test_user

from .common import SalesCase

PLACES = {
    "nordlicht": (52.50, 13.40),
    "talisman": (52.52, 13.45),
    "olivar": (52.51, 13.42),
}


class DayCase(SalesCase):
    """Sellers in Berlin, whose company sits there, and who work round the clock but for
    what a test says."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.today()
        people = cls.seller | cls.colleague | cls.leader | cls.manager
        people.tz = "UTC"
        people.company_id.resource_calendar_id = cls._around_the_clock()
        people.company_id.partner_id.write(
            {"partner_latitude": 52.49, "partner_longitude": 13.39}
        )
        for name, (lat, lon) in PLACES.items():
            cls_partner = getattr(cls, name)
            cls_partner.write({"partner_latitude": lat, "partner_longitude": lon})
        cls.rival = new_test_user(
            cls.env, "sfa_rival", groups="sales_team.group_sale_salesman"
        )

    @classmethod
    def _around_the_clock(cls):
        calendar = cls.env["resource.calendar"].create(
            {"name": "Always", "tz": "UTC", "attendance_ids": False}
        )
        calendar.attendance_ids = [
            (
                0,
                0,
                {
                    "name": str(day),
                    "dayofweek": str(day),
                    "hour_from": 0,
                    "hour_to": 24,
                },
            )
            for day in range(7)
        ]
        return calendar

    @classmethod
    def _plan_activity(cls, record, days=0, user=None, kind="todo", **vals):
        vals = {
            "summary": "Ask again",
            "date_deadline": cls.today + timedelta(days=days),
            "user_id": (user or cls.seller).id,
        } | vals
        return record.activity_schedule(f"mail.mail_activity_data_{kind}", **vals)

    @classmethod
    def _to_do(cls):
        """Something that the seller has noted for himself."""
        kind = cls.env.ref("mail.mail_activity_data_todo")
        return cls.env["mail.activity"].create(
            {
                "summary": "Private matter",
                "activity_type_id": kind.id,
                "user_id": cls.seller.id,
            }
        )

    @classmethod
    def _plan_visit(cls, partner, user=None, minutes=0, **vals):
        """An appointment of today, an hour long, with its visit."""
        user = user or cls.seller
        start = fields.Datetime.now().replace(microsecond=0, second=0)
        start += timedelta(minutes=minutes)
        event = cls.env["calendar.event"].create(
            {
                "name": f"Visit: {partner.name}",
                "user_id": user.id,
                "partner_ids": [(6, 0, user.partner_id.ids)],
                "start": start,
                "stop": start + timedelta(minutes=1),
            }
            | vals
        )
        cls.env["crm.visit"].create(
            {"event_id": event.id, "partner_id": partner.id, "user_id": user.id}
        )
        return event

    @classmethod
    def _promise(cls, partner, days=0, user=None, **vals):
        vals = {
            "name": "Send the samples",
            "partner_id": partner.id,
            "user_id": (user or cls.seller).id,
            "date": cls.today - timedelta(days=30),
            "date_due": cls.today + timedelta(days=days),
        } | vals
        return cls.env["crm.promise"].create(vals)

    def _items(self, user=None, domain=()):
        self.env.flush_all()
        self.env.invalidate_all()
        items = self.env["crm.day.item"].with_user(user or self.seller)
        return items.search(list(domain))

    def _names(self, user=None, domain=()):
        return self._items(user, domain).mapped("name")

    @classmethod
    def _away(cls, user, stand_in, days=5):
        record = cls.env["crm.stand.in"].create(
            {
                "user_id": user.id,
                "stand_in_id": stand_in.id,
                "date_from": cls.today,
                "date_to": cls.today + timedelta(days=days),
            }
        )
        record.action_confirm()
        return record
