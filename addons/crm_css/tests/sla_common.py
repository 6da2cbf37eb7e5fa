from datetime import datetime

from odoo import Command
from odoo.tests import freeze_time

from .common import ServiceCase

# Monday to Friday, 8 to 12 and 13 to 17 o'clock.
OFFICE = [(str(day), *hours) for day in range(5) for hours in ((8, 12), (13, 17))]
ALWAYS = [(str(day), 0, 24) for day in range(7)]


class SlaCase(ServiceCase):
    """The team works in Berlin in office hours; nothing is promised yet."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.sla.policy"].search([("active", "=", True)]).active = False
        cls.office = cls._calendar("Office", OFFICE)
        cls.team.resource_calendar_id = cls.office
        cls.stages = {
            name: cls.env.ref(f"helpdesk_mgmt.helpdesk_ticket_stage_{name}")
            for name in ("new", "in_progress", "awaiting", "done")
        }
        cls.clocks = cls.env["crm.sla.clock"]
        cls.cron = cls.env.ref("crm_css.ir_cron_sla_sweep")

    @classmethod
    def _calendar(cls, name, hours, tz="Europe/Berlin"):
        lines = [
            Command.create(
                {
                    "name": name,
                    "dayofweek": day,
                    "hour_from": start,
                    "hour_to": stop,
                    "day_period": "morning",
                }
            )
            for day, start, stop in hours
        ]
        return cls.env["resource.calendar"].create(
            {
                "name": name,
                "tz": tz,
                "attendance_ids": [Command.clear(), *lines],
                "company_id": cls.env.company.id,
            }
        )

    @classmethod
    def _policy(cls, name="Gold", **vals):
        vals = {"name": name, "first_answer_hours": 4} | vals
        return cls.env["crm.sla.policy"].create(vals)

    @classmethod
    def _ticket_at(cls, moment, partner=None, **vals):
        """Make a ticket at a moment in UTC."""
        with freeze_time(moment):
            return cls._create_ticket(partner or cls.anna, **vals)

    def _clock(self, ticket, kind="first_answer"):
        """Give the newest clock of a kind that still counts."""
        return self.clocks.search(
            [
                ("ticket_id", "=", ticket.id),
                ("kind", "=", kind),
                ("state", "!=", "dropped"),
            ]
        )[:1]

    def _due(self, ticket, kind="first_answer"):
        deadline = self._clock(ticket, kind).deadline
        return deadline and deadline.strftime("%a %d %H:%M")

    def _move(self, ticket, stage, moment):
        with freeze_time(moment):
            ticket.stage_id = self.stages[stage]

    def _say(self, ticket, author, moment):
        with freeze_time(moment):
            ticket.message_post(
                author_id=author.id,
                body="Hello",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )

    def _answer(self, ticket, moment):
        self._say(ticket, self.agent.partner_id, moment)

    def _ask(self, ticket, moment):
        self._say(ticket, ticket.partner_id, moment)

    def _sweep(self, moment):
        self.env.flush_all()
        with freeze_time(moment), self.enter_registry_test_mode():
            self.cron.method_direct_trigger()
        self.env.invalidate_all()

    def _assert_ledger_agrees(self, clock, moment="2026-03-02 10:00:00"):
        """What is stored must be what the ledger gives when it is read anew."""
        stored = {name: clock[name] for name in ("deadline", "used_hours", "state")}
        self.env.cr.execute(
            "UPDATE crm_sla_clock SET deadline = NULL, used_hours = -1,"
            " state = 'running' WHERE id = %s",
            [clock.id],
        )
        self.env.invalidate_all()
        with freeze_time(moment):
            clock._recount()
        self.assertRecordValues(clock, [stored])


def utc(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M")
